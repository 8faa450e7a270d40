/** Where in a table the entry of a peer stands. */
import type { PeerKey, SignedAnnouncement } from '../record/announcement.ts'

/** The lowest bits of a peer's hash are the bucket that it falls into. */
export const BUCKET_BITS = 6
const BUCKET_MASK = 2 ** BUCKET_BITS - 1

/** What a peer is found by. */
export interface Named {
  readonly announcement: { readonly peer: PeerKey }
  readonly peerHash: number
}

/** Slots by peer. */
export interface SlotIndex {
  /** The slot of a record's subject; for one that has none a negative number, by which {@link add} knows its place. */
  find(named: Named): number
  /**
   * Notes the slot of a peer that has none.
   *
   * @param sought - what {@link find} has just said of the peer
   */
  add(record: SignedAnnouncement, slot: number, sought: number): void
  /** The peer, which has a slot, stands in another one from now on. */
  move(record: SignedAnnouncement, slot: number): void
  /** The peer, which has a slot, has none any more. */
  remove(record: SignedAnnouncement): void
  /** The slots of the peers in a bucket. */
  inBucket(bucket: number): number[]
  /** Whether this record or a newer one of its subject stands in a slot, as far as the index can tell without a look there. */
  knows(record: SignedAnnouncement): boolean
  /** Whether none of the peers has a slot, as far as a look at all of them at once can tell. */
  isClearOf(records: readonly { readonly record: SignedAnnouncement }[]): boolean
}

export function bucketOfHash(peerHash: number): number {
  return peerHash & BUCKET_MASK
}
