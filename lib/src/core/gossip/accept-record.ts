/** A record on its way into the book, and what follows from it. */

import type { AddressBook } from '../book/address-book.ts'
import { type Source, STANDING } from '../book/entry.ts'
import type { Output } from '../effects.ts'
import type { Suspicions } from '../liveness/suspicions.ts'
import type { LostPeers } from '../overlay/lost-peers.ts'
import type { Overlay } from '../overlay/overlay.ts'
import type { Random } from '../random.ts'
import type { AgedRecord } from '../record/aged-record.ts'
import { type Announcement, hash32, type PeerKey, type SignedAnnouncement } from '../record/announcement.ts'
import type { Announcer } from '../record/announcer.ts'
import type { Admission } from './admission.ts'
import type { Contradiction } from './contradiction.ts'
import type { HeldRecords } from './held-records.ts'
import type { Push } from './push.ts'

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

export class RecordAcceptor {
  readonly #node: Node
  readonly #peerHash: number

  constructor(node: Node) {
    this.#node = node
    this.#peerHash = hash32(node.peer) | 0
  }

  /** A partner's records; returns whether any of them was news. It is told of those that are gone from this book. */
  takeAll(records: readonly AgedRecord[], from: PeerKey, nowMs: number, out: Output[]): boolean {
    const source = this.sourceOf(from)
    const old = records.filter(aged => !this.#take(aged, source, nowMs, out)).map(({ record }) => record)
    for (const message of this.#node.contradiction.answerRecords(from, old, nowMs))
      out.push({ type: 'send', to: from, message })
    return old.length < records.length
  }

  /** Returns whether the record was news. */
  take(aged: AgedRecord, from: PeerKey, nowMs: number, out: Output[]): boolean {
    return this.#take(aged, this.sourceOf(from), nowMs, out)
  }

  /** A partner as one that hands on what others say. */
  sourceOf(forwarder: PeerKey): Source {
    const { overlay } = this.#node
    const standing = overlay.isChosen(forwarder) ? STANDING.confirmed : STANDING.hearsay
    return { forwarder, group: overlay.groupOf(forwarder), standing }
  }

  /** The peer itself is connected: what is known of it is confirmed first hand. */
  met(peer: PeerKey): void {
    const entry = this.#node.book.get(peer)
    if (entry !== undefined) this.#node.book.confirm(entry, firstHandOf(this.sourceOf(peer), peer))
  }

  /** Whether a record that is news may be taken in, and handed on: false for peers never heard of that are beyond the budget. */
  admits({ peer }: Announcement, from: PeerKey, nowMs: number): boolean {
    const { book, admission } = this.#node
    if (peer === this.#node.peer || book.lastOf(peer) !== undefined) return true
    return admission.promises(peer, firstHandOf(this.sourceOf(from), peer), book.size, nowMs)
  }

  /** Whether the book would refuse a newcomer of this source. */
  isFullFor(source: Source, nowMs: number): boolean {
    const { book, overlay } = this.#node
    return book.isFullFor(source, nowMs, peer => overlay.has(peer))
  }

  /** By the hash first, which is at hand. */
  isOwn({ announcement, peerHash }: SignedAnnouncement): boolean {
    return peerHash === this.#peerHash && announcement.peer === this.#node.peer
  }

  #take(aged: AgedRecord, via: Source, nowMs: number, out: Output[]): boolean {
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
    const source = firstHandOf(via, peer)
    const isAdmitted = former !== undefined || this.#makesWay(record, source, nowMs, out)
    const result = isAdmitted ? book.apply(record, nowMs, ageMs, source) : 'over-budget'
    if (result === 'stale' || result === 'outlived' || result === 'book-full' || result === 'over-budget') {
      out.push({ type: 'ignored', reason: result, peer })
      return false
    }
    // A newcomer has all of its rate before it.
    if (result !== 'joined') held.taken(peer, leaving, nowMs)
    // Nothing new of the peer itself: what is suspected of it stays.
    if (result === 'younger') return false
    lost.delete(peer)
    if (!leaving && former?.record.announcement.epoch !== record.announcement.epoch) overlay.restarted(peer)
    const wasSuspected = suspicions.refuted(peer, via.forwarder, nowMs)
    if (result === 'joined') {
      overlay.newcomer(nowMs)
      out.push({ type: 'joined', entry: book.entryOf(record)! })
    }
    if (result === 'updated') out.push({ type: 'updated', entry: book.entryOf(record)! })
    if (result === 'left')
      out.push({ type: 'left', entry: { ...former!, record, bornAtMs: nowMs - ageMs, expiresAtMs: nowMs } })
    if (wasSuspected) out.push({ type: 'refuted', peer })
    // Heartbeats travel by gossip alone.
    if (wasSuspected || result !== 'refreshed') push.add(aged, source.forwarder, nowMs, wasSuspected)
    return true
  }

  /** A newcomer is paid for, unless it was here before, and a full book makes room for it. False if nobody pays. */
  #makesWay(record: SignedAnnouncement, source: Source, nowMs: number, out: Output[]): boolean {
    const { book, overlay, admission, random } = this.#node
    const { peer, leaving } = record.announcement
    const isBuried = book.tombstoneOf(peer) !== undefined
    if (isBuried && book.isGone(record.announcement)) return true
    if (!isBuried && !admission.admits(peer, source, book.size, nowMs)) return false
    if (leaving || !book.isFull) return true
    const entry = book.evict(source, nowMs, peer => overlay.has(peer), random)
    if (entry !== undefined) out.push({ type: 'evicted', entry })
    return true
  }
}

/** What the subject says itself is no hearsay. */
function firstHandOf(source: Source, peer: PeerKey): Source {
  if (source.forwarder !== peer) return source
  return { ...source, standing: source.standing === STANDING.hearsay ? STANDING.firstHand : STANDING.reached }
}
