/** A record on its way into the book, and what follows from it. */

import type { AddressBook } from '../book/address-book.ts'
import { fadesAtMs } from '../book/deadlines.ts'
import { type AddressBookEntry, HEARSAY, type Interest, type Source, STANDING } from '../book/entry.ts'
import type { Admission, Offer } from '../bounds/admission.ts'
import type { Output } from '../effects.ts'
import type { Suspicions } from '../liveness/suspicions.ts'
import type { LostPeers } from '../overlay/lost-peers.ts'
import type { Overlay } from '../overlay/overlay.ts'
import type { Random } from '../random.ts'
import type { AgedRecord } from '../record/aged-record.ts'
import {
  type Announcement,
  compareSigned,
  hash32,
  type PeerKey,
  type SignedAnnouncement
} from '../record/announcement.ts'
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
  readonly random: Random
}

/** What is said of a record, unsigned, and by whom: undefined if nobody stood between. */
interface Claim {
  readonly ageMs: number
  readonly forwarder: PeerKey | undefined
  readonly isHearsay: boolean
}

/** Who hands records on, made once for all records of a message. */
interface Forwarder {
  /** Of what it knows itself. */
  readonly source: Source
  /** Of what it has only heard. */
  readonly hearsay: Source
  readonly isChosen: boolean
  readonly peerHash: number
}

export class RecordAcceptor {
  readonly #node: Node
  readonly #peerHash: number
  readonly #vouching: Vouching

  constructor(node: Node) {
    this.#node = node
    this.#vouching = new Vouching(node.book)
    this.#peerHash = hash32(node.peer) | 0
  }

