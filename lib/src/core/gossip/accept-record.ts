/** A record on its way into the book, and what follows from it. */

import type { AddressBook } from '../book/address-book.ts'
import type { Output } from '../effects.ts'
import type { Suspicions } from '../liveness/suspicions.ts'
import type { LostPeers } from '../overlay/lost-peers.ts'
import type { Overlay } from '../overlay/overlay.ts'
import type { AgedRecord } from '../record/aged-record.ts'
import { hash32, type PeerKey, type SignedAnnouncement } from '../record/announcement.ts'
import type { Announcer } from '../record/announcer.ts'
import type { Push } from './push.ts'
import { contradict } from './sync.ts'

/** The parts of a node that a record concerns. */
interface Node {
  readonly peer: PeerKey
  readonly book: AddressBook
  readonly overlay: Overlay
  readonly announcer: Announcer
  readonly suspicions: Suspicions
  readonly lost: LostPeers
  readonly push: Push
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
    const { book } = this.#node
    const old = records.filter(aged => !this.take(aged, from, nowMs, out)).map(({ record }) => record.announcement)
    for (const message of contradict(book, old)) out.push({ type: 'send', to: from, message })
    return old.length < records.length
  }

  /** Returns whether the record was news. */
  take(aged: AgedRecord, from: PeerKey | undefined, nowMs: number, out: Output[]): boolean {
    const { book, overlay, announcer, suspicions, lost, push } = this.#node
    const { record, ageMs } = aged
    const { peer } = record.announcement
    if (this.isOwn(record)) {
      // Newer than us under our own key: a former run with a faster clock.
      announcer.outdo(record.announcement, nowMs)
      out.push({ type: 'ignored', reason: 'own', peer })
      return false
    }
    if (book.isFull) this.#makeRoom(record, from, out)
    const result = book.apply(record, nowMs, ageMs, from)
    if (result === 'stale' || result === 'outlived' || result === 'book-full') {
      out.push({ type: 'ignored', reason: result, peer })
      return false
    }
    lost.delete(peer)
    const wasSuspected = suspicions.refuted(peer, from, nowMs)
    const bornAtMs = nowMs - ageMs
    if (result === 'joined') {
      overlay.newcomer(nowMs)
      const expiresAtMs = bornAtMs + record.announcement.ttlMs
      out.push({ type: 'joined', entry: { record, bornAtMs, expiresAtMs, via: from } })
    }
    if (result === 'updated') out.push({ type: 'updated', entry: book.get(peer)! })
    if (result === 'left') out.push({ type: 'left', entry: { record, bornAtMs, expiresAtMs: nowMs, via: from } })
    if (wasSuspected) out.push({ type: 'refuted', peer })
    // Heartbeats travel by gossip alone.
    if (wasSuspected || result !== 'refreshed') push.add(aged, from, nowMs, wasSuspected)
    return true
  }

  /** By the hash first, which is at hand. */
  isOwn({ announcement, peerHash }: SignedAnnouncement): boolean {
    return peerHash === this.#peerHash && announcement.peer === this.#node.peer
  }

  #makeRoom({ announcement }: SignedAnnouncement, via: PeerKey | undefined, out: Output[]): void {
    const { book, overlay } = this.#node
    const { peer, leaving } = announcement
    if (book.get(peer) !== undefined || !book.isNews(peer, announcement) || leaving) return
    const entry = book.evict(via, peer => overlay.has(peer))
    if (entry !== undefined) out.push({ type: 'evicted', entry })
  }
}
