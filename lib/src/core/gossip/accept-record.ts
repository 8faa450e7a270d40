/** A record on its way into the book, and what follows from it. */

import type { AddressBook } from '../book/address-book.ts'
import { fadesAtMs } from '../book/deadlines.ts'
import {
  type AddressBookEntry,
  asHearsay,
  firstHandOf,
  HEARSAY,
  type Interest,
  type Source,
  STANDING,
  sourceFor
} from '../book/entry.ts'
import { type Forwarder, type Sources, viaOf } from '../book/sources.ts'
import type { Admission } from '../bounds/admission.ts'
import type { Output } from '../effects.ts'
import type { Suspicions } from '../liveness/suspicions.ts'
import type { LostPeers } from '../overlay/lost-peers.ts'
import type { Overlay } from '../overlay/overlay.ts'
import type { AgedRecord } from '../record/aged-record.ts'
import { type Announcement, hash32, type PeerKey, type SignedAnnouncement } from '../record/announcement.ts'
import type { Announcer } from '../record/announcer.ts'
import type { Contradiction } from './contradiction.ts'
import type { HeldRecords } from './held-records.ts'
import type { Push } from './push.ts'
import { Vouching } from './vouching.ts'

/** The parts of a node that a record concerns. */
interface Node {
  readonly peer: PeerKey
  readonly book: AddressBook
  readonly overlay: Overlay
  readonly announcer: Announcer
  readonly suspicions: Suspicions
  readonly lost: LostPeers
  readonly push: Push
  readonly held: HeldRecords
  readonly admission: Admission
  readonly contradiction: Contradiction
  readonly sources: Sources
}

/** What is said of a record, unsigned, and by whom: undefined if nobody stood between. */
interface Claim {
  readonly ageMs: number
  readonly forwarder: PeerKey | undefined
  readonly isHearsay: boolean
}

export class RecordAcceptor {
  readonly #node: Node
  readonly #peerHash: number
  readonly #vouching: Vouching
  /** Who hands records on, and what that is worth. */
  readonly #sources: Sources

  constructor(node: Node) {
    this.#node = node
    this.#sources = node.sources
    this.#vouching = new Vouching(node.book)
    this.#peerHash = hash32(node.peer) | 0
  }

