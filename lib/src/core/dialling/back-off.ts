/** How long a peer is not dialled again, by the history of the links to it. */

import { LazyMap, putBounded } from '../bounds/lazy-map.ts'
import { jittered, type Random } from '../random.ts'
import type { PeerKey } from '../record/announcement.ts'

/** A dial takes a second or so each: more peers than these do not come together within the longest wait. */
const MAX_BACK_OFFS = 4096
const MAX_WAIT_MS = 60_000
const JITTER_RATIO = 0.2

/** A link that lasted so long was a good one: what failed before it is forgotten. Whoever hangs up sooner again and again waits. */
export const WELL_CONNECTED_MS = 60_000

interface History {
  /** Dials that failed and links that broke early, since the last link that lasted. */
  failures: number
  notBeforeMs: number
}

/** Nothing that the other side does shortens a wait: only the time that a link lasted. */
export class BackOff {
  /** BOUNDED by `MAX_BACK_OFFS`; the one that has not changed for longest makes room. Only this node's own dials add to it. */
  readonly #histories = new Map<string, History>()
  readonly #baseMs: number
  readonly #random: Random

  /** @param baseMs - the wait after one failure; doubled by each further one, up to a minute */
  constructor(baseMs: number, random: Random) {
    this.#baseMs = baseMs
    this.#random = random
  }

  /** When the peer may be dialled. */
  notBeforeMs(id: string): number {
    return this.#histories.get(id)?.notBeforeMs ?? Number.NEGATIVE_INFINITY
  }

  /** The wait after the failures so far, without jitter. */
  waitMs(id: string): number {
    return this.#waitMsAfter(this.#failuresOf(id))
  }

  /**
   * The earliest of the times after `nowMs` that follow from the end of a wait.
   *
   * @param followsAtMs - what follows from a wait that ends at `endMs`
   */
  nextAfterWaitMs(nowMs: number, followsAtMs: (endMs: number) => number): number {
    let earliestMs = Number.POSITIVE_INFINITY
    for (const { notBeforeMs } of this.#histories.values()) {
      const atMs = followsAtMs(notBeforeMs)
      if (atMs > nowMs && atMs < earliestMs) earliestMs = atMs
    }
    return earliestMs
  }

  /** A dial that succeeded shortens no wait: the link has to last first. */
  reached(id: string, nowMs: number): void {
    this.#put(id, this.#failuresOf(id), nowMs)
  }

  /** @param isExcused - the wait does not double this time */
  failed(id: string, isExcused: boolean, nowMs: number): void {
    this.#put(id, this.#failuresOf(id) + Number(!isExcused), nowMs)
  }

  /**
   * A link broke. One that the peer dialled counts only if this node has dialled the peer as well: strangers that come and go
   * must not fill the histories.
   */
  broke(id: string, lastedMs: number, isDialled: boolean, nowMs: number): void {
    if (lastedMs >= WELL_CONNECTED_MS) this.#histories.delete(id)
    else if (isDialled || this.#histories.has(id)) this.failed(id, false, nowMs)
  }

  /** There is something new to try: the wait is over, and what has failed counts as before. */
  wake(id: string, nowMs: number): void {
    const history = this.#histories.get(id)
    if (history !== undefined) history.notBeforeMs = Math.min(history.notBeforeMs, nowMs)
  }

  /** The application wants the peer: it is dialled at once. */
  forgive(id: string): void {
    this.#histories.delete(id)
  }

  #failuresOf(id: string): number {
    return this.#histories.get(id)?.failures ?? 0
  }

  #waitMsAfter(failures: number): number {
    return Math.min(this.#baseMs * 2 ** Math.max(0, failures - 1), MAX_WAIT_MS)
  }

  #put(id: string, failures: number, nowMs: number): void {
    const notBeforeMs = nowMs + jittered(this.#waitMsAfter(failures), JITTER_RATIO, this.#random)
    putBounded(this.#histories, MAX_BACK_OFFS, id, { failures, notBeforeMs })
  }
}

/** More probed peers are forgotten, the oldest first, and may be probed again. */
const MAX_PROBED = 4096

/** Peers that were probed lately. A peer that was dialled a moment ago may crash all the same, but not again and again. */
export class ProbeWaits {
  /** BOUNDED by `MAX_PROBED`. When a peer may be probed again. */
  readonly #notBeforeMs = new LazyMap<PeerKey, number>()
  readonly #leastMs: number

  /** @param leastMs - the shortest wait */
  constructor(leastMs: number) {
    this.#leastMs = leastMs
  }

  has(peer: PeerKey, nowMs: number): boolean {
    return (this.#notBeforeMs.get(peer) ?? 0) > nowMs
  }

  begin(peer: PeerKey, waitMs: number, nowMs: number): void {
    putBounded(this.#notBeforeMs, MAX_PROBED, peer, nowMs + Math.max(this.#leastMs, waitMs))
  }
}
