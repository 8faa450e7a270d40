/** Entries that have missed a heartbeat: whom to ask for it, and how long they stay though their time is over. */
import type { AddressBook } from '../book/address-book.ts'
import { fadesAtMs } from '../book/deadlines.ts'
import type { Output } from '../effects.ts'
import { sendWishes } from '../gossip/send.ts'
import type { Overlay } from '../overlay/overlay.ts'
import type { PeerKey } from '../record/announcement.ts'
import type { Liveness } from './liveness.ts'
import type { Silence } from './silence.ts'
import type { Suspicions } from './suspicions.ts'

/**
 * A partner that answers probes keeps its entry for so long after its ttl. It was asked for its record several times before, and a busy
 * one has had time to answer. One that still has nothing newer to say has fallen silent on purpose.
 */
const SPARED_MS = 10_000

/** The parts of a node that this concerns. */
interface Node {
  readonly book: AddressBook
  readonly overlay: Overlay
  readonly liveness: Liveness
  readonly silence: Silence
  readonly suspicions: Suspicions
}

export class Fading {
  readonly #node: Node
  /** BOUNDED by the entries. Those that faded when they were last looked at; whoever has faded since is looked at as well. */
  #faded: readonly PeerKey[] = []

  constructor(node: Node) {
    this.#node = node
  }

  /**
   * Gossip loses a heartbeat now and then, while the mesh is rebuilt for example. The peer itself is asked for it if it is a partner, or
   * else some partner. Perhaps no partner has it, since the overlay is torn: one of the peers is dialled, too.
   */
  ask(nowMs: number): Output[] {
    const { book, overlay, suspicions } = this.#node
    if (nowMs < book.nextFadingMs) return []
    const peers = book.fading(nowMs)
    this.#faded = peers
    if (peers.length === 0) return []
    const partner = overlay.pick()
    const others = peers.filter(peer => !overlay.has(peer))
    const unsuspected = peers.filter(peer => !suspicions.hasEvidence(peer))
    return [
      ...peers.filter(peer => overlay.has(peer)).flatMap(peer => sendWishes(peer, [peer])),
      ...(partner === undefined ? [] : sendWishes(partner, others)),
      ...overlay.reachFading(unsuspected, book, nowMs)
    ]
  }

  /** The peers whose entries fade at this time: somebody new may have their heartbeats. */
  faded(nowMs: number): PeerKey[] {
    return this.#faded.filter(peer => {
      const entry = this.#node.book.get(peer)
      return entry !== undefined && nowMs >= fadesAtMs(entry)
    })
  }

  /** Whether an entry stays though its time is over. */
  isSpared(peer: PeerKey, nowMs: number): boolean {
    const { book, liveness, silence, suspicions } = this.#node
    if (liveness.answers(peer, nowMs)) {
      const { record, bornAtMs } = book.get(peer)!
      return nowMs < bornAtMs + record.announcement.ttlMs + SPARED_MS
    }
    return silence.isDeaf(nowMs) && !suspicions.hasEvidence(peer)
  }
}
