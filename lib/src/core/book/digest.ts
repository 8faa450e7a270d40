/** A book in 64 numbers, so that two nodes find out at a constant cost where their books differ. */
import { avalanche32, hash32, type PeerKey, type SignedAnnouncement } from '../record/announcement.ts'

/** The lowest bits of a peer's hash are the bucket that it falls into. */
const BUCKET_BITS = 6

/** Buckets of the digest, a power of two. A constant, so that comparing two equal books costs the same at every size. */
export const BUCKETS = 2 ** BUCKET_BITS

/** FNV's offset basis: a salt takes its place in part. */
const OFFSET_BASIS = 0x811c9dc5

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

/**
 * A digest under a salt, of all records but one peer's. Contents can be chosen so that their hashes cancel out, and hide what is
 * missing; under a salt that is chosen afterwards nobody can.
 */
export function saltedDigest(
  entries: Iterable<{ readonly record: SignedAnnouncement }>,
  salt: number,
  except: PeerKey | undefined
): Uint32Array {
  const digest = new Uint32Array(BUCKETS)
  for (const { record } of entries) {
    const { peer } = record.announcement
    if (peer === except) continue
    const saltedPeer = hash32(peer, OFFSET_BASIS ^ salt)
    digest[bucketOfHash(record.peerHash)]! ^= avalanche32(saltedPeer ^ avalanche32(record.contentHash ^ salt))
  }
  return digest
}
