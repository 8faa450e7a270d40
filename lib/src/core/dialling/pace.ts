/** When the next peer of the book may be dialled: soon by a node that is alone, in good time by others. */

import type { Crowd } from '../overlay/crowd.ts'
import type { Random } from '../random.ts'

/** Nodes that a crowd leaves at one moment spread their dials over this time. */
const SPREAD_MS = 4_000

/** Failures in a row that cost nothing. Each beyond costs a longer wait: a book full of dead ends is no storm of dials. */
const FREE_FAILURES = 3
const FAILURE_WAIT_MS = 100
const MAX_FAILURE_WAIT_MS = 1_000

/** Time for a link that broke to be dialled again by either side, before another one takes its place: else links add up. */
const REJOIN_MS = 3_000

/** A draw that names nobody is not repeated at each input; the wait doubles with each that follows. */
const NOBODY_WAIT_MS = 100
const MAX_NOBODY_WAIT_MS = 1_600

export class Pace {
  readonly #crowd: Crowd
  readonly #random: Random
  #failuresInARow = 0
  #pausedUntilMs = 0
  #rejoinsUntilMs = 0
  #triedAtMs = Number.NEGATIVE_INFINITY
  #spreadMs: number
  #drewNobodyAtMs = Number.NEGATIVE_INFINITY
  #nobodyWaitMs = NOBODY_WAIT_MS

  constructor(crowd: Crowd, random: Random) {
    this.#crowd = crowd
    this.#random = random
    this.#spreadMs = random() * SPREAD_MS
  }

  tried(reached: boolean, nowMs: number): void {
    this.#triedAtMs = nowMs
    this.#spreadMs = this.#random() * SPREAD_MS
    this.#failuresInARow = reached ? 0 : this.#failuresInARow + 1
    const waitMs = Math.max(0, this.#failuresInARow - FREE_FAILURES) * FAILURE_WAIT_MS
    this.#pausedUntilMs = nowMs + Math.min(waitMs, MAX_FAILURE_WAIT_MS)
  }

  /** A link that broke is dialled again. */
  rejoins(nowMs: number): void {
    this.#rejoinsUntilMs = nowMs + REJOIN_MS
  }

  drewSomebody(): void {
    this.#drewNobodyAtMs = Number.NEGATIVE_INFINITY
    this.#nobodyWaitMs = NOBODY_WAIT_MS
  }

  drewNobody(nowMs: number): void {
    if (this.#drewNobodyAtMs > Number.NEGATIVE_INFINITY)
      this.#nobodyWaitMs = Math.min(2 * this.#nobodyWaitMs, MAX_NOBODY_WAIT_MS)
    this.#drewNobodyAtMs = nowMs
  }

  mayDraw(nowMs: number): boolean {
    return nowMs >= this.#drewNobodyAtMs + this.#nobodyWaitMs
  }

  /** When to draw because a peer may be dialled from `fromMs` on that could not be when the last draw named nobody. */
  nextDrawMs(fromMs: number): number {
    return fromMs > this.#drewNobodyAtMs ? Math.max(fromMs, this.#drewNobodyAtMs + this.#nobodyWaitMs) : fromMs
  }

  /** When somebody of the book may be dialled. */
  notBeforeMs(isAlone: boolean): number {
    if (isAlone) return this.#pausedUntilMs
    const calmAtMs = Math.max(this.#triedAtMs, this.#crowd.quietAtMs) + this.#spreadMs
    return Math.max(this.#pausedUntilMs, this.#rejoinsUntilMs, calmAtMs)
  }

  /** A node that has a partner leaves the well-known ones to a crowd that has none yet. */
  namedNotBeforeMs(isAlone: boolean): number {
    return isAlone ? Number.NEGATIVE_INFINITY : this.#crowd.quietAtMs + this.#spreadMs
  }
}
