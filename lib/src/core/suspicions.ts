/**
 * What becomes of a suspicion: it spreads over every link and shortens the time that the suspect's entry has left, until the
 * suspect announces again, which spreads as far.
 */
import type { AddressBook } from './address-book.ts'
import { compareVersions, type PeerKey } from './announcement.ts'
import type { Announcer } from './announcer.ts'
import type { Output } from './effects.ts'
import type { Liveness } from './liveness.ts'
import type { Overlay } from './overlay.ts'
import { sendRecords, sendWishes } from './send.ts'
import { type AgedRecord, agedRecord, type Suspicion } from './sync.ts'

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
    return this.#spread({ peer, epoch, seq, refused }, undefined, nowMs)
  }

  /** Hearsay: what a partner suspects, unsigned, so no number in it is believed. */
  weigh(suspicion: Suspicion, from: PeerKey, nowMs: number): Output[] {
    const { book, liveness } = this.#node
    const { peer, refused } = suspicion
    if (peer === this.#node.peer) return this.#refute(suspicion, from, nowMs)
    const entry = book.get(peer)
    if (entry === undefined) return []
    const { epoch, seq } = entry.record.announcement
    if (compareVersions({ epoch, seq }, suspicion) > 0) return sendRecords(from, [agedRecord(entry, nowMs)])
    const own: Suspicion = { peer, epoch, seq, refused }
    if (!liveness.answers(peer, nowMs)) return this.#spread(own, from, nowMs)
    // Connected and answering until now: let it speak for itself, in the time that it has anyway.
    book.shorten(peer, nowMs + liveness.suspicionTimeoutMs(refused, book.size))
    liveness.probe(peer, nowMs)
    return [suspicionTo(peer, own)]
  }

  /** The suspect has announced again. */
  refuted(aged: AgedRecord, from: PeerKey | undefined): Output[] {
    const { peer } = aged.record.announcement
    const others = [...this.#node.overlay.partners].filter(partner => partner !== from && partner !== peer)
    return [{ type: 'refuted', peer }, ...others.flatMap(partner => sendRecords(partner, [aged]))]
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

  #spread(suspicion: Suspicion, from: PeerKey | undefined, nowMs: number): Output[] {
    const { book, overlay, liveness } = this.#node
    const { peer, refused } = suspicion
    if (!liveness.suspect(peer, suspicion)) return []
    const timeoutMs = liveness.suspicionTimeoutMs(refused, book.size)
    book.shorten(peer, nowMs + timeoutMs)
    const others = [...overlay.partners].filter(partner => partner !== from)
    return [{ type: 'suspected', peer, timeoutMs }, ...others.map(partner => suspicionTo(partner, suspicion))]
  }
}

function suspicionTo(to: PeerKey, suspicion: Suspicion): Output {
  return { type: 'send', to, message: { ...suspicion, type: 'suspicion' } }
}
