/** A book in 64 numbers, so that two nodes find out at a constant cost where their books differ. */
import { hash32, type PeerKey, type SignedAnnouncement } from '../record/announcement.ts'

/** The lowest bits of a peer's hash are the bucket that it falls into. */
const BUCKET_BITS = 6

/** Buckets of the digest, a power of two. A constant, so that comparing two equal books costs the same at every size. */
export const BUCKETS = 2 ** BUCKET_BITS

/** The bucket of the digest that a peer falls into. */
export function bucketOf(peer: PeerKey): number {
  return bucketOfHash(hash32(peer))
}

/** {@link bucketOf} by the hash of the peer. */
export function bucketOfHash(peerHash: number): number {
  return peerHash & (BUCKETS - 1)
}

/** Puts a record into a digest, or takes it out. */
export function toggle(digest: Uint32Array, { contentHash, peerHash }: SignedAnnouncement): void {
  digest[bucketOfHash(peerHash)]! ^= contentHash
}
