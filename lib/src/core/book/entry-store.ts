/** Where a book keeps its entries: the one seam at which a host of many nodes may put a store of its own. */
import type { AgedRecord } from '../record/aged-record.ts'
import { hash32, type PeerKey, type SignedAnnouncement } from '../record/announcement.ts'
import { BUCKETS, bucketOfHash } from './digest.ts'
import { agedEntry, type Entry } from './entry.ts'

/** Entries by peer. BOUNDED by its owner, the book, which never puts in more than `maxEntries`. */
export interface EntryStore {
  readonly size: number
  get(peer: PeerKey): Entry | undefined
  /** {@link get} for a record's subject: its hash is known already. */
  of(record: SignedAnnouncement): Entry | undefined
  /** Takes in an entry, in place of the one of the same peer if there is any. */
  put(entry: Entry): void
  /** Takes out the entry of a peer that is listed. */
  delete(entry: Entry): void
  /** Each entry at a place of its own, from 0 to `size`, until an entry is put in or taken out. */
  at(index: number): Entry
  /** Every entry. Ends early or repeats itself if an entry is put in or taken out meanwhile. */
  values(): Iterable<Entry>
  /** The records in one bucket of the digest, as they are handed on now; costs no more than these. */
  recordsIn(bucket: number, nowMs: number): AgedRecord[]
}

/** An entry, and its place among all. */
interface Slot {
  entry: Entry
  index: number
}

/** A map for each bucket, and an array for even picks. */
export class MapStore implements EntryStore {
  readonly #buckets: readonly Map<PeerKey, Slot>[] = Array.from({ length: BUCKETS }, () => new Map())
  readonly #slots: Slot[] = []

  get size(): number {
    return this.#slots.length
  }

  get(peer: PeerKey): Entry | undefined {
    return this.#buckets[bucketOfHash(hash32(peer))]!.get(peer)?.entry
  }

  of(record: SignedAnnouncement): Entry | undefined {
    return this.#slotOf(record)?.entry
  }

  put(entry: Entry): void {
    const { record } = entry
    const slot = this.#slotOf(record)
    if (slot !== undefined) {
      slot.entry = entry
      return
    }
    const added = { entry, index: this.#slots.length }
    this.#slots.push(added)
    this.#bucketOf(record).set(record.announcement.peer, added)
  }

  delete({ record }: Entry): void {
    const slot = this.#slotOf(record)
    if (slot === undefined) return
    this.#bucketOf(record).delete(record.announcement.peer)
    const last = this.#slots.pop()!
    if (last === slot) return
    last.index = slot.index
    this.#slots[slot.index] = last
  }

  at(index: number): Entry {
    return this.#slots[index]!.entry
  }

  *values(): Iterable<Entry> {
    for (const { entry } of this.#slots) yield entry
  }

  recordsIn(bucket: number, nowMs: number): AgedRecord[] {
    const records: AgedRecord[] = []
    for (const { entry } of this.#buckets[bucket]!.values()) records.push(agedEntry(entry, nowMs))
    return records
  }

  #slotOf(record: SignedAnnouncement): Slot | undefined {
    return this.#bucketOf(record).get(record.announcement.peer)
  }

  #bucketOf({ peerHash }: SignedAnnouncement): Map<PeerKey, Slot> {
    return this.#buckets[bucketOfHash(peerHash)]!
  }
}
