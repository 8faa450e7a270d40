/**
 * Who is there, as far as this node knows: the newest announcement of every peer, for as long as its ttl allows.
 *
 * Applying is commutative, associative and idempotent: books that saw the same announcements are equal.
 */

import type { Group } from '../bounds/group.ts'
import { type Random, randomBelow } from '../random.ts'
import type { AgedRecord } from '../record/aged-record.ts'
import {
  compareSigned,
  compareVersions,
  type PeerKey,
  type SignedAnnouncement,
  type Version
} from '../record/announcement.ts'
import { BUCKETS, bucketOf, toggle } from './digest.ts'
import { type AddressBookEntry, type Entry, expiryOf, type Source } from './entry.ts'
import { type EntryStore, MapStore } from './entry-store.ts'
import { type Tombstone, Tombstones } from './tombstones.ts'

/**
 * What became of a record: `joined`, `updated`, `refreshed` (a heartbeat) and `left` changed the entries; `buried` is the
 * farewell of a peer that was not listed, remembered all the same; the others changed nothing.
 */
export type ApplyResult = 'joined' | 'updated' | 'refreshed' | 'left' | 'buried' | 'stale' | 'outlived' | 'book-full'

/** Part of its ttl after which an entry has missed a heartbeat: there are three to a ttl. */
const FADING_RATIO = 2 / 3

/** Least time between two looks at the entries that fade. */
const FADING_INTERVAL_MS = 1_000

/** How long an entry is spared whose time is over while its peer answers: a fraction of what a probe is given. */
const SPARED_MS = 500

/** The subject handed on its record itself. */
const FIRST_HAND: Source = { forwarder: undefined, group: '' }

/** The peers that are known and have not expired, and tombstones of those that are gone. Bounded. */
export class AddressBook {
  /** BOUNDED by `maxEntries`: a stranger must not be able to grow our heap. */
  readonly #store: EntryStore
  readonly #tombstones: Tombstones
  readonly #digest = new Uint32Array(BUCKETS)
  readonly #maxEntries: number
  #nextOrder = 0
  #nextExpiryMs = Number.POSITIVE_INFINITY
  #nextFadingMs = Number.POSITIVE_INFINITY

  /** @param store - empty; for a host of many nodes that has a leaner one */
  constructor(bounds: { maxEntries: number; maxTombstones: number }, store: EntryStore = new MapStore()) {
    this.#store = store
    this.#maxEntries = bounds.maxEntries
    this.#tombstones = new Tombstones(bounds.maxTombstones)
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
    return this.#nextExpiryMs
  }

