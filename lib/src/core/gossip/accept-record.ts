/** A record on its way into the book, and what follows from it. */

import type { AddressBook } from '../book/address-book.ts'
import type { Source } from '../book/entry.ts'
import type { Output } from '../effects.ts'
import type { Suspicions } from '../liveness/suspicions.ts'
import type { LostPeers } from '../overlay/lost-peers.ts'
import type { Overlay } from '../overlay/overlay.ts'
import type { AgedRecord } from '../record/aged-record.ts'
import { hash32, type PeerKey, type SignedAnnouncement } from '../record/announcement.ts'
import type { Announcer } from '../record/announcer.ts'
import type { HeldRecords } from './held-records.ts'
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
  readonly held: HeldRecords
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
    const source = sourceOf(from)
    const old = records.filter(aged => !this.#take(aged, source, nowMs, out)).map(({ record }) => record.announcement)
    for (const message of contradict(book, old)) out.push({ type: 'send', to: from, message })
    return old.length < records.length
  }

  /** Returns whether the record was news. */
  take(aged: AgedRecord, from: PeerKey, nowMs: number, out: Output[]): boolean {
    return this.#take(aged, sourceOf(from), nowMs, out)
  }

  /** By the hash first, which is at hand. */
  isOwn({ announcement, peerHash }: SignedAnnouncement): boolean {
    return peerHash === this.#peerHash && announcement.peer === this.#node.peer
  }

  #take(aged: AgedRecord, source: Source, nowMs: number, out: Output[]): boolean {
    const { book, overlay, announcer, suspicions, lost, push, held } = this.#node
    const { record, ageMs } = aged
    const { peer, leaving } = record.announcement
    if (this.isOwn(record)) {
      // Newer than us under our own key: a former run with a faster clock.
      announcer.outdo(record.announcement, nowMs)
      out.push({ type: 'ignored', reason: 'own', peer })
      return false
    }
    if (book.isFull) this.#makeRoom(record, source, out)
    const former = record.announcement.leaving ? book.entryOf(record) : undefined
    const result = book.apply(record, nowMs, ageMs, source)
    if (result === 'stale' || result === 'outlived' || result === 'book-full') {
      out.push({ type: 'ignored', reason: result, peer })
      return false
    }
    // A newcomer has all of its rate before it.
    if (result !== 'joined') held.taken(peer, leaving, nowMs)
    lost.delete(peer)
    const wasSuspected = suspicions.refuted(peer, nowMs)
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

  #makeRoom({ announcement }: SignedAnnouncement, source: Source, out: Output[]): void {
    const { book, overlay } = this.#node
    const { peer, leaving } = announcement
    if (book.get(peer) !== undefined || !book.isNews(peer, announcement) || leaving) return
    const entry = book.evict(source, peer => overlay.has(peer))
    if (entry !== undefined) out.push({ type: 'evicted', entry })
  }
}

function sourceOf(forwarder: PeerKey): Source {
  return { forwarder, group: forwarder }
}
