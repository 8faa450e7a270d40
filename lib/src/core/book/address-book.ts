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
  type PeerKey,
  type SignedAnnouncement,
  type Version
} from '../record/announcement.ts'
import { Deadlines } from './deadlines.ts'
import { BookDigest, bucketOf, saltedDigest } from './digest.ts'
import {
  type AddressBookEntry,
  type ApplyResult,
  betterOf,
  type Entry,
  HEARSAY,
  type Interest,
  interestBesides,
  madeYounger,
  type NotListed,
  newEntry,
  REACHED,
  renewed,
  type Source
} from './entry.ts'
import { type EntryStore, MapStore } from './entry-store.ts'
import { Eviction } from './eviction.ts'
import { type Tombstone, Tombstones } from './tombstones.ts'

/** How long an entry is spared whose time is over while its peer answers: a fraction of what a probe is given. */
const SPARED_MS = 500

/** A book that is so full may soon have to choose whom to keep. */
const CROWDED_RATIO = 3 / 4

/** The peers that are known and have not expired, and tombstones of those that are gone. Bounded. */
export class AddressBook {
  /** BOUNDED by `maxEntries`: a stranger must not be able to grow our heap. */
  readonly #store: EntryStore
  readonly #tombstones: Tombstones
  readonly #digest = new BookDigest()
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

  /** Whether it matters by now who is known by more than hearsay: a full book keeps those. */
  get isCrowded(): boolean {
    return this.size >= this.#maxEntries * CROWDED_RATIO
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

  /** As they are now: the book may change meanwhile. */
  values(): ArrayIterator<AddressBookEntry> {
    return [...this.#store.values()].values()
  }

  /** An entry chosen evenly, or undefined when the book is empty. */
  pick(random: Random): AddressBookEntry | undefined {
    return this.size === 0 ? undefined : this.#store.at(randomBelow(this.size, random))
  }

  /**
   * What a record of this version would be to the book, as far as that can be told before its signature is verified; `newcomer` if
   * nothing is known of its peer.
   *
   * @param ageMs - since it was announced, as its forwarder says
   * @param source - who would hand it on: a better one than before confirms the peer
   */
  interestIn(announcement: Announcement, nowMs: number, ageMs: number, source = HEARSAY): Interest | 'newcomer' {
    const { peer, ttlMs, leaving } = announcement
    const entry = this.#store.get(peer)
    if (entry !== undefined) return interestBesides(entry, announcement, nowMs, ageMs, source)
    if (this.#tombstones.isGone(announcement)) return 'gone'
    if (ageMs >= ttlMs && !leaving) return 'outlived'
    return this.#tombstones.get(peer) === undefined ? 'newcomer' : 'news'
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
  apply(record: SignedAnnouncement, nowMs: number, ageMs = 0, source = REACHED): ApplyResult {
    const known = this.#store.of(record)
    if (known === undefined) {
      const listed = this.list(record, nowMs, ageMs, source)
      return typeof listed === 'string' ? listed : 'joined'
    }
    const order = compareSigned(record, known.record)
    if (order < 0) return 'stale'
    if (order === 0) {
      const younger = madeYounger(known, nowMs, ageMs, source)
      if (younger !== undefined) this.#change(known, younger)
      else this.confirm(known, source)
      return younger === undefined ? 'stale' : 'younger'
    }
    if (record.announcement.leaving) {
      this.#remove(known)
      this.#tombstones.addFarewell(record, nowMs, source.group, true)
      return 'left'
    }
    this.#change(known, renewed(known, record, nowMs, ageMs, source))
    return known.record.contentHash === record.contentHash ? 'refreshed' : 'updated'
  }

  /** {@link apply} for a record of a peer that is not listed: the entry, if there is one from now on. */
  list(record: SignedAnnouncement, nowMs: number, ageMs: number, source: Source): Entry | NotListed {
    const { peer, leaving, ttlMs } = record.announcement
    if (this.#tombstones.holds(record)) return 'stale'
    if (leaving) {
      this.#tombstones.addFarewell(record, nowMs, source.group, false)
      return 'buried'
    }
    if (ageMs >= ttlMs) return 'outlived'
    if (this.isFull) return 'book-full'
    this.#tombstones.delete(peer)
    const entry = newEntry(record, nowMs, ageMs, source, this.#nextOrder++)
    this.#put(entry)
    this.#digest.listed(entry)
    this.#eviction.listed(entry, nowMs)
    return entry
  }

  /** A source of a peer that is listed: the better one counts from now on. */
  confirm({ record, standing }: AddressBookEntry, source: Source): void {
    const entry = source.standing > standing ? this.#store.of(record) : undefined
    if (entry !== undefined) this.#change(entry, betterOf(entry, source))
  }

  /**
   * Makes room in a full book for a newcomer of this source: `Eviction` says at whose cost.
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
      const isSpared = isAlive(entry.record.announcement.peer)
      if (isSpared) this.#setExpiry(entry, nowMs + SPARED_MS)
      else {
        this.#remove(entry)
        this.#tombstones.addExpired(entry)
      }
      return !isSpared
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
    if (salt !== 0) return saltedDigest(this.#store.values(), salt, except)
    return this.#digest.without(except === undefined ? undefined : this.#store.get(except))
  }

  /** The set of buckets of which every peer but this one is known by more than hearsay. */
  sureBuckets(except?: PeerKey): Uint8Array {
    return this.#digest.sureBuckets(except === undefined ? undefined : this.#store.get(except))
  }

  /**
   * The records of one bucket of the digest, as they are handed on now.
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

  /** In place of an entry of the same peer. */
  #change(before: Entry, after: Entry): void {
    this.#put(after)
    this.#digest.removed(before)
    this.#digest.listed(after)
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
    this.#digest.removed(entry)
    this.#store.delete(entry)
    this.#eviction.removed(entry)
  }
}
