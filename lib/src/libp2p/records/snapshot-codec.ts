/** A snapshot of the book as bytes: one CBOR array of envelopes. It was written by this node, but a disk is outside. */
import { BOUNDS } from '../../core/index.ts'
import { decodeCbor, encodeCbor } from './cbor.ts'

export function encodeSnapshot(envelopes: readonly Uint8Array[]): Uint8Array {
  return encodeCbor(envelopes)
}

/**
 * The envelopes of a snapshot, each unopened. One that is longer than an envelope can be is left out, and costs the others
 * nothing.
 *
 * @throws {Error} when the bytes are no snapshot
 */
export function decodeSnapshot(bytes: Uint8Array): Uint8Array[] {
  const envelopes = decodeCbor(bytes)
  const isSnapshot = Array.isArray(envelopes) && envelopes.every(envelope => envelope instanceof Uint8Array)
  if (!isSnapshot) throw new TypeError('a snapshot is a list of envelopes')
  return envelopes.filter(envelope => envelope.length <= BOUNDS.envelopeBytes)
}