  /** A partner's records; returns whether any of them was news. It is told of those that are gone from this book. */
  takeAll(records: readonly AgedRecord[], forwarder: PeerKey, nowMs: number, out: Output[]): boolean {
    const origin = this.#sources.forwarderOf(forwarder)
    const old: SignedAnnouncement[] = []
    for (const aged of records) if (!this.#take(aged, origin, nowMs, out)) old.push(aged.record)
    if (old.length === 0) return records.length > 0
    for (const message of this.#node.contradiction.answerRecords(forwarder, old, nowMs))
      out.push({ type: 'send', to: forwarder, message })
    return old.length < records.length
  }

  /** Returns whether the record was news. */
  take(aged: AgedRecord, forwarder: PeerKey, nowMs: number, out: Output[]): boolean {
    return this.#take(aged, this.#sources.forwarderOf(forwarder), nowMs, out)
  }

  /** The peer itself is connected: what is known of it is known first hand. */
  met(peer: PeerKey, nowMs: number): void {
    const entry = this.#node.book.get(peer)
    if (entry !== undefined) this.confirm(entry, firstHandOf(this.#sources.sourceOf(peer), peer), nowMs)
  }

  /** Somebody vouches for a peer that is listed. */
  confirm(entry: AddressBookEntry, source: Source, nowMs: number): void {
    const { book, admission } = this.#node
    const { peer } = entry.record.announcement
    const wasHearsay = entry.standing === STANDING.hearsay
    if (wasHearsay && !admission.vouchesFor(this.#sources.offer(peer, source), nowMs)) return
    book.confirm(entry, source)
    if (wasHearsay) this.#vouch(peer, source, nowMs)
  }

  /** What a record is to this node before its signature is verified: it is not worth that where it would be refused. */
  interestIn(announcement: Announcement, { ageMs, forwarder, isHearsay }: Claim, nowMs: number): Interest {
    const { book, admission } = this.#node
    const { peer } = announcement
    const via = forwarder === undefined ? HEARSAY : sourceFor(this.#sources.sourceOf(forwarder), peer, isHearsay)
    const interest = book.interestIn(announcement, nowMs, ageMs, via)
    if (interest === 'newcomer')
      return admission.refuses(this.#sources.offer(peer, via), nowMs) ? 'over-budget' : 'news'
    if (interest !== 'younger' || via.standing === STANDING.hearsay) return interest
    if (book.get(peer)!.standing > STANDING.hearsay) return interest
    if (admission.wouldVouchFor(this.#sources.offer(peer, via), nowMs)) return interest
    return book.interestIn(announcement, nowMs, ageMs, asHearsay(via)) === 'younger' ? 'younger' : 'known'
  }

  /** Whether a record of gossip that is news may be taken in, and handed on: false for peers never heard of that are beyond the budget. */
  admits({ peer }: Announcement, forwarder: PeerKey, nowMs: number): boolean {
    const { book, admission } = this.#node
    if (peer === this.#node.peer || book.lastOf(peer) !== undefined) return true
    return admission.promises(
      this.#sources.offer(peer, sourceFor(this.#sources.sourceOf(forwarder), peer, true)),
      nowMs
    )
  }

  /** Whether more is brought than this node takes in: that a partner brought nothing new says nothing of the link to it. */
  isFlooded(nowMs: number): boolean {
    return this.#node.admission.isFlooded(nowMs)
  }

  /** By the hash first, which is at hand. */
  isOwn({ announcement, peerHash }: SignedAnnouncement): boolean {
    return peerHash === this.#peerHash && announcement.peer === this.#node.peer
  }

  #take(aged: AgedRecord, origin: Forwarder, nowMs: number, out: Output[]): boolean {
    const { record } = aged
    if (this.isOwn(record)) return this.#takeOwn(record.announcement, nowMs, out)
    const former = this.#node.book.entryOf(record)
    if (former === undefined) return this.#takeUnlisted(aged, origin, nowMs, out)
    return this.#takeListed(former, aged, viaOf(aged, origin), nowMs, out)
  }

  #takeOwn(announcement: Announcement, nowMs: number, out: Output[]): boolean {
    const { announcer } = this.#node
    if (announcer.mustRetract(announcement)) announcer.retract(nowMs)
    // Newer than us under our own key: a former run with a faster clock.
    announcer.outdo(announcement, nowMs)
    out.push({ type: 'ignored', reason: 'own', peer: announcement.peer })
    return false
  }

  /** Of a peer that is not listed: most records of a crowd. */
  #takeUnlisted(aged: AgedRecord, origin: Forwarder, nowMs: number, out: Output[]): boolean {
    const { book, overlay, push, held } = this.#node
    const { record, ageMs } = aged
    const { peer, leaving } = record.announcement
    const last = book.tombstoneOf(peer)?.record
    const via = viaOf(aged, origin)
    const source = this.#sources.ofUnlisted(record, via, origin.isChosen, nowMs, out)
    const listed = source === undefined ? 'over-budget' : book.list(record, nowMs, ageMs, source)
    if (listed === 'stale' || listed === 'outlived' || listed === 'book-full' || listed === 'over-budget') {
      out.push({ type: 'ignored', reason: listed, peer })
      return false
    }
    const wasSuspected = this.#hasComeBack(record, via, nowMs)
    // A newcomer has all of its rate before it.
    if (listed === 'buried') held.taken(peer, leaving, nowMs)
    else {
      overlay.newcomer(nowMs)
      out.push({ type: 'joined', entry: listed })
    }
    if (wasSuspected) out.push({ type: 'refuted', peer })
    // Gossip does not carry the first word of another run: it was published before anybody had subscribed to the new process.
    const isRestart = last !== undefined && isRestartOf(last, record)
    const isUrgent = wasSuspected || (isRestart && push.hasRoomForUrgent)
    push.add(toldOf(aged, source!.standing === STANDING.hearsay), via.forwarder, nowMs, isUrgent)
    return true
  }

  #takeListed(former: AddressBookEntry, aged: AgedRecord, via: Source, nowMs: number, out: Output[]): boolean {
    const { book, push, held } = this.#node
    const { record, ageMs } = aged
    const { peer, leaving } = record.announcement
    const source = this.#sources.ofListed(former, record, via, nowMs)
    const result = book.apply(record, nowMs, ageMs, source)
    const isVouchedFor = former.standing === STANDING.hearsay && source.standing > STANDING.hearsay
    if (isVouchedFor && (result === 'stale' || result === 'younger')) return this.#vouch(peer, source, nowMs)
    if (result === 'stale') {
      out.push({ type: 'ignored', reason: result, peer })
      return false
    }
    held.taken(peer, leaving, nowMs)
    // Nothing new of the peer itself: what is suspected of it stays.
    if (result === 'younger') return false
    const isRestart = isRestartOf(former.record, record)
    const wasSuspected = this.#hasComeBack(record, via, nowMs, isRestart)
    const entry = book.entryOf(record)
    if (result === 'updated') out.push({ type: result, entry: entry! })
    if (result === 'left')
      out.push({ type: 'left', entry: { ...former, record, bornAtMs: nowMs - ageMs, expiresAtMs: nowMs } })
    if (wasSuspected) out.push({ type: 'refuted', peer })
    if (isVouchedFor && result === 'refreshed') this.#vouch(peer, source, nowMs)
    // Heartbeats travel by gossip alone, unless gossip has lost one: then others wait for it as well, behind any link.
    const isUrgent = wasSuspected || nowMs >= fadesAtMs(former) || (isRestart && push.hasRoomForUrgent)
    if (isUrgent || result !== 'refreshed') {
      const { standing } = entry ?? former
      push.add(toldOf(aged, standing === STANDING.hearsay), via.forwarder, nowMs, isUrgent)
    }
    return true
  }

  /**
   * There is news of a peer: whatever is remembered of its absence is over.
   *
   * @param isAnew - it runs under a greater epoch than the one that is listed, or is not listed
   * @returns whether others were told that it is suspected
   */
  #hasComeBack(record: SignedAnnouncement, via: Source, nowMs: number, isAnew = true): boolean {
    const { overlay, suspicions, lost } = this.#node
    const { peer, leaving } = record.announcement
    lost.delete(peer)
    if (isAnew && !leaving) overlay.restarted(peer)
    return suspicions.refuted(record, via.forwarder, nowMs)
  }

  /** A record as this node hands it on. */
  handedOn({ record, ageMs }: AgedRecord): AgedRecord {
    return { record, ageMs, isHearsay: this.#node.book.entryOf(record)?.standing === STANDING.hearsay }
  }

  /** When partners are told of peers that are vouched for by now. */
  get nextMs(): number {
    return this.#vouching.nextMs
  }

  /** Tells partners what they were handed as hearsay, and is more by now. */
  vouch(nowMs: number): Output[] {
    return this.#vouching.tell(this.#node.overlay.partners, nowMs)
  }

  /** A peer that was known by hearsay is vouched for: returns that it is news. */
  #vouch(peer: PeerKey, { forwarder }: Source, nowMs: number): true {
    this.#vouching.add(peer, forwarder, nowMs)
    return true
  }
}

/** Whether the peer runs anew since a former record. */
function isRestartOf(former: SignedAnnouncement, { announcement }: SignedAnnouncement): boolean {
  return !announcement.leaving && former.announcement.epoch !== announcement.epoch
}

/** The record as it came, where this node would say the same of it. */
function toldOf(aged: AgedRecord, isHearsay: boolean): AgedRecord {
  return aged.isHearsay === isHearsay ? aged : { record: aged.record, ageMs: aged.ageMs, isHearsay }
}