  /** No entry begins to fade before this time. */
  get nextFadingMs(): number {
    return this.#nextFadingMs
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

  /** Whether a record of this version could change the book: asked before the cost of verifying a signature. */
  isNews(peer: PeerKey, version: Version): boolean {
    const known = this.lastOf(peer)?.announcement
    // An equal version may still be a second announcement under one number, which compareSigned orders.
    return known === undefined || compareVersions(version, known) >= 0
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
  apply(record: SignedAnnouncement, nowMs: number, ageMs = 0, source = FIRST_HAND): ApplyResult {
    const { ttlMs, leaving } = record.announcement
    const known = this.#store.of(record)
    if (known === undefined ? this.#tombstones.holds(record) : compareSigned(record, known.record) <= 0) return 'stale'
    if (leaving) return this.#bury(record, known, nowMs)
    if (ageMs >= ttlMs) return 'outlived'
    if (known === undefined) {
      if (this.isFull) return 'book-full'
      this.#add(record, nowMs, ageMs, source)
      return 'joined'
    }
    this.#replace(known, record, nowMs, ageMs)
    return known.record.contentHash === record.contentHash ? 'refreshed' : 'updated'
  }

  /**
   * Makes room in a full book for one more entry of this source: the group that brought the most gives up one of these. So a
   * flood of invented peers displaces itself, and not those whom others brought.
   *
   * @param isKept - spares an entry, whoever brought it: its peer is connected
   * @returns the entry that went; undefined when there is room, or when no group brought more than this one has
   */
  evict({ group }: Source, isKept: (peer: PeerKey) => boolean): AddressBookEntry | undefined {
    if (!this.isFull) return undefined
    const byGroup = new Map<Group, Entry[]>()
    for (const entry of this.#store.values()) byGroup.set(entry.group, [...(byGroup.get(entry.group) ?? []), entry])
    const greediest = [...byGroup.values()].reduce((most, entries) => (entries.length > most.length ? entries : most))
    if (greediest.length <= (byGroup.get(group)?.length ?? 0) + 1) return undefined
    const victim = greediest.find(({ record }) => !isKept(record.announcement.peer))
    if (victim !== undefined) this.#remove(victim)
    return victim
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
    if (nowMs < this.#nextExpiryMs) return []
    const expired: Entry[] = []
    const spared: Entry[] = []
    this.#nextExpiryMs = Number.POSITIVE_INFINITY
    for (const entry of this.#store.values()) {
      const isOver = entry.expiresAtMs <= nowMs
      if (!isOver) this.#nextExpiryMs = Math.min(this.#nextExpiryMs, entry.expiresAtMs)
      else if (isAlive(entry.record.announcement.peer)) spared.push(entry)
      else expired.push(entry)
    }
    for (const entry of spared) this.#setExpiry(entry, nowMs + SPARED_MS)
    for (const entry of expired) {
      this.#remove(entry)
      this.#tombstones.add({ record: entry.record, overAtMs: nowMs })
    }
    return expired
  }

  /** Peers that have not been heard of for two thirds of their ttl; each is told again, ever sooner, until it expires. */
  fading(nowMs: number): PeerKey[] {
    if (nowMs < this.#nextFadingMs) return []
    const peers: PeerKey[] = []
    this.#nextFadingMs = Number.POSITIVE_INFINITY
    for (const { record, bornAtMs, expiresAtMs } of this.#store.values()) {
      let nextMs = fadesAtMs(record, bornAtMs)
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
    const entry = except === undefined ? undefined : this.#store.get(except)
    if (entry !== undefined) toggle(digest, entry.record)
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

  /** The farewells in any of the buckets that another book may have missed. */
  farewellsIn(buckets: readonly number[], nowMs: number): AgedRecord[] {
    return this.#tombstones.farewellsIn(buckets, nowMs)
  }

  #bury(record: SignedAnnouncement, known: Entry | undefined, nowMs: number): ApplyResult {
    if (known !== undefined) this.#remove(known)
    this.#tombstones.add({ record, overAtMs: nowMs + record.announcement.ttlMs })
    return known === undefined ? 'buried' : 'left'
  }

  #add(record: SignedAnnouncement, nowMs: number, ageMs: number, { forwarder, group }: Source): void {
    const bornAtMs = nowMs - ageMs
    const expiresAtMs = expiryOf(record, bornAtMs)
    this.#tombstones.delete(record.announcement.peer)
    toggle(this.#digest, record)
    this.#put({ record, bornAtMs, expiresAtMs, forwarder, arrivedAtMs: nowMs, group, order: this.#nextOrder++ })
  }

  #replace(known: Entry, record: SignedAnnouncement, nowMs: number, ageMs: number): void {
    // A newer record was announced after the known one, whatever age its forwarder gives it.
    const leastAgeMs = Math.floor(Math.min(ageMs, nowMs - known.bornAtMs))
    const bornAtMs = nowMs - leastAgeMs
    toggle(this.#digest, known.record)
    toggle(this.#digest, record)
    this.#put({ ...known, record, bornAtMs, expiresAtMs: expiryOf(record, bornAtMs), arrivedAtMs: nowMs })
  }

  /** There is something to look at when the record fades, and when it expires. */
  #put(entry: Entry): void {
    this.#store.put(entry)
    this.#nextExpiryMs = Math.min(this.#nextExpiryMs, entry.expiresAtMs)
    this.#nextFadingMs = Math.min(this.#nextFadingMs, fadesAtMs(entry.record, entry.bornAtMs))
  }

  #setExpiry(entry: Entry, expiresAtMs: number): void {
    this.#store.put({ ...entry, expiresAtMs })
    this.#nextExpiryMs = Math.min(this.#nextExpiryMs, expiresAtMs)
  }

  #remove(entry: Entry): void {
    toggle(this.#digest, entry.record)
    this.#store.delete(entry)
  }
}

function fadesAtMs({ announcement }: SignedAnnouncement, bornAtMs: number): number {
  return bornAtMs + announcement.ttlMs * FADING_RATIO
}
