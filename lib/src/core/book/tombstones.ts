/** Peers that are gone, with the last that was heard of each, so that no replay brings them back. */
import type { Group } from '../bounds/group.ts'
import { LazyMap } from '../bounds/lazy-map.ts'
import {
  compareSigned,
  compareVersions,
  type PeerKey,
  type SignedAnnouncement,
  type Version
} from '../record/announcement.ts'
import { type Entry, expiryOf } from './entry.ts'

/** The last that was heard of a peer that is gone. */
export interface Tombstone {
  /** A farewell, or what has expired. */
  readonly record: SignedAnnouncement
  readonly bornAtMs: number
  /** When the record would have expired by itself: sooner than this the peer was suspected. */
  readonly overAtMs: number
  /** Whether the peer was in the book: anybody can make up farewells of others. */
  readonly wasListed: boolean
  /** Of the connection that brought the peer, or its farewell. */
  readonly group: Group
}

/**
 * Tombstones by peer. A farewell ends records of any ttl, so a tombstone stays for as long as there is room. Where there is none, those
 * of peers that were never listed go first; among those alike, the oldest of the group that has most: a flood displaces its own.
 */
export class Tombstones {
  /** BOUNDED by `max`. */
  readonly #tombstones = new LazyMap<PeerKey, Tombstone>()
  /** BOUNDED by the tombstones. The oldest of each group first. */
  readonly #unlisted = new LazyMap<Group, Set<PeerKey>>()
  /** BOUNDED by the tombstones. The oldest of each group first. */
  readonly #listed = new LazyMap<Group, Set<PeerKey>>()
  readonly #max: number

  /** @param max - so many are kept */
  constructor(max: number) {
    this.#max = max
  }

  get size(): number {
    return this.#tombstones.size
  }

  get(peer: PeerKey): Tombstone | undefined {
    return this.#tombstones.get(peer)
  }

  /** @param wasListed - whether the farewell ends an entry */
  addFarewell(record: SignedAnnouncement, nowMs: number, group: Group, wasListed: boolean): void {
    this.#add({ record, bornAtMs: nowMs, overAtMs: nowMs + record.announcement.ttlMs, wasListed, group })
  }

  /** The entry's time is over, or it was suspected. */
  addExpired({ record, bornAtMs, arrivedAtMs, group }: Entry): void {
    this.#add({ record, bornAtMs, overAtMs: expiryOf(record, bornAtMs, arrivedAtMs), wasListed: true, group })
  }

  delete(peer: PeerKey): void {
    const tombstone = this.get(peer)
    if (tombstone === undefined) return
    this.#tombstones.delete(peer)
    const groups = this.#groupsOf(tombstone)
    const peers = groups.get(tombstone.group)!
    peers.delete(peer)
    if (peers.size === 0) groups.delete(tombstone.group)
  }

  /** Whether the peer is gone under this version, or a newer one. */
  isGone({ peer, epoch, seq }: Version & { readonly peer: PeerKey }): boolean {
    const last = this.get(peer)?.record.announcement
    return last !== undefined && compareVersions(last, { epoch, seq }) >= 0
  }

  /** Whether the peer is gone, and this record says nothing newer of it. */
  holds(record: SignedAnnouncement): boolean {
    const last = this.get(record.announcement.peer)?.record
    if (last === undefined) return false
    const order = compareVersions(record.announcement, last.announcement)
    // The bytes decide about a farewell alone: nothing under its own number revives what has expired.
    return order === 0 && last.announcement.leaving ? compareSigned(record, last) <= 0 : order <= 0
  }

  #add(tombstone: Tombstone): void {
    const { peer } = tombstone.record.announcement
    const wasListed = tombstone.wasListed || this.get(peer)?.wasListed === true
    this.delete(peer)
    const added = { ...tombstone, wasListed }
    this.#tombstones.set(peer, added)
    const groups = this.#groupsOf(added)
    const peers = groups.get(added.group)
    if (peers === undefined) groups.set(added.group, new Set([peer]))
    else peers.add(peer)
    if (this.#tombstones.size > this.#max) this.#makeRoom()
  }

  #groupsOf({ wasListed }: Tombstone): LazyMap<Group, Set<PeerKey>> {
    return wasListed ? this.#listed : this.#unlisted
  }

  #makeRoom(): void {
    const groups = this.#unlisted.size > 0 ? this.#unlisted : this.#listed
    let greediest: ReadonlySet<PeerKey> = new Set()
    for (const peers of groups.values()) if (peers.size > greediest.size) greediest = peers
    const [oldest] = greediest
    if (oldest !== undefined) this.delete(oldest)
  }
}
