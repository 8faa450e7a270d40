/** Peers that are gone, with the last that was heard of each, so that no replay brings them back. */
import type { AgedRecord } from '../record/aged-record.ts'
import { compareSigned, compareVersions, type PeerKey, type SignedAnnouncement } from '../record/announcement.ts'
import { bucketOfHash } from './digest.ts'

/** The last that was heard of a peer that is gone. */
export interface Tombstone {
  /** A farewell, or what has expired. */
  readonly record: SignedAnnouncement
  /** When the peer has expired in every book that missed its farewell. */
  readonly overAtMs: number
}

/** Tombstones by peer. */
export class Tombstones {
  /** BOUNDED by `max`: the oldest goes first. */
  readonly #tombstones = new Map<PeerKey, Tombstone>()
  readonly #max: number

  /** @param max - so many are kept */
  constructor(max: number) {
    this.#max = max
  }

  get size(): number {
    return this.#tombstones.size
  }

  get(peer: PeerKey): Tombstone | undefined {
    return this.#tombstones.size === 0 ? undefined : this.#tombstones.get(peer)
  }

  add(tombstone: Tombstone): void {
    const { peer } = tombstone.record.announcement
    this.#tombstones.delete(peer)
    this.#tombstones.set(peer, tombstone)
    if (this.#tombstones.size <= this.#max) return
    const oldest = this.#tombstones.keys().next().value!
    this.#tombstones.delete(oldest)
  }

  delete(peer: PeerKey): void {
    if (this.#tombstones.size > 0) this.#tombstones.delete(peer)
  }

  /** Whether the peer is gone, and this record says nothing newer of it. */
  holds(record: SignedAnnouncement): boolean {
    const last = this.get(record.announcement.peer)?.record
    if (last === undefined) return false
    const order = compareVersions(record.announcement, last.announcement)
    // The bytes decide about a farewell alone: nothing under its own number revives what has expired.
    return order === 0 && last.announcement.leaving ? compareSigned(record, last) <= 0 : order <= 0
  }

  /** The farewells in any of the buckets that another book may have missed. */
  farewellsIn(buckets: readonly number[], nowMs: number): AgedRecord[] {
    if (buckets.length === 0 || this.#tombstones.size === 0) return []
    return [...this.#tombstones.values()]
      .filter(({ record, overAtMs }) => record.announcement.leaving && overAtMs > nowMs)
      .filter(({ record }) => buckets.includes(bucketOfHash(record.peerHash)))
      .map(({ record }) => ({ record, ageMs: 0 }))
  }
}
