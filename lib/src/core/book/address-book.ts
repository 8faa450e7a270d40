/**
 * Who is there, as far as this node knows: the newest announcement of every peer, for as long as its ttl allows.
 *
 * Applying is commutative, associative and idempotent: books that saw the same announcements are equal.
 */

import { type Random, randomBelow } from '../random.ts'
import type { AgedRecord } from '../record/aged-record.ts'
import {
  type Announcement,
  compareSigned,
  compareVersions,
  type PeerKey,
  type SignedAnnouncement,
  type Version
} from '../record/announcement.ts'
import { Deadlines } from './deadlines.ts'
import { BUCKETS, bucketOf, toggle, toggleSalted } from './digest.ts'
import {
  type AddressBookEntry,
  betterOf,
  type Entry,
  expiryOf,
  madeYounger,
  renewed,
  type Source,
  STANDING
} from './entry.ts'
import { type EntryStore, MapStore } from './entry-store.ts'
import { Eviction } from './eviction.ts'
import { type Tombstone, Tombstones } from './tombstones.ts'

/**
 * What became of a record: `joined`, `updated`, `refreshed` (a heartbeat) and `left` changed the entries; `buried` is the
 * farewell of a peer that was not listed, remembered all the same; `younger` is a copy of what is listed that came with a smaller
 * age; the others changed nothing.
 */
export type ApplyResult =
  | 'joined'
  | 'updated'
  | 'refreshed'
  | 'left'
  | 'buried'
  | 'younger'
  | 'stale'
  | 'outlived'
  | 'book-full'

/**
 * What a record is to a book: `news`; `younger`, what is listed, with a smaller age; `gone`, of a peer that is buried under this version
 * or a newer one, which its forwarder has to hear; `outlived`, of a peer that is not listed and whose time is over; or `known`.
 */
export type Interest = 'news' | 'younger' | 'gone' | 'outlived' | 'known'

/** How long an entry is spared whose time is over while its peer answers: a fraction of what a probe is given. */
const SPARED_MS = 500

/** As if the subject itself had been asked. */
const NOBODY_BETWEEN: Source = { forwarder: undefined, group: '', standing: STANDING.reached }

/** The peers that are known and have not expired, and tombstones of those that are gone. Bounded. */
export class AddressBook {
  /** BOUNDED by `maxEntries`: a stranger must not be able to grow our heap. */
  readonly #store: EntryStore
  readonly #tombstones: Tombstones
  readonly #digest = new Uint32Array(BUCKETS)
  readonly #maxEntries: number
  readonly #deadlines = new Deadlines()
  readonly #eviction: Eviction
  #nextOrder = 0

  /** @param store - empty; for a host of many nodes that has a leaner one */
  constructor(bounds: { maxEntries: number; maxTombstones: number }, store: EntryStore = new MapStore()) {
    this.#store = store
    this.#maxEntries = bounds.maxEntries
    this.#tombstones = new Tombstones(bounds.maxTombstones)
    this.#eviction = new Eviction(store, bounds.maxEntries)
  }

  get size(): number {
    return this.#store.size
  }

  get isFull(): boolean {
    return this.size >= this.#maxEntries
  }

  get tombstones(): number {
    return this.#tombstones.size
  }

  /** No entry expires before this time. */
  get nextExpiryMs(): number {
    return this.#deadlines.nextExpiryMs
  }

  /** No entry begins to fade before this time. */
  get nextFadingMs(): number {
    return this.#deadlines.nextFadingMs
  }

  /** Whether the peer is listed. */
  has(peer: PeerKey): boolean {
    return this.#store.get(peer) !== undefined
  }

  get(peer: PeerKey): AddressBookEntry | undefined {
    return this.#store.get(peer)
  }

  /** {@link get} for the subject of a record. */
  entryOf(record: SignedAnnouncement): AddressBookEntry | undefined {
    return this.#store.of(record)
  }

