/** Some of the book on disk, so that a node that restarts finds its network without a bootstrap peer. */
import type { Logger } from '@libp2p/interface'
import { type Datastore, Key } from 'interface-datastore'
import type { AddressBook } from '../core/book/address-book.ts'
import type { AddressBookEntry } from '../core/book/entry.ts'
import type { Group, GroupOf } from '../core/bounds/group.ts'
import { Recent } from '../core/bounds/recent.ts'
import type { DialTarget } from '../core/effects.ts'
import { BOUNDS, type PeerKey } from '../core/record/announcement.ts'
import { HOST_CALL_TIMEOUT_MS, STOP_STEP_TIMEOUT_MS, within } from './host/within.ts'
import { openAnnouncement } from './records/announcement-codec.ts'
import { decodeSnapshot, encodeSnapshot } from './records/snapshot-codec.ts'
import type { Warnings } from './reports/warnings.ts'

/** Enough that some are still there after a long while, few enough to be written in one go: 20 kB, at most 128 KiB. */
export const MAX_SNAPSHOT_RECORDS = 64

/** Of each kind of peers that this node did not reach itself: strangers decide how many of these there are. */
const MAX_UNREACHED_RECORDS = MAX_SNAPSHOT_RECORDS / 2

/** CBOR adds three bytes to each envelope and two to the list. */
const MAX_SNAPSHOT_BYTES = MAX_SNAPSHOT_RECORDS * (BOUNDS.envelopeBytes + 3) + 2

/** From the first partner of a run to the first writing: a node that is killed soon after its start finds back as well. */
const FIRST_SAVE_MS = 5_000

/** Each writing is followed by another after twice the time, at most after this. */
const MAX_SAVE_INTERVAL_MS = 60_000

/** Peers met that are remembered, of each kind: four times what is saved, since some of them are gone by then. */
const MET_PEERS = 4 * MAX_SNAPSHOT_RECORDS

/** A peer whose sync stream was open. */
interface Meeting {
  /** Of the address at the other end of the connection, which the peer cannot invent. */
  readonly group: Group
}

/** What the snapshot takes from the service. */
export interface SnapshotHost {
  readonly datastore: Datastore
  readonly topic: string
  readonly book: AddressBook
  readonly groupOf: GroupOf
  readonly log: Logger
  readonly warnings: Warnings
}

export class Snapshot {
  readonly #host: SnapshotHost
  readonly #key: Key
  /** BOUNDED by `MET_PEERS`, twice. Peers that answered where this node dialled them. */
  readonly #reached = new Recent<PeerKey, Meeting>(MET_PEERS)
  /** BOUNDED by `MET_PEERS`, twice. Peers that dialled this node; apart, so that a crowd of strangers displaces only strangers. */
  readonly #visitors = new Recent<PeerKey, Meeting>(MET_PEERS)
  #isRunning = false
  /** In this run there has been a partner. */
  #hasMet = false
  #timer: ReturnType<typeof setTimeout> | undefined

  constructor(host: SnapshotHost) {
    this.#host = host
    this.#key = new Key(`/gossip-discovery/snapshot/${encodeURIComponent(host.topic)}`)
  }

