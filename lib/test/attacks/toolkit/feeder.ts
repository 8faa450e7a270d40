/** A peer that a node was told to dial, and that hands it a large book: as a bootstrap peer of a large network does. */
import { passing } from './duration.ts'
import { records } from './frames.ts'
import { type Identity, identityOf, recordOf } from './identity.ts'
import type { Stopping } from './stopping.ts'
import { type Link, type Stranger, startStranger } from './stranger.ts'

/** What a frame may carry. */
const MAX_ENVELOPE_BYTES = 96 * 1024

/** The envelopes of so many subjects, each with an address that nobody dials in vain: there is none. */
export function bookOf(size: number): { subjects: Identity[]; envelopes: Uint8Array[] } {
  const subjects = Array.from({ length: size }, () => identityOf())
  const epoch = Date.now()
  const envelopes = subjects.map((subject, i) => recordOf(subject, { epoch, name: `s${i}` }))
  return { subjects, envelopes }
}

/** Hands its book to everybody who opens a stream to it, once each. */
export async function startFeeder(t: Stopping, envelopes: readonly Uint8Array[]): Promise<Stranger> {
  return await startStranger(t, { gossips: false, onLink: link => void sendRecords(link, envelopes) })
}

/** In frames as large as they may be, as fast as they are taken; resolves to how many were sent. */
export async function sendRecords(
  link: Link,
  envelopes: readonly Uint8Array[],
  kind: 'records' | 'push' = 'records'
): Promise<number> {
  let sent = 0
  while (sent < envelopes.length) {
    let end = sent
    for (let bytes = 0; end < envelopes.length; end++) {
      bytes += envelopes[end]!.length
      if (bytes > MAX_ENVELOPE_BYTES) break
    }
    const frame = records(envelopes.slice(sent, end), 0, kind)
    while (!link.send(frame)) {
      if (!link.isOpen) return sent
      await passing(2)
    }
    sent = end
  }
  return sent
}
