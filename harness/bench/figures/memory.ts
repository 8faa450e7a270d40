import { setImmediate as nextTurn } from 'node:timers/promises'
import { DEFAULT_TOPIC, openAnnouncement } from '@gossip-discovery/libp2p'
import { Discovery, resolveConfig } from '@gossip-discovery/libp2p/core'
import type { SoloFigure } from '../figure.ts'
import { MeasureError } from '../measure-error.ts'
import { announcementOf, makeSubjects } from '../records.ts'

const ENTRIES = { full: 5_000, quick: 2_000 }

/** What the docstring of `maxEntries` promises: 16 MiB for 16,384 entries. */
const MAX_BYTES_PER_ENTRY = 1_024

/** What the heap of a node grows by with each entry of its book, the signed bytes included. */
export const memory: SoloFigure = {
  name: 'memory',
  metrics: [
    {
      id: 'memory',
      what: 'memory of the core for each entry of the book',
      unit: 'bytes',
      limit: () => ({ median: MAX_BYTES_PER_ENTRY })
    }
  ],
  sizes: { full: [], quick: [] },
  async measure({ pace, interrupt }, take) {
    const subjects = await makeSubjects(pace.isQuick ? ENTRIES.quick : ENTRIES.full)
    const envelopes: Uint8Array[] = []
    for (const subject of subjects) {
      envelopes.push(await announcementOf(subject, 1))
      interrupt.throwIfAborted()
    }
    // The first core brings whatever is made once and kept.
    await coreWith(envelopes)
    const beforeBytes = await usedBytes()
    const core = await coreWith(envelopes)
    const afterBytes = await usedBytes()
    // Reading the size here also keeps the core alive until it was measured.
    take('memory', (afterBytes - beforeBytes) / core.book.size)
  }
}

async function coreWith(envelopes: readonly Uint8Array[]): Promise<Discovery> {
  const core = new Discovery(
    resolveConfig(),
    { peer: 'self', epoch: 0 },
    { random: Math.random, groupOf: addr => addr },
    0
  )
  for (const envelope of envelopes) {
    core.handle(
      { type: 'gossip', from: 'forwarder', record: await openAnnouncement(envelope.slice(), DEFAULT_TOPIC) },
      0
    )
  }
  return core
}

async function usedBytes(): Promise<number> {
  if (globalThis.gc === undefined) throw new MeasureError('the memory can be measured under `node --expose-gc` only')
  globalThis.gc()
  // Buffers are given back after the collection that found them unused.
  await nextTurn()
  globalThis.gc()
  const { heapUsed, arrayBuffers } = process.memoryUsage()
  return heapUsed + arrayBuffers
}
