/**
 * Links to nodes that speak only the other discovery: a few, so that two networks that share its topics do not drift apart while one is
 * moved over, and so that this node meets those that have moved already.
 */
import type { Discovery, PeerKey } from '../../core/index.ts'
import type { Driver } from '../driver.ts'
import type { SyncStreams } from '../sync/sync-streams.ts'
import type { Hints } from './hints.ts'

/** Time between two hints that are tried: by a node that is alone, by others, and after one that was tried before. */
const TRY_INTERVAL_MS = { alone: 500, other: 5_000, again: 30_000 }

/** A connection that was dialled on a hint has become a partner's by then, if it ever does. */
const SETTLED_MS = 15_000

/** Links that a node wants; fewer where this network is the larger one. */
const LINKS = 3

/** Which of many nodes keep a link to one of few is drawn anew after this time. */
const REDRAW_MS = 600_000

/** What the links are kept with. */
export interface ForeignLinksHost {
  readonly core: Discovery
  readonly driver: Driver
  readonly partners: SyncStreams
  readonly hints: Hints
  /** Partners that this node wants. */
  readonly targetConnections: number
  readonly isConnected: (peer: PeerKey) => boolean
}

export class ForeignLinks {
  readonly #host: ForeignLinksHost
  /** BOUNDED by the tries within `SETTLED_MS`, and `LINKS`. When each peer was dialled on a hint; the first comes first. */
  readonly #dialled = new Map<PeerKey, number>()
  #tryAtMs = 0
  #luck = 0
  #redrawAtMs = 0

  constructor(host: ForeignLinksHost) {
    this.#host = host
  }

  clear(): void {
    this.#dialled.clear()
  }

  /**
   * Lets links go that are too many, and tries a hint where there are too few.
   *
   * @param subscribers - connected peers that take part in the other discovery
   */
  care(subscribers: readonly PeerKey[], nowMs: number): void {
    const { core, targetConnections } = this.#host
    const links = new Set(subscribers.filter(peer => !core.overlay.isConnected(peer)))
    const wanted = this.#wanted(links.size, nowMs)
    this.#letGo(links, wanted, nowMs)
    if (core.overlay.size < targetConnections || links.size < wanted) this.#try(nowMs)
  }

  /** In all, about `LINKS` for each node that speaks only the other discovery: the last one is not dialled by everybody. */
  #wanted(linked: number, nowMs: number): number {
    if (nowMs >= this.#redrawAtMs) {
      this.#redrawAtMs = nowMs + REDRAW_MS
      this.#luck = Math.random()
    }
    const { core, hints } = this.#host
    const theirs = Math.max(hints.size, linked)
    return Math.min(LINKS, Math.floor((LINKS * theirs) / (core.book.size + 1) + this.#luck))
  }

  /** Only connections that were dialled on a hint, and only as far as nobody else uses them. */
  #letGo(links: ReadonlySet<PeerKey>, wanted: number, nowMs: number): void {
    const { core, driver, partners, hints, isConnected } = this.#host
    let surplus = links.size - wanted
    for (const [peer, dialledAtMs] of this.#dialled) {
      if (nowMs - dialledAtMs < SETTLED_MS) return
      if (links.has(peer) && surplus-- <= 0) continue
      this.#dialled.delete(peer)
      if (core.overlay.isConnected(peer) || !isConnected(peer)) continue
      hints.leaveAlone(peer, nowMs)
      driver.run(partners.hangUp(peer))
    }
  }

  #try(nowMs: number): void {
    const { core, driver, hints, isConnected } = this.#host
    if (nowMs < this.#tryAtMs || driver.stopping === undefined) return
    const drawn = hints.draw(peer => !isConnected(peer), nowMs)
    if (drawn === undefined) return
    const [peer, hint] = drawn
    const { alone, other, again } = TRY_INTERVAL_MS
    this.#tryAtMs = nowMs + (hint.wasTried ? again : core.overlay.size === 0 ? alone : other)
    hints.tried(hint, nowMs)
    this.#dialled.delete(peer)
    this.#dialled.set(peer, nowMs)
    driver.handle({ type: 'peer-found', target: { id: peer, addrs: hint.addrs }, source: 'hint' })
  }
}