  /** As they are at this moment: the book may change meanwhile. */
  values(): ArrayIterator<AddressBookEntry> {
    return [...this.#store.values()].values()
  }

  /** An entry chosen evenly, or undefined when the book is empty. */
  pick(random: Random): AddressBookEntry | undefined {
    const index = randomBelow(this.size, random)
    return this.size === 0 ? undefined : this.#store.at(index)
  }

  /**
   * What a record of this version would be to the book, as far as that can be told before its signature is verified.
   *
   * @param ageMs - since it was announced, as its forwarder says
   */
  interestIn(announcement: Announcement, nowMs: number, ageMs: number): Interest {
    const { peer, ttlMs, leaving } = announcement
    const entry = this.#store.get(peer)
    if (entry === undefined) {
      if (this.#tombstones.isGone(announcement)) return 'gone'
      return ageMs >= ttlMs && !leaving ? 'outlived' : 'news'
    }
    const order = compareVersions(announcement, entry.record.announcement)
    if (order !== 0) return order > 0 ? 'news' : 'known'
    if (madeYounger(entry, nowMs, ageMs, NOBODY_BETWEEN) !== undefined) return 'younger'
    // There may be a second announcement under one number, which the bytes order.
    return announcement === entry.record.announcement ? 'known' : 'news'
  }

  /** What is remembered of a peer that is gone. */
  tombstoneOf(peer: PeerKey): Tombstone | undefined {
    return this.#tombstones.get(peer)
  }

  /** The newest record of a peer, whether it is listed or gone. */
  lastOf(peer: PeerKey): SignedAnnouncement | undefined {
    return this.#store.get(peer)?.record ?? this.#tombstones.get(peer)?.record
  }

  /**
   * Applies a record whose signature has been verified.
   *
   * @param ageMs - time since the record was announced, as its forwarder says; 0 or more
   * @param source - who handed it on
   */
  apply(record: SignedAnnouncement, nowMs: number, ageMs = 0, source = NOBODY_BETWEEN): ApplyResult {
    const known = this.#store.of(record)
    if (known === undefined) return this.#list(record, nowMs, ageMs, source)
    const order = compareSigned(record, known.record)
    if (order < 0) return 'stale'
    if (order === 0) {
      const younger = madeYounger(known, nowMs, ageMs, source)
      if (younger !== undefined) this.#change(known, younger)
      return younger === undefined ? 'stale' : 'younger'
    }
    if (record.announcement.leaving) {
      this.#remove(known)
      this.#bury(record, nowMs, source, true)
      return 'left'
    }
    toggle(this.#digest, known.record)
    toggle(this.#digest, record)
    this.#change(known, renewed(known, record, nowMs, ageMs, source))
    return known.record.contentHash === record.contentHash ? 'refreshed' : 'updated'
  }

  /** What a partner says of a peer that is listed: the better source counts from now on. */
  confirm(peer: PeerKey, source: Source): void {
    const entry = this.#store.get(peer)
    if (entry !== undefined && source.standing > entry.standing) this.#change(entry, betterOf(entry, source))
  }

  /**
   * Makes room in a full book for a newcomer of this source: {@link Eviction} says at whose cost.
   *
   * @param isKept - spares an entry, wherever it came from: its peer is connected
   * @returns the entry that went; undefined when there is room, or when nobody gives way
   */
  evict(
    source: Source,
    nowMs: number,
    isKept: (peer: PeerKey) => boolean,
    random: Random
  ): AddressBookEntry | undefined {
    const victim = this.isFull ? this.#eviction.victimFor(source, nowMs, isKept, random) : undefined
    if (victim !== undefined) this.#remove(victim)
    return victim
  }

  /** Whether the book would refuse a newcomer of this source. */
  isFullFor(source: Source, nowMs: number, isKept: (peer: PeerKey) => boolean): boolean {
    return this.isFull && this.#eviction.victimFor(source, nowMs, isKept, () => 0) === undefined
  }

  /** Leaves an entry at most until this time, unless something newer comes. */
  shorten(peer: PeerKey, expiresAtMs: number): void {
    const entry = this.#store.get(peer)
    if (entry === undefined || entry.expiresAtMs <= expiresAtMs) return
    this.#setExpiry(entry, expiresAtMs)
  }

  /**
   * Takes out every entry whose time is over, and returns them.
   *
   * @param isAlive - spares an entry for another while: its peer is connected and answers
   */
  expire(nowMs: number, isAlive: (peer: PeerKey) => boolean = () => false): AddressBookEntry[] {
    const over = this.#deadlines.over(this.#store.values(), nowMs)
    return over.filter(entry => {
      const { record, bornAtMs, arrivedAtMs, group } = entry
      if (isAlive(record.announcement.peer)) {
        this.#setExpiry(entry, nowMs + SPARED_MS)
        return false
      }
      this.#remove(entry)
      const overAtMs = expiryOf(record, bornAtMs, arrivedAtMs)
      this.#tombstones.add({ record, bornAtMs, overAtMs, wasListed: true, group })
      return true
    })
  }

  /** Peers that have not been heard of for two thirds of their ttl; each is told again, ever sooner, until it expires. */
  fading(nowMs: number): PeerKey[] {
    return this.#deadlines.fading(this.#store.values(), nowMs)
  }

  /**
   * One number a bucket over membership and content, not over heartbeats: equal books give equal digests.
   *
   * @param except - a peer that is left out, because both sides know it first hand
   * @param salt - 0, or what the hashes are mixed with: costs a look at every entry
   */
  digest(except?: PeerKey, salt = 0): Uint32Array {
    const digest = salt === 0 ? this.#digest.slice() : new Uint32Array(BUCKETS)
    if (salt !== 0) for (const { record } of this.#store.values()) toggleSalted(digest, record, salt)
    const excepted = except === undefined ? undefined : this.#store.get(except)?.record
    if (excepted !== undefined) {
      if (salt === 0) toggle(digest, excepted)
      else toggleSalted(digest, excepted, salt)
    }
    return digest
  }

  /** Every record, as old as it is now. */
  records(nowMs: number): AgedRecord[] {
    const records: AgedRecord[] = []
    for (let bucket = 0; bucket < BUCKETS; bucket++) {
      for (const aged of this.#store.recordsIn(bucket, nowMs)) records.push(aged)
    }
    return records
  }

  /**
   * {@link records}, but only those that fall into the bucket.
   *
   * @param except - a peer that is left out
   */
  recordsIn(bucket: number, nowMs: number, except?: PeerKey): AgedRecord[] {
    const records = this.#store.recordsIn(bucket, nowMs)
    if (except === undefined || bucketOf(except) !== bucket) return records
    return records.filter(({ record }) => record.announcement.peer !== except)
  }

  /** Whether the peer is gone from the book under this version, or a newer one. */
  isGone(listed: Version & { readonly peer: PeerKey }): boolean {
    return this.#tombstones.isGone(listed)
  }

  /** Of a peer that is not listed. */
  #list(record: SignedAnnouncement, nowMs: number, ageMs: number, source: Source): ApplyResult {
    const { peer, leaving, ttlMs } = record.announcement
    if (this.#tombstones.holds(record)) return 'stale'
    if (leaving) {
      this.#bury(record, nowMs, source, false)
      return 'buried'
    }
    if (ageMs >= ttlMs) return 'outlived'
    if (this.isFull) return 'book-full'
    const bornAtMs = nowMs - ageMs
    const expiresAtMs = expiryOf(record, bornAtMs, nowMs)
    const { forwarder, group, standing } = source
    const order = this.#nextOrder++
    this.#tombstones.delete(peer)
    toggle(this.#digest, record)
    const entry = { record, bornAtMs, expiresAtMs, arrivedAtMs: nowMs, forwarder, group, standing, order }
    this.#put(entry)
    this.#eviction.listed(entry, nowMs)
    return 'joined'
  }

  #bury(record: SignedAnnouncement, nowMs: number, { group }: Source, wasListed: boolean): void {
    const overAtMs = nowMs + record.announcement.ttlMs
    this.#tombstones.add({ record, bornAtMs: nowMs, overAtMs, wasListed, group })
  }

  /** In place of an entry of the same peer. */
  #change(before: Entry, after: Entry): void {
    this.#put(after)
    this.#eviction.changed(before, after)
  }

  #put(entry: Entry): void {
    this.#store.put(entry)
    this.#deadlines.expect(entry)
  }

  #setExpiry(entry: Entry, expiresAtMs: number): void {
    this.#store.put({ ...entry, expiresAtMs })
    this.#deadlines.expectExpiry(expiresAtMs)
  }

  #remove(entry: Entry): void {
    toggle(this.#digest, entry.record)
    this.#store.delete(entry)
    this.#eviction.removed(entry)
  }
}