  /** A sync stream with the peer is open: over a connection that this node dialled, or not. */
  met(peer: PeerKey, isDialledByUs: boolean, addr: string): void {
    const known = isDialledByUs ? this.#reached : this.#visitors
    known.set(peer, { group: this.#host.groupOf(addr) })
    if (this.#isRunning && !this.#hasMet) this.#saveAfter(FIRST_SAVE_MS)
    this.#hasMet = true
  }

  /** From the first partner on the snapshot is written now and then. */
  begin(): void {
    this.#isRunning = true
    if (this.#hasMet) this.#saveAfter(FIRST_SAVE_MS)
  }

  /**
   * Peers of the last run, as candidates to dial: they are not listed before they answer. A record that cannot be read is left out,
   * and the others are used. A snapshot that cannot be read costs a line in the log.
   */
  async load(): Promise<DialTarget[]> {
    try {
      const envelopes = await this.#read()
      const opened = await Promise.allSettled(
        envelopes.map(async envelope => await openAnnouncement(envelope, this.#host.topic))
      )
      const records = opened.filter(result => result.status === 'fulfilled').map(result => result.value)
      const unread = envelopes.length - records.length
      if (unread > 0) {
        this.#host.log.error('%d of %d records of the snapshot cannot be read', unread, envelopes.length)
      }
      return records.map(({ announcement }) => ({ id: announcement.peer, addrs: announcement.addrs }))
    } catch (error) {
      this.#noteFailure('the snapshot of the address book cannot be read, going on without it', error)
      return []
    }
  }

  /** Writes what is worth keeping of the book; an empty book does not replace a snapshot. */
  async save(timeoutMs = HOST_CALL_TIMEOUT_MS): Promise<void> {
    try {
      const entries = this.#worthKeeping()
      if (entries.length === 0) return
      const bytes = encodeSnapshot(entries.map(({ record }) => record.envelope))
      await within(timeoutMs, 'writing the snapshot to the datastore', this.#host.datastore.put(this.#key, bytes))
    } catch (error) {
      this.#noteFailure('the snapshot of the address book cannot be written', error)
    }
  }

  async stop(): Promise<void> {
    this.#isRunning = false
    this.#hasMet = false
    clearTimeout(this.#timer)
    await this.save(STOP_STEP_TIMEOUT_MS)
  }

  #saveAfter(waitMs: number): void {
    this.#timer = setTimeout(() => {
      this.#saveAfter(Math.min(2 * waitMs, MAX_SAVE_INTERVAL_MS))
      void this.save()
    }, waitMs)
  }

  /** @throws {Error} when there are bytes, but they are no snapshot */
  async #read(): Promise<Uint8Array[]> {
    const { datastore } = this.#host
    const what = 'reading the snapshot from the datastore'
    if (!(await within(HOST_CALL_TIMEOUT_MS, what, datastore.has(this.#key)))) return []
    const bytes = await within(HOST_CALL_TIMEOUT_MS, what, datastore.get(this.#key))
    if (bytes.byteLength > MAX_SNAPSHOT_BYTES) {
      throw new RangeError(`a snapshot has at most ${MAX_SNAPSHOT_BYTES} bytes, this one has ${bytes.byteLength}`)
    }
    return decodeSnapshot(bytes).slice(0, MAX_SNAPSHOT_RECORDS)
  }

  /**
   * First the peers that this node reached itself; in the room that is left, visitors and then peers of whom it has only heard.
   * Of each kind the groups take turns, and within a group the newest comes first.
   */
  #worthKeeping(): AddressBookEntry[] {
    const [reached, visitors, strangers] = [new ByGroup(), new ByGroup(), new ByGroup()]
    const { book, groupOf } = this.#host
    for (const entry of [...book.values()].sort((a, b) => b.bornAtMs - a.bornAtMs)) {
      const { peer, addrs } = entry.record.announcement
      const [reach, visit] = [this.#reached.get(peer), this.#visitors.get(peer)]
      if (reach !== undefined) reached.add(reach.group, entry)
      else if (visit !== undefined) visitors.add(visit.group, entry)
      else strangers.add(groupOf(addrs[0] ?? ''), entry)
    }
    const kept = reached.inTurns(MAX_SNAPSHOT_RECORDS)
    for (const others of [visitors, strangers]) {
      kept.push(...others.inTurns(Math.min(MAX_UNREACHED_RECORDS, MAX_SNAPSHOT_RECORDS - kept.length)))
    }
    return kept
  }

  #noteFailure(what: string, error: unknown): void {
    if (!this.#host.warnings.tellTimeout(error)) this.#host.log.error('%s - %e', what, error)
  }
}

/** Entries by the group of their peer, so that no group takes the room of another. */
class ByGroup {
  /** BOUNDED by the book. */
  readonly #groups = new Map<Group, AddressBookEntry[]>()

  add(group: Group, entry: AddressBookEntry): void {
    const entries = this.#groups.get(group)
    if (entries === undefined) this.#groups.set(group, [entry])
    else entries.push(entry)
  }

  /** At most `max` entries: the first of each group, then the second of each, and so on. */
  inTurns(max: number): AddressBookEntry[] {
    const taken: AddressBookEntry[] = []
    for (let turn = 0; taken.length < max; turn++) {
      const round = [...this.#groups.values()].flatMap(entries => entries[turn] ?? [])
      if (round.length === 0) break
      taken.push(...round.slice(0, max - taken.length))
    }
    return taken
  }
}
