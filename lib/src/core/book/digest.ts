/** A book in 64 numbers, so that two nodes find out at a constant cost where their books differ. */
import { avalanche32, hash32, type PeerKey, type SignedAnnouncement } from '../record/announcement.ts'
import { STANDING, type Standing } from './entry.ts'

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

/** Bytes of a set of buckets: a bit for each, the lowest of the first byte for the first. */
export const BUCKET_SET_BYTES = BUCKETS / 8

/** Whether a set of {@link BUCKET_SET_BYTES} holds the bucket. */
export function hasBucket(set: Uint8Array, bucket: number): boolean {
  return (set[bucket >> 3]! & (1 << (bucket & 7))) !== 0
}

/** What a digest is made of. */
interface Listed {
  readonly record: SignedAnnouncement
  readonly standing: Standing
}

/** The digest of a book, kept as its entries come and go, and how many of each bucket are known by hearsay alone. */
export class BookDigest {
  readonly #hashes = new Uint32Array(BUCKETS)
  readonly #hearsay = new Uint32Array(BUCKETS)

  listed(entry: Listed): void {
    toggle(this.#hashes, entry.record)
    this.#hearsay[bucketOfHash(entry.record.peerHash)]! += Number(entry.standing === STANDING.hearsay)
  }

  removed(entry: Listed): void {
    toggle(this.#hashes, entry.record)
    this.#hearsay[bucketOfHash(entry.record.peerHash)]! -= Number(entry.standing === STANDING.hearsay)
  }

  /** One number for each bucket. */
  without(except: Listed | undefined): Uint32Array {
    const hashes = this.#hashes.slice()
    if (except !== undefined) toggle(hashes, except.record)
    return hashes
  }

  /** The set of buckets in which nobody is known by hearsay alone. */
  sureBuckets(except: Listed | undefined): Uint8Array {
    const exceptIn = except?.standing === STANDING.hearsay ? bucketOfHash(except.record.peerHash) : -1
    const set = new Uint8Array(BUCKET_SET_BYTES)
    for (let bucket = 0; bucket < BUCKETS; bucket++)
      if (this.#hearsay[bucket] === Number(bucket === exceptIn)) set[bucket >> 3]! |= 1 << (bucket & 7)
    return set
  }
}

/** Puts a record into a digest, or takes it out. */
function toggle(digest: Uint32Array, { contentHash, peerHash }: SignedAnnouncement): void {
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
