/**
 * Who is there, as far as this node knows: the newest announcement of every peer, for as long as its ttl allows.
 *
 * Applying is commutative, associative and idempotent: books that saw the same announcements are equal.
 */
import {
  compareSigned,
  compareVersions,
  hash32,
  type PeerKey,
  type SignedAnnouncement,
  type Version
} from './announcement.ts'
import { type Random, randomBelow } from './random.ts'

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

/** Buckets of the digest. A constant, so that comparing two equal books costs the same at every size. */
export const BUCKETS = 64

/** Part of its ttl after which an entry has missed a heartbeat: there are three to a ttl. */
const FADING_RATIO = 2 / 3

/** Least time between two looks at the entries that fade. */
const FADING_INTERVAL_MS = 1_000

/** How long an entry is spared whose time is over while its peer answers: a fraction of what a probe is given. */
const SPARED_MS = 500

/** The peers that are known and have not expired, and tombstones of those that are gone. Bounded. */
export class AddressBook {
  /** BOUNDED by `maxEntries`: a stranger must not be able to grow our heap. */
  readonly #entries = new Map<PeerKey, AddressBookEntry>()
  /** BOUNDED by `maxTombstones`: the oldest goes first. */
  readonly #tombstones = new Map<PeerKey, Tombstone>()
  /** Peers by position, for an even random choice without walking the map; `#positions` is its inverse. */
  readonly #peers: PeerKey[] = []
  readonly #positions = new Map<PeerKey, number>()
  /** BOUNDED by the entries. How many of them each peer brought. */
  readonly #shares = new Map<PeerKey | undefined, number>()
  readonly #digest = new Uint32Array(BUCKETS)
  readonly #maxEntries: number
  readonly #maxTombstones: number
  #nextExpiryMs = Number.POSITIVE_INFINITY
  #nextFadingMs = Number.POSITIVE_INFINITY

  constructor(bounds: { maxEntries: number; maxTombstones: number }) {
    this.#maxEntries = bounds.maxEntries
    this.#maxTombstones = bounds.maxTombstones
  }

