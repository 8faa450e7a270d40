/**
 * What becomes of a suspicion: it spreads over every link and shortens the time that the suspect's entry has left, until the
 * suspect announces again, which spreads as far.
 */

import type { AddressBook } from '../book/address-book.ts'
import type { Output } from '../effects.ts'
import { sendRecords, sendSuspicions, sendWishes } from '../gossip/send.ts'
import type { Suspicion } from '../gossip/sync.ts'
import type { Overlay } from '../overlay/overlay.ts'
import { type AgedRecord, agedRecord } from '../record/aged-record.ts'
import { compareVersions, type PeerKey } from '../record/announcement.ts'
import type { Announcer } from '../record/announcer.ts'
import type { Liveness } from './liveness.ts'

/** The parts of a node that suspicions concern. */
interface Node {
  readonly peer: PeerKey
  readonly book: AddressBook
  readonly overlay: Overlay
  readonly liveness: Liveness
  readonly announcer: Announcer
}

export class Suspicions {
  readonly #node: Node

  constructor(node: Node) {
    this.#node = node
  }

  /** First-hand: the peer does not answer. */
  suspect(peer: PeerKey, refused: boolean, nowMs: number): Output[] {
    const entry = this.#node.book.get(peer)
    if (entry === undefined) return []
    const { epoch, seq } = entry.record.announcement
    const leftMs = entry.expiresAtMs - nowMs
    return this.#spread([{ peer, epoch, seq, refused, leftMs }], undefined, nowMs)
  }

  /** Hearsay: what a partner suspects, unsigned, so no number in it is believed. */
  weigh(suspicions: readonly Suspicion[], from: PeerKey, nowMs: number): Output[] {
    const { book, liveness } = this.#node
    const out: Output[] = []
    const newer: AgedRecord[] = []
    const suspected: Suspicion[] = []
    const believed: Suspicion[] = []
    for (const suspicion of suspicions) {
      if (!liveness.admitsSuspicion(from, nowMs)) break
      const { peer, refused } = suspicion
      if (peer === this.#node.peer) out.push(...this.#refute(suspicion, from, nowMs))
      const entry = book.get(peer)
      if (entry === undefined) continue
      const { epoch, seq } = entry.record.announcement
      const own: Suspicion = { peer, epoch, seq, refused, leftMs: entry.expiresAtMs - nowMs }
      if (compareVersions(own, suspicion) > 0) {
        newer.push(agedRecord(entry.record, entry.bornAtMs, nowMs))
        // A newer record that is suspected as well is no refutation.
        if (liveness.suspects(peer, own)) suspected.push(own)
      } else if (liveness.answers(peer, nowMs)) out.push(...this.#ask(own, nowMs))
      else if (!liveness.suspects(peer, own) && liveness.believesHearsay(nowMs)) believed.push(own)
    }
    return [
      ...out,
      ...sendRecords(from, newer),
      ...sendSuspicions(from, suspected),
      ...this.#spread(believed, from, nowMs)
    ]
  }

  /** Connected and answering until now: let it speak for itself, in the time that it has anyway. */
  #ask(suspicion: Suspicion, nowMs: number): Output[] {
    const { book, liveness } = this.#node
    const { peer, refused } = suspicion
    book.shorten(peer, nowMs + liveness.suspicionTimeoutMs(refused, book.size))
    liveness.probe(peer, nowMs)
    return sendSuspicions(peer, [suspicion])
  }

  /** This node is suspected: announce again, unless the suspicion is older than the last announcement. */
  #refute(suspicion: Suspicion, from: PeerKey, nowMs: number): Output[] {
    const { peer, announcer, liveness } = this.#node
    const { own } = announcer
    if (own === undefined) return []
    if (compareVersions(own.announcement, suspicion) > 0) return sendRecords(from, [{ record: own, ageMs: 0 }])
    if (announcer.outdo(own.announcement, nowMs)) liveness.suspect(peer, own.announcement)
    // A number beyond ours can come from a former run alone, and then there is a signed announcement of it.
    return compareVersions(suspicion, announcer.version) > 0 ? sendWishes(from, [peer]) : []
  }

  #spread(suspicions: readonly Suspicion[], from: PeerKey | undefined, nowMs: number): Output[] {
    const { book, overlay, liveness } = this.#node
    const fresh = suspicions.filter(suspicion => liveness.suspect(suspicion.peer, suspicion))
    const out: Output[] = []
    for (const { peer, refused } of fresh) {
      const timeoutMs = liveness.suspicionTimeoutMs(refused, book.size)
      book.shorten(peer, nowMs + timeoutMs)
      out.push({ type: 'suspected', peer, timeoutMs })
    }
    for (const partner of overlay.partners) if (partner !== from) out.push(...sendSuspicions(partner, fresh))
    return out
  }
}
