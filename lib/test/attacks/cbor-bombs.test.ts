/** Bytes that cost a decoder far more than they cost whoever sends them. */

import type { Test } from 'tap'
import { concat } from 'uint8arrays/concat'
import { DEFAULT_TOPIC } from '../../src/index.ts'
import { until } from '../libp2p/nodes.ts'
import { type NodeApart, startApart, type Usage } from './toolkit/apart.ts'
import { attack } from './toolkit/attack.ts'
import { array, bool, bytes, head, indefinite, map, nested, shared, tag, text, uint } from './toolkit/cbor.ts'
import { measured, untilOr } from './toolkit/duration.ts'
import { ping, records } from './toolkit/frames.ts'
import { identityOf, recordOf, sealed } from './toolkit/identity.ts'
import { type Stranger, startStranger } from './toolkit/stranger.ts'

const MAX_FRAME_BYTES = 131_072

/** What one input may cost: the limit of the fuzz campaign is 10 ms. Here a new stream comes with most of them, on a busy host. */
const MAX_CPU_MS = 50

/** Of about 128 KiB, or of a few bytes that declare them. */
const bombs: [what: string, item: Uint8Array][] = [
  ['values shared 30 levels deep', shared(30)],
  ['a shared value that contains itself', tag(28, array(tag(29, uint(0)), tag(29, uint(0))))],
  ['a bignum of 128 KiB', tag(2, bytes(new Uint8Array(MAX_FRAME_BYTES - 32).fill(0xff)))],
  ['a negative bignum of 128 KiB', tag(3, bytes(new Uint8Array(MAX_FRAME_BYTES - 32).fill(0xff)))],
  ['arrays within arrays', nested(MAX_FRAME_BYTES - 64, uint(0))],
  ['tags upon tags', concat([new Uint8Array(MAX_FRAME_BYTES - 64).fill(0xc6), uint(0)])],
  ['maps within maps', concat([new Uint8Array(MAX_FRAME_BYTES - 64).fill(0xa1), uint(0)])],
  ['an array of 2^32 - 1 items that are not there', head('array', 2 ** 32 - 1, 4)],
  ['an array of 2^53 items that are not there', head('array', 2n ** 53n, 8)],
  ['a map of 2^64 - 1 pairs that are not there', head('map', 2n ** 64n - 1n, 8)],
  ['a byte string of 2^32 - 1 bytes that are not there', head('bytes', 2 ** 32 - 1, 4)],
  ['a text of 2^53 bytes that are not there', head('text', 2n ** 53n, 8)],
  ['a typed array of many bytes', tag(64, bytes(new Uint8Array(MAX_FRAME_BYTES - 64)))],
  ['a regular expression that backtracks', tag(27, array(text('RegExp'), text('(a+)+$'), text('')))],
  ['a date beyond all dates', tag(1, uint(2n ** 64n - 1n))],
  ['a set of everything', tag(258, array(...Array.from({ length: 20_000 }, (_, i) => uint(i))))],
  [
    'a map of many keys',
    map(...Array.from({ length: 20_000 }, (_, i) => [text(`k${i}`), uint(0)] as [Uint8Array, Uint8Array]))
  ],
  ['a map that would reach for a prototype', map([text('__proto__'), map([text('polluted'), bool(true)])])],
  ['chunks without an end', concat([Uint8Array.of(0x5f), ...Array(40_000).fill(Uint8Array.of(0x41, 0))])],
  ['texts that are no UTF-8', text('x').map((byte, at) => (at === 1 ? 0xff : byte))],
  ['many small items', array(...Array.from({ length: 60_000 }, () => uint(0)))],
  ['indefinite arrays', indefinite('array', ...Array.from({ length: 30_000 }, () => indefinite('array')))]
]

/** Nothing takes so long on a node that lives. */
const ANSWER_WITHIN_MS = 5_000

/** As something that is ignored, in place of what is expected, and as the whole frame. */
const framesOf = (item: Uint8Array): Uint8Array[] => [
  concat([head('array', 2), text('ping'), item]),
  concat([head('array', 2), text('records'), item]),
  concat([head('array', 3), text('summary'), bytes(Uint8Array.of(0)), item]),
  concat([head('array', 2), text('suspicions'), array(array(bytes(new Uint8Array(38)), item))]),
  item
]

attack('no frame and no message of gossip takes the loop or the memory of a node, whatever is in it', async t => {
  let victim = await startApart(t, { name: 'victim' })
  const stranger = await startStranger(t)
  const { heldBytes } = await victim.usage()
  for (const [what, item] of bombs) {
    const before = await victim.usage()
    const frames = framesOf(item).filter(({ length }) => length <= MAX_FRAME_BYTES)
    for (const frame of frames) await throwFrame(stranger, victim, frame)
    const envelopes = envelopesOf(item)
    for (const envelope of envelopes) await stranger.libp2p.services.pubsub.publish(DEFAULT_TOPIC, envelope)
    const after = await usageOf(victim)
    t.ok(after, `${what}: the node answers`)
    if (after === undefined) {
      victim = await startApart(t, { name: 'victim' })
      continue
    }
    const cpuMs = (after.cpuMs - before.cpuMs) / (frames.length + envelopes.length)
    t.ok(cpuMs < MAX_CPU_MS, `${what}: ${cpuMs.toFixed(1)} ms of processor time for each`)
  }
  const grownMiB = ((await victim.usage()).heldBytes - heldBytes) / 2 ** 20
  measured(t, 'memory that is held afterwards, MiB', grownMiB)
  t.ok(grownMiB < 32, 'nothing of it stays')
  await expectHonest(t, victim)
})

/** Returns when the node has read the frame: it answers what comes after it, or has cut the stream. */
async function throwFrame(stranger: Stranger, victim: NodeApart, frame: Uint8Array): Promise<void> {
  const link = await stranger.relink(victim).catch(() => undefined)
  if (link === undefined) return
  const pongs = link.heard.pong ?? 0
  link.send(frame)
  link.send(ping)
  await untilOr(ANSWER_WITHIN_MS, () => !link.isOpen || (link.heard.pong ?? 0) > pongs)
}

/** Not signed at all, and signed as well as any. */
function envelopesOf(item: Uint8Array): Uint8Array[] {
  const small = item.length > 1_500 ? item.subarray(0, 1_500) : item
  const identity = identityOf()
  return [small, sealed(identity, small), recordOf(identity, { seqItem: small })].filter(
    ({ length }) => length <= 4_096
  )
}

/** Undefined when the event loop of the node stands still, or its process has ended. */
async function usageOf(victim: NodeApart): Promise<Usage | undefined> {
  try {
    return await victim.usage(ANSWER_WITHIN_MS)
  } catch {
    victim.signal('SIGKILL')
    return undefined
  }
}

/** An honest record is heard as if nothing had happened. */
async function expectHonest(t: Test, victim: NodeApart): Promise<void> {
  const honest = await startStranger(t)
  const link = await honest.link(victim)
  link.send(records([recordOf(honest.identity)]))
  await until(() => victim.book.has(honest.identity.peer))
}