  get size(): number {
    return this.#entries.size
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

  get(peer: PeerKey): AddressBookEntry | undefined {
    return this.#entries.get(peer)
  }

  values(): MapIterator<AddressBookEntry> {
    return this.#entries.values()
  }

  /** An entry chosen evenly, or undefined when the book is empty. */
  pick(random: Random): AddressBookEntry | undefined {
    const peer = this.#peers[randomBelow(this.#peers.length, random)]
    return peer === undefined ? undefined : this.#entries.get(peer)
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
    return (this.#entries.get(peer) ?? this.#tombstones.get(peer))?.record
  }

  /**
   * Applies a record whose signature has been verified.
   *
   * @param ageMs - time since the record was announced, as its relayer says; 0 or more
   * @param via - the peer that brought it
   */
  apply(record: SignedAnnouncement, nowMs: number, ageMs = 0, via?: PeerKey): ApplyResult {
    const { peer, ttlMs, leaving } = record.announcement
    const known = this.#entries.get(peer)
    if (known !== undefined) {
      if (compareSigned(record, known.record) <= 0) return 'stale'
    } else if (this.#isBuried(record)) return 'stale'
    if (leaving) return this.#bury(record, known, nowMs)
    if (ageMs >= ttlMs) return 'outlived'
    if (known === undefined && this.#entries.size >= this.#maxEntries) return 'book-full'
    // A newer record was announced after the known one, whatever age its relayer gives it.
    const bornAtMs = Math.max(nowMs - ageMs, known?.bornAtMs ?? Number.NEGATIVE_INFINITY)
    this.#put(peer, { record, bornAtMs, expiresAtMs: bornAtMs + ttlMs, via: known === undefined ? via : known.via })
    if (known === undefined) return 'joined'
    return known.record.contentHash === record.contentHash ? 'refreshed' : 'updated'
  }

  /**
   * Makes room in a full book for one more entry that `via` brings: whoever brought the most gives up one of these. So a
   * flood of invented peers displaces itself, and not those whom others brought.
   *
   * @param isKept - spares an entry, whoever brought it: its peer is connected
   * @returns the entry that went; undefined when there is room, or when nobody brought more than `via` has
   */
  evict(via: PeerKey | undefined, isKept: (peer: PeerKey) => boolean): AddressBookEntry | undefined {
    if (this.#entries.size < this.#maxEntries) return undefined
    const [greediest, most] = [...this.#shares].reduce((a, b) => (b[1] > a[1] ? b : a))
    if (most <= (this.#shares.get(via) ?? 0) + 1) return undefined
    for (const [peer, entry] of this.#entries) {
      if (entry.via !== greediest || isKept(peer)) continue
      this.#remove(peer)
      return entry
    }
    return undefined
  }

  /** Leaves an entry at most until this time, unless something newer comes. */
  shorten(peer: PeerKey, expiresAtMs: number): void {
    const entry = this.#entries.get(peer)
    if (entry === undefined || entry.expiresAtMs <= expiresAtMs) return
    this.#entries.set(peer, { ...entry, expiresAtMs })
    this.#nextExpiryMs = Math.min(this.#nextExpiryMs, expiresAtMs)
  }

  /**
   * Takes out every entry whose time is over, and returns them.
   *
   * @param isAlive - spares an entry for another while: its peer is connected and answers
   */
  expire(nowMs: number, isAlive: (peer: PeerKey) => boolean = () => false): AddressBookEntry[] {
    if (nowMs < this.#nextExpiryMs) return []
    const expired: AddressBookEntry[] = []
    this.#nextExpiryMs = Number.POSITIVE_INFINITY
    for (const [peer, entry] of this.#entries) {
      let { expiresAtMs } = entry
      if (expiresAtMs <= nowMs) {
        if (!isAlive(peer)) {
          expired.push(entry)
          continue
        }
        expiresAtMs = nowMs + SPARED_MS
        this.#entries.set(peer, { ...entry, expiresAtMs })
      }
      this.#nextExpiryMs = Math.min(this.#nextExpiryMs, expiresAtMs)
    }
    for (const { record } of expired) {
      this.#remove(record.announcement.peer)
      this.#remember({ record, overAtMs: nowMs })
    }
    return expired
  }

  /** Peers that have not been heard of for two thirds of their ttl; each is told again, ever sooner, until it expires. */
  fading(nowMs: number): PeerKey[] {
    if (nowMs < this.#nextFadingMs) return []
    const peers: PeerKey[] = []
    this.#nextFadingMs = Number.POSITIVE_INFINITY
    for (const { record, bornAtMs, expiresAtMs } of this.values()) {
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
    const excluded = except === undefined ? undefined : this.#entries.get(except)
    if (excluded !== undefined) digest[bucketOf(except!)]! ^= excluded.record.contentHash
    return digest
  }

  /** The entries that fall into any of the buckets. */
  *inBuckets(buckets: ReadonlySet<number>): Generator<AddressBookEntry> {
    if (buckets.size === 0) return
    for (const entry of this.#entries.values()) {
      if (buckets.has(bucketOf(entry.record.announcement.peer))) yield entry
    }
  }

  /** The farewells in any of the buckets that another book may have missed. */
  *farewellsIn(buckets: ReadonlySet<number>, nowMs: number): Generator<SignedAnnouncement> {
    if (buckets.size === 0) return
    for (const [peer, { record, overAtMs }] of this.#tombstones) {
      if (record.announcement.leaving && overAtMs > nowMs && buckets.has(bucketOf(peer))) yield record
    }
  }

  #isBuried(record: SignedAnnouncement): boolean {
    const last = this.#tombstones.get(record.announcement.peer)?.record
    if (last === undefined) return false
    const order = compareVersions(record.announcement, last.announcement)
    // The bytes decide about a farewell alone: nothing under its own number revives what has expired.
    return order === 0 && last.announcement.leaving ? compareSigned(record, last) <= 0 : order <= 0
  }

  #bury(record: SignedAnnouncement, known: AddressBookEntry | undefined, nowMs: number): ApplyResult {
    if (known !== undefined) this.#remove(record.announcement.peer)
    this.#remember({ record, overAtMs: nowMs + record.announcement.ttlMs })
    return known === undefined ? 'buried' : 'left'
  }

  #put(peer: PeerKey, entry: AddressBookEntry): void {
    const known = this.#entries.get(peer)
    if (known === undefined) {
      this.#positions.set(peer, this.#peers.push(peer) - 1)
      this.#share(entry.via, 1)
      this.#tombstones.delete(peer)
    }
    this.#digest[bucketOf(peer)]! ^= (known?.record.contentHash ?? 0) ^ entry.record.contentHash
    this.#entries.set(peer, entry)
    this.#nextExpiryMs = Math.min(this.#nextExpiryMs, entry.expiresAtMs)
    this.#nextFadingMs = Math.min(this.#nextFadingMs, fadesAtMs(entry.record, entry.bornAtMs))
  }

  #remove(peer: PeerKey): void {
    const entry = this.#entries.get(peer)!
    this.#digest[bucketOf(peer)]! ^= entry.record.contentHash
    this.#entries.delete(peer)
    this.#share(entry.via, -1)
    const position = this.#positions.get(peer)!
    this.#positions.delete(peer)
    const last = this.#peers.pop()!
    if (last === peer) return
    this.#peers[position] = last
    this.#positions.set(last, position)
  }

  #share(via: PeerKey | undefined, change: 1 | -1): void {
    const share = (this.#shares.get(via) ?? 0) + change
    if (share === 0) this.#shares.delete(via)
    else this.#shares.set(via, share)
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

function fadesAtMs({ announcement }: SignedAnnouncement, bornAtMs: number): number {
  return bornAtMs + announcement.ttlMs * FADING_RATIO
}

/** The bucket of the digest that a peer falls into. */
export function bucketOf(peer: PeerKey): number {
  return hash32(peer) % BUCKETS
}
