/** A snapshot of the book as bytes: one CBOR array of envelopes. It was written by this node, but a disk is outside. */
import { BOUNDS } from '../../core/record/announcement.ts'
import { CborReader } from '../cbor/cbor-reader.ts'
import { encodeCbor } from '../cbor/cbor-writer.ts'

/** More than any version has written. */
const MAX_ENVELOPES = 1_024

export function encodeSnapshot(envelopes: readonly Uint8Array[]): Uint8Array {
  return encodeCbor(envelopes)
}

/**
 * The envelopes of a snapshot, each unopened. One that is longer than an envelope can be is left out, and costs the others
 * nothing.
 *
 * @throws {CborError} when the bytes are no snapshot
 */
export function decodeSnapshot(bytes: Uint8Array): Uint8Array[] {
  const reader = new CborReader(bytes)
  const envelopes = reader.items(MAX_ENVELOPES, () => reader.bytes())
  reader.end()
  return envelopes.filter(envelope => envelope.length <= BOUNDS.envelopeBytes)
}
