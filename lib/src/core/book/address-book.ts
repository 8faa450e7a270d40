/**
 * Who is there, as far as this node knows: the newest announcement of every peer, for as long as its ttl allows.
 *
 * Applying is commutative, associative and idempotent: books that saw the same announcements are equal.
 */

import { type Random, randomBelow } from '../random.ts'
import { type AgedRecord, agedRecord } from '../record/aged-record.ts'
import {
  compareSigned,
  compareVersions,
  hash32,
  type PeerKey,
  type SignedAnnouncement,
  type Version
} from '../record/announcement.ts'
import { EntriesBySender } from './entries-by-sender.ts'
import { EntryTable } from './entry-table.ts'
import type { Shelf } from './record-store.ts'
import { BUCKET_BITS, bucketOfHash } from './slot-index.ts'

/** What the book holds of one peer. */
export interface AddressBookEntry {
  readonly record: SignedAnnouncement
  /** When the record was announced, in this node's time: its arrival less the age that it came with. */
  readonly bornAtMs: number
  /** When the entry expires if nothing newer comes. */
  readonly expiresAtMs: number
  /** The peer that brought the entry first; undefined when nobody stood between. */
  readonly via: PeerKey | undefined
}

/**
 * What became of a record: `joined`, `updated`, `refreshed` (a heartbeat) and `left` changed the entries; `buried` is the
 * farewell of a peer that was not listed, remembered all the same; the others changed nothing.
 */
export type ApplyResult = 'joined' | 'updated' | 'refreshed' | 'left' | 'buried' | 'stale' | 'outlived' | 'book-full'

/** The last that was heard of a peer that is gone, so that no replay brings it back. */
export interface Tombstone {
  /** A farewell, or what has expired. */
  readonly record: SignedAnnouncement
  /** When the peer has expired in every book that missed its farewell. */
  readonly overAtMs: number
}

/** Buckets of the digest, a power of two. A constant, so that comparing two equal books costs the same at every size. */
export const BUCKETS = 2 ** BUCKET_BITS

/** Part of its ttl after which an entry has missed a heartbeat: there are three to a ttl. */
const FADING_RATIO = 2 / 3

/** Least time between two looks at the entries that fade. */
const FADING_INTERVAL_MS = 1_000

/** How long an entry is spared whose time is over while its peer answers: a fraction of what a probe is given. */
const SPARED_MS = 500

/** The peers that are known and have not expired, and tombstones of those that are gone. Bounded. */
export class AddressBook {
  /** BOUNDED by `maxEntries`: a stranger must not be able to grow our heap. */
  readonly #table: EntryTable
  /** BOUNDED by the entries. When those expire whose ttl does not say it: they were given less time, or spared. */
  readonly #deadlines = new Map<PeerKey, number>()
  /** BOUNDED by `maxTombstones`: the oldest goes first. */
  readonly #tombstones = new Map<PeerKey, Tombstone>()
  readonly #bySender = new EntriesBySender()
  readonly #digest = new Uint32Array(BUCKETS)
  readonly #maxEntries: number
  readonly #maxTombstones: number
  #nextExpiryMs = Number.POSITIVE_INFINITY
  #nextFadingMs = Number.POSITIVE_INFINITY

  /** @param shelf - where the entries' records stand; one of its own if it is not given */
  constructor(bounds: { maxEntries: number; maxTombstones: number }, shelf?: Shelf) {
    this.#maxEntries = bounds.maxEntries
    this.#maxTombstones = bounds.maxTombstones
    this.#table = new EntryTable(bounds.maxEntries, shelf)
  }

  get size(): number {
    return this.#table.size
  }

  get isFull(): boolean {
    return this.size >= this.#maxEntries
  }

  get tombstones(): number {
    return this.#tombstones.size
  }

  /** No entry expires before this time. */
  get nextExpiryMs(): number {
    return this.#nextExpiryMs
  }

  /** No entry begins to fade before this time. */
  get nextFadingMs(): number {
    return this.#nextFadingMs
  }