  /** A partner's records; returns whether any of them was news. It is told of those that are gone from this book. */
  takeAll(records: readonly AgedRecord[], forwarder: PeerKey, nowMs: number, out: Output[]): boolean {
    const origin = this.#originOf(forwarder)
    const old: SignedAnnouncement[] = []
    for (const aged of records) if (!this.#take(aged, origin, nowMs, out)) old.push(aged.record)
    if (old.length === 0) return records.length > 0
    for (const message of this.#node.contradiction.answerRecords(forwarder, old, nowMs))
      out.push({ type: 'send', to: forwarder, message })
    return old.length < records.length
  }

  /** Returns whether the record was news. */
  take(aged: AgedRecord, forwarder: PeerKey, nowMs: number, out: Output[]): boolean {
    return this.#take(aged, this.#originOf(forwarder), nowMs, out)
  }

  /** A partner as one that hands on what it knows itself. */
  sourceOf(forwarder: PeerKey): Source {
    const { overlay } = this.#node
    const standing = overlay.isChosen(forwarder) ? STANDING.confirmed : STANDING.hearsay
    return { forwarder, group: overlay.groupOf(forwarder), standing }
  }

  /** The peer itself is connected: what is known of it is known first hand. */
  met(peer: PeerKey, nowMs: number): void {
    const entry = this.#node.book.get(peer)
    if (entry !== undefined) this.confirm(entry, firstHandOf(this.sourceOf(peer), peer), nowMs)
  }

  /** Somebody vouches for a peer that is listed. */
  confirm(entry: AddressBookEntry, source: Source, nowMs: number): void {
    const { book, admission } = this.#node
    const { peer } = entry.record.announcement
    const wasHearsay = entry.standing === STANDING.hearsay
    if (wasHearsay && !admission.vouchesFor(this.#offer(peer, source), nowMs)) return
    book.confirm(entry, source)
    if (wasHearsay) this.#vouch(peer, source, nowMs)
  }

  /** What a record is to this node before its signature is verified: it is not worth that where it would be refused. */
  interestIn(announcement: Announcement, { ageMs, forwarder, isHearsay }: Claim, nowMs: number): Interest {
    const { book, admission } = this.#node
    const { peer } = announcement
    const via = forwarder === undefined ? HEARSAY : sourceFor(this.sourceOf(forwarder), peer, isHearsay)
    const interest = book.interestIn(announcement, nowMs, ageMs, via)
    if (interest === 'newcomer') return admission.refuses(this.#offer(peer, via), nowMs) ? 'over-budget' : 'news'
    if (interest !== 'younger' || via.standing === STANDING.hearsay) return interest
    if (book.get(peer)!.standing > STANDING.hearsay) return interest
    if (admission.wouldVouchFor(this.#offer(peer, via), nowMs)) return interest
    return book.interestIn(announcement, nowMs, ageMs, asHearsay(via)) === 'younger' ? 'younger' : 'known'
  }

  /** Whether a record of gossip that is news may be taken in, and handed on: false for peers never heard of that are beyond the budget. */
  admits({ peer }: Announcement, forwarder: PeerKey, nowMs: number): boolean {
    const { book, admission } = this.#node
    if (peer === this.#node.peer || book.lastOf(peer) !== undefined) return true
    return admission.promises(this.#offer(peer, sourceFor(this.sourceOf(forwarder), peer, true)), nowMs)
  }

  /** Whether the book would refuse a newcomer of this source. */
  isFullFor(source: Source, nowMs: number): boolean {
    const { book, overlay } = this.#node
    return book.isFullFor(source, nowMs, peer => overlay.has(peer))
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
    const { book, overlay, announcer, suspicions, lost, push, held } = this.#node
    const { record, ageMs } = aged
    const { peer, leaving } = record.announcement
    if (this.isOwn(record)) {
      if (announcer.mustRetract(record.announcement)) announcer.retract(nowMs)
      // Newer than us under our own key: a former run with a faster clock.
      announcer.outdo(record.announcement, nowMs)
      out.push({ type: 'ignored', reason: 'own', peer })
      return false
    }
    const former = book.entryOf(record)
    const last = former?.record ?? book.tombstoneOf(peer)?.record
    const via = viaOf(aged, origin)
    const source =
      former === undefined
        ? this.#makeWay(record, via, origin.isChosen, nowMs, out)
        : this.#known(former, record, via, nowMs)
    const result = source === undefined ? 'over-budget' : book.apply(record, nowMs, ageMs, source)
    const isVouchedFor = former?.standing === STANDING.hearsay && source!.standing > STANDING.hearsay
    if (isVouchedFor && (result === 'stale' || result === 'younger')) return this.#vouch(peer, source!, nowMs)
    if (result === 'stale' || result === 'outlived' || result === 'book-full' || result === 'over-budget') {
      out.push({ type: 'ignored', reason: result, peer })
      return false
    }
    // A newcomer has all of its rate before it.
    if (result !== 'joined') held.taken(peer, leaving, nowMs)
    // Nothing new of the peer itself: what is suspected of it stays.
    if (result === 'younger') return false
    lost.delete(peer)
    if (!leaving && !isOfOneRun(former?.record, record)) overlay.restarted(peer)
    const wasSuspected = suspicions.refuted(record, via.forwarder, nowMs)
    const entry = book.entryOf(record)
    if (result === 'joined') overlay.newcomer(nowMs)
    if (result === 'joined' || result === 'updated') out.push({ type: result, entry: entry! })
    if (result === 'left')
      out.push({ type: 'left', entry: { ...former!, record, bornAtMs: nowMs - ageMs, expiresAtMs: nowMs } })
    if (wasSuspected) out.push({ type: 'refuted', peer })
    if (isVouchedFor && result === 'refreshed') this.#vouch(peer, source!, nowMs)
    // Heartbeats travel by gossip alone, unless gossip has lost one: then others wait for it as well, behind any link.
    const wasFading = former !== undefined && nowMs >= fadesAtMs(former)
    // Gossip does not carry the first word of another run: it was published before anybody had subscribed to the new process.
    const isRestart = !leaving && last !== undefined && !isOfOneRun(last, record)
    const isUrgent = wasSuspected || wasFading || (isRestart && push.hasRoomForUrgent)
    if (isUrgent || result !== 'refreshed') {
      const { standing } = entry ?? former ?? source!
      push.add(toldOf(aged, standing === STANDING.hearsay), via.forwarder, nowMs, isUrgent)
    }
    return true
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

  /** The source of a record whose peer is listed. */
  #known(former: AddressBookEntry, record: SignedAnnouncement, via: Source, nowMs: number): Source {
    if (via.standing === STANDING.hearsay || former.standing > STANDING.hearsay) return via
    const isOld = compareSigned(record, former.record) < 0
    const offer = this.#offer(record.announcement.peer, via)
    return !isOld && this.#node.admission.vouchesFor(offer, nowMs) ? via : asHearsay(via)
  }

  /**
   * A newcomer is paid for, unless it was here before, and a full book makes room for it.
   *
   * @returns its source; undefined if nobody pays
   */
  #makeWay(
    record: SignedAnnouncement,
    via: Source,
    isChosen: boolean,
    nowMs: number,
    out: Output[]
  ): Source | undefined {
    const { book, overlay, admission, random } = this.#node
    const { peer, leaving } = record.announcement
    const isBuried = book.tombstoneOf(peer) !== undefined
    if (isBuried && book.isGone(record.announcement)) return via
    const offer = { peer, source: via, isChosen, bookSize: book.size }
    const paid = isBuried
      ? admission.vouchesFor(offer, nowMs)
        ? via.standing
        : STANDING.hearsay
      : admission.standingOf(offer, nowMs)
    if (paid === undefined) return undefined
    const source = paid === via.standing ? via : { ...via, standing: paid }
    if (leaving || !book.isFull) return source
    const entry = book.evict(source, nowMs, peer => overlay.has(peer), random)
    if (entry !== undefined) out.push({ type: 'evicted', entry })
    return source
  }

  #originOf(peer: PeerKey): Forwarder {
    const source = this.sourceOf(peer)
    const isChosen = source.standing === STANDING.confirmed
    return { source, hearsay: asHearsay(source), isChosen, peerHash: hash32(peer) | 0 }
  }

  #offer(peer: PeerKey, source: Source): Offer {
    const { book, overlay } = this.#node
    const isChosen = source.forwarder !== undefined && overlay.isChosen(source.forwarder)
    return { peer, source, isChosen, bookSize: book.size }
  }
}

/** Of a forwarder: what the subject says itself is no hearsay, and what a forwarder has heard itself is. */
function sourceFor(source: Source, peer: PeerKey, isHearsay: boolean): Source {
  if (source.forwarder === peer) return firstHandOf(source, peer)
  return isHearsay ? asHearsay(source) : source
}

function firstHandOf(source: Source, peer: PeerKey): Source {
  if (source.forwarder !== peer) return source
  return { ...source, standing: source.standing === STANDING.hearsay ? STANDING.firstHand : STANDING.reached }
}

/** {@link sourceFor} by the hash first, which is at hand: the texts are far from the processor. */
function viaOf({ record, isHearsay }: AgedRecord, { source, hearsay, peerHash }: Forwarder): Source {
  if (record.peerHash === peerHash) return sourceFor(source, record.announcement.peer, isHearsay === true)
  return isHearsay === true ? hearsay : source
}

function isOfOneRun(former: SignedAnnouncement | undefined, { announcement }: SignedAnnouncement): boolean {
  return former !== undefined && former.announcement.epoch === announcement.epoch
}

/** The record as it came, where this node would say the same of it. */
function toldOf(aged: AgedRecord, isHearsay: boolean): AgedRecord {
  return aged.isHearsay === isHearsay ? aged : { ...aged, isHearsay }
}

function asHearsay(source: Source): Source {
  return source.standing === STANDING.hearsay ? source : { ...source, standing: STANDING.hearsay }
}
