import { generateKeyPairSync, type KeyObject, randomBytes, sign, verify as verifySignature } from 'node:crypto'
import type { SoloFigure } from '../figure.ts'
import { announcementOf, makeSubjects } from '../records.ts'
import { createSink } from '../sink.ts'

/** Announcements of each subject: all fit the rate limit. Code that has run as often as the first ones make it has been compiled. */
const ANNOUNCEMENTS = 9
const WARM_UP = 3
const SUBJECTS = { full: 1_000, quick: 200 }
/** Signatures of one turn: a few ms, so that whatever else the host does meanwhile takes as much from either side. */
const TURN = 50

/** In one process, by turns: announcements verified and applied as gossip delivers them, and bare signatures verified. */
export const verify: SoloFigure = {
  name: 'verify',
  metrics: [
    { id: 'verify', what: 'announcements verified and applied by one node', unit: '/s' },
    { id: 'verify-alone', what: 'Ed25519 signatures verified, and nothing else', unit: '/s' },
    {
      id: 'verify-ratio',
      what: 'the former divided by the latter',
      unit: '',
      limit: () => ({ atLeast: 0.9 })
    }
  ],
  sizes: { full: [], quick: [] },
  async measure({ pace, interrupt }, take) {
    const subjects = await makeSubjects(pace.isQuick ? SUBJECTS.quick : SUBJECTS.full)
    const sink = await createSink()
    const bare = subjects.map(() => bareSignature())
    const spentMs = { applied: 0, alone: 0 }
    for (let seq = 1; seq <= ANNOUNCEMENTS; seq++) {
      interrupt.throwIfAborted()
      const envelopes = await Promise.all(subjects.map(async subject => await announcementOf(subject, seq)))
      for (let from = 0; from < subjects.length; from += TURN) {
        const appliedMs = await timed(async () => {
          for (const envelope of envelopes.slice(from, from + TURN)) await sink.deliver(envelope)
        })
        const aloneMs = await timed(async () => {
          for (const { data, publicKey, signature } of bare.slice(from, from + TURN)) {
            verifySignature(null, data, publicKey, signature)
          }
        })
        if (seq <= WARM_UP) continue
        spentMs.applied += appliedMs
        spentMs.alone += aloneMs
      }
    }
    await sink.close()
    const count = subjects.length * (ANNOUNCEMENTS - WARM_UP)
    take('verify', count / (spentMs.applied / 1_000))
    take('verify-alone', count / (spentMs.alone / 1_000))
    take('verify-ratio', spentMs.alone / spentMs.applied)
  }
}

/** What the envelope of a short announcement signs. */
const SIGNED_BYTES = 200

/** With the key as Node verifies fastest: parsed once, and kept. */
function bareSignature(): { data: Uint8Array; publicKey: KeyObject; signature: Uint8Array } {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519')
  const data = randomBytes(SIGNED_BYTES)
  return { data, publicKey, signature: sign(null, data, privateKey) }
}

async function timed(work: () => Promise<void>): Promise<number> {
  const fromMs = performance.now()
  await work()
  return performance.now() - fromMs
}