  /** Whether the peer is listed. */
  has(peer: PeerKey): boolean {
    return this.#table.find(peer) >= 0
  }

  get(peer: PeerKey): AddressBookEntry | undefined {
    const slot = this.#table.find(peer)
    return slot < 0 ? undefined : this.#entry(slot)
  }

  /** As they are at this moment: the book may change meanwhile. */
  values(): ArrayIterator<AddressBookEntry> {
    const entries: AddressBookEntry[] = []
    for (let slot = 0; slot < this.size; slot++) entries.push(this.#entry(slot))
    return entries.values()
  }

  /** An entry chosen evenly, or undefined when the book is empty. */
  pick(random: Random): AddressBookEntry | undefined {
    const slot = randomBelow(this.size, random)
    return this.size === 0 ? undefined : this.#entry(slot)
  }

  /** Whether a record of this version could change the book: asked before the cost of verifying a signature. */
  isNews(peer: PeerKey, version: Version): boolean {
    const known = this.lastOf(peer)?.announcement
    // An equal version may still be a second announcement under one number, which compareSigned orders.
    return known === undefined || compareVersions(version, known) >= 0
  }

  /** Those that are news: {@link isNews} for many. A record is none if it is the very one that is listed. */
  newsAmong<T extends { readonly record: SignedAnnouncement }>(records: readonly T[]): readonly T[] {
    if (this.#table.isClearOf(records) && this.#tombstones.size === 0) return records
    return records.filter(({ record }) => this.#lacks(record))
  }

  #lacks(record: SignedAnnouncement): boolean {
    if (this.#table.knows(record)) return false
    const slot = this.#table.findSubject(record)
    if (slot < 0 && this.#tombstones.size === 0) return true
    const isListed = slot >= 0 && this.#table.record(slot) === record
    return !isListed && this.isNews(record.announcement.peer, record.announcement)
  }

  /** What is remembered of a peer that is gone. */
  tombstoneOf(peer: PeerKey): Tombstone | undefined {
    return this.#tombstones.get(peer)
  }

  /** The newest record of a peer, whether it is listed or gone. */
  lastOf(peer: PeerKey): SignedAnnouncement | undefined {
    const slot = this.#table.find(peer)
    if (slot >= 0) return this.#table.record(slot)
    return this.#tombstones.size === 0 ? undefined : this.#tombstones.get(peer)?.record
  }

  /**
   * Applies a record whose signature has been verified.
   *
   * @param ageMs - time since the record was announced, as its relayer says; 0 or more
   * @param via - the peer that brought it
   */
  apply(record: SignedAnnouncement, nowMs: number, ageMs = 0, via?: PeerKey): ApplyResult {
    const { ttlMs, leaving } = record.announcement
    const slot = this.#table.findSubject(record)
    const known = slot < 0 ? undefined : this.#table.record(slot)
    if (known !== undefined) {
      if (compareSigned(record, known) <= 0) return 'stale'
    } else if (this.#isBuried(record)) return 'stale'
    if (leaving) return this.#bury(record, slot, nowMs)
    if (ageMs >= ttlMs) return 'outlived'
    if (known === undefined) {
      if (this.isFull) return 'book-full'
      this.#add(record, nowMs - ageMs, via, slot)
      return 'joined'
    }
    // A newer record was announced after the known one, whatever age its relayer gives it.
    this.#replace(slot, record, Math.max(nowMs - ageMs, this.#table.bornAtMs(slot)))
    return known.contentHash === record.contentHash ? 'refreshed' : 'updated'
  }

  /**
   * Makes room in a full book for one more entry that `via` brings: whoever brought the most gives up one of these. So a
   * flood of invented peers displaces itself, and not those whom others brought.
   *
   * @param isKept - spares an entry, whoever brought it: its peer is connected
   * @returns the entry that went; undefined when there is room, or when nobody brought more than `via` has
   */
  evict(via: PeerKey | undefined, isKept: (peer: PeerKey) => boolean): AddressBookEntry | undefined {
    if (!this.isFull) return undefined
    const greediest = this.#bySender.greediest()
    if (greediest.count <= this.#bySender.of(via) + 1) return undefined
    for (let slot = 0; slot < this.size; slot++) {
      if (this.#table.bringer(slot) !== greediest.number || isKept(this.#peer(slot))) continue
      return this.#remove(slot)
    }
    return undefined
  }

  /** Leaves an entry at most until this time, unless something newer comes. */
  shorten(peer: PeerKey, expiresAtMs: number): void {
    const slot = this.#table.find(peer)
    if (slot < 0 || this.#expiresAtMs(slot) <= expiresAtMs) return
    this.#deadlines.set(peer, expiresAtMs)
    this.#nextExpiryMs = Math.min(this.#nextExpiryMs, expiresAtMs)
  }

  /**
   * Takes out every entry whose time is over, and returns them.
   *
   * @param isAlive - spares an entry for another while: its peer is connected and answers
   */
  expire(nowMs: number, isAlive: (peer: PeerKey) => boolean = () => false): AddressBookEntry[] {
    if (nowMs < this.#nextExpiryMs) return []
    const over: PeerKey[] = []
    this.#nextExpiryMs = Number.POSITIVE_INFINITY
    for (let slot = 0; slot < this.size; slot++) {
      let expiresAtMs = this.#expiresAtMs(slot)
      if (expiresAtMs <= nowMs) {
        const peer = this.#peer(slot)
        if (!isAlive(peer)) {
          over.push(peer)
          continue
        }
        expiresAtMs = nowMs + SPARED_MS
        this.#deadlines.set(peer, expiresAtMs)
      }
      this.#nextExpiryMs = Math.min(this.#nextExpiryMs, expiresAtMs)
    }
    return over.map(peer => {
      const expired = this.#remove(this.#table.find(peer))
      this.#remember({ record: expired.record, overAtMs: nowMs })
      return expired
    })
  }

  /** Peers that have not been heard of for two thirds of their ttl; each is told again, ever sooner, until it expires. */
  fading(nowMs: number): PeerKey[] {
    if (nowMs < this.#nextFadingMs) return []
    const peers: PeerKey[] = []
    this.#nextFadingMs = Number.POSITIVE_INFINITY
    for (const { record, bornAtMs, expiresAtMs } of this.values()) {
      let nextMs = bornAtMs + record.announcement.ttlMs * FADING_RATIO
      if (nextMs <= nowMs) {
        peers.push(record.announcement.peer)
        nextMs = nowMs + Math.max(FADING_INTERVAL_MS, (expiresAtMs - nowMs) / 2)
      }
      this.#nextFadingMs = Math.min(this.#nextFadingMs, nextMs)
    }
    return peers
  }

  /**
   * One number a bucket over membership and content, not over heartbeats: equal books give equal digests.
   *
   * @param except - a peer that is left out, because both sides know it first hand
   */
  digest(except?: PeerKey): Uint32Array {
    const digest = this.#digest.slice()
    const slot = except === undefined ? -1 : this.#table.find(except)
    if (slot >= 0) toggle(digest, this.#table.record(slot))
    return digest
  }

  /** Every record, as old as it is now. */
  records(nowMs: number): AgedRecord[] {
    const slots = Array.from({ length: this.size }, (_, slot) => slot)
    return this.#aged(slots, nowMs)
  }

  /**
   * {@link records}, but only those that fall into the bucket.
   *
   * @param except - a peer that is left out
   */
  recordsIn(bucket: number, nowMs: number, except?: PeerKey): AgedRecord[] {
    return this.#aged(this.#table.inBucket(bucket), nowMs, except)
  }

  /** The farewells in any of the buckets that another book may have missed. */
  farewellsIn(buckets: readonly number[], nowMs: number): AgedRecord[] {
    if (buckets.length === 0 || this.#tombstones.size === 0) return []
    return [...this.#tombstones.values()]
      .filter(({ record, overAtMs }) => record.announcement.leaving && overAtMs > nowMs)
      .filter(({ record }) => buckets.includes(bucketOfHash(record.peerHash)))
      .map(({ record }) => ({ record, ageMs: 0 }))
  }

  #aged(slots: readonly number[], nowMs: number, except?: PeerKey): AgedRecord[] {
    const excepted = except === undefined ? -1 : this.#table.find(except)
    const aged: AgedRecord[] = []
    for (const slot of slots) {
      if (slot !== excepted) aged.push(agedRecord(this.#table.record(slot), this.#table.bornAtMs(slot), nowMs))
    }
    return aged
  }

  #entry(slot: number): AddressBookEntry {
    return {
      record: this.#table.record(slot),
      bornAtMs: this.#table.bornAtMs(slot),
      expiresAtMs: this.#expiresAtMs(slot),
      via: this.#bySender.bringer(this.#table.bringer(slot))
    }
  }

  #peer(slot: number): PeerKey {
    return this.#table.record(slot).announcement.peer
  }

  #expiresAtMs(slot: number): number {
    const { peer, ttlMs } = this.#table.record(slot).announcement
    const deadlineMs = this.#deadlines.size === 0 ? undefined : this.#deadlines.get(peer)
    return deadlineMs ?? this.#table.bornAtMs(slot) + ttlMs
  }

  #isBuried(record: SignedAnnouncement): boolean {
    if (this.#tombstones.size === 0) return false
    const last = this.#tombstones.get(record.announcement.peer)?.record
    if (last === undefined) return false
    const order = compareVersions(record.announcement, last.announcement)
    // The bytes decide about a farewell alone: nothing under its own number revives what has expired.
    return order === 0 && last.announcement.leaving ? compareSigned(record, last) <= 0 : order <= 0
  }

  #bury(record: SignedAnnouncement, slot: number, nowMs: number): ApplyResult {
    if (slot >= 0) this.#remove(slot)
    this.#remember({ record, overAtMs: nowMs + record.announcement.ttlMs })
    return slot < 0 ? 'buried' : 'left'
  }

  #add(record: SignedAnnouncement, bornAtMs: number, via: PeerKey | undefined, sought: number): void {
    this.#table.add(record, bornAtMs, this.#bySender.add(via), sought)
    if (this.#tombstones.size > 0) this.#tombstones.delete(record.announcement.peer)
    toggle(this.#digest, record)
    this.#lookBefore(record, bornAtMs)
  }

  #replace(slot: number, record: SignedAnnouncement, bornAtMs: number): void {
    toggle(this.#digest, this.#table.record(slot))
    toggle(this.#digest, record)
    this.#table.replace(slot, record, bornAtMs)
    this.#deadlines.delete(record.announcement.peer)
    this.#lookBefore(record, bornAtMs)
  }

  /** There is something to look at when the record fades, and when it expires. */
  #lookBefore({ announcement }: SignedAnnouncement, bornAtMs: number): void {
    this.#nextExpiryMs = Math.min(this.#nextExpiryMs, bornAtMs + announcement.ttlMs)
    this.#nextFadingMs = Math.min(this.#nextFadingMs, bornAtMs + announcement.ttlMs * FADING_RATIO)
  }

  #remove(slot: number): AddressBookEntry {
    const entry = this.#entry(slot)
    toggle(this.#digest, entry.record)
    this.#deadlines.delete(entry.record.announcement.peer)
    this.#bySender.remove(this.#table.bringer(slot))
    this.#table.remove(slot)
    return entry
  }

  #remember(tombstone: Tombstone): void {
    const { peer } = tombstone.record.announcement
    this.#tombstones.delete(peer)
    this.#tombstones.set(peer, tombstone)
    if (this.#tombstones.size <= this.#maxTombstones) return
    const oldest = this.#tombstones.keys().next().value!
    this.#tombstones.delete(oldest)
  }
}

/** The bucket of the digest that a peer falls into. */
export function bucketOf(peer: PeerKey): number {
  return bucketOfHash(hash32(peer))
}

/** Puts a record into a digest, or takes it out. */
function toggle(digest: Uint32Array, { contentHash, peerHash }: SignedAnnouncement): void {
  digest[bucketOfHash(peerHash)]! ^= contentHash
}
