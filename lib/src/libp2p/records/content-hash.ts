import { avalanche32 } from '../../core/record/announcement.ts'

/** A part of some bytes, from its first byte to the one after its last. */
export interface Range {
  readonly from: number
  readonly to: number
}

/** FNV-1a of 32 bits. */
const OFFSET_BASIS = 0x811c9dc5
const PRIME = 0x01000193

/**
 * 32 bits over the bytes of a payload without some parts of it: FNV-1a and a finalizer. It spreads well, and is no defence
 * against a forger. Over bytes, not over what a node reads in them, so that all nodes agree about a record, whatever address
 * protocols they know.
 *
 * @param without - in order
 */
export function contentHash(payload: Uint8Array, without: readonly Range[]): number {
  let hash = OFFSET_BASIS
  let at = 0
  for (const { from, to } of without) {
    for (; at < from; at++) hash = Math.imul(hash ^ payload[at]!, PRIME)
    at = to
  }
  for (; at < payload.length; at++) hash = Math.imul(hash ^ payload[at]!, PRIME)
  return avalanche32(hash)
}
