/** What silence proves: nothing, for a while, to a node that was late itself or has nobody left that could tell it anything. */

/** Later than this by its own clock, a node was paused or starved and has not read what others sent meanwhile. */
const LATE_MS = 200

/** A node without partners hears nothing that could renew an entry. Ten dials and their time. */
const DEAF_MS = 10_000

/** With a partner again, it asks for what it missed, and is answered. */
const CATCH_UP_MS = 2_000

export class Silence {
  #noExpiryBeforeMs = 0
  #lateAtMs = Number.NEGATIVE_INFINITY
  #deafUntilMs = Number.NEGATIVE_INFINITY

  /** Whatever is over by then, nothing is to expire before. */
  get noExpiryBeforeMs(): number {
    return this.#noExpiryBeforeMs
  }

  /** Whether nobody could have renewed an entry lately. */
  isDeaf(nowMs: number): boolean {
    return nowMs < this.#deafUntilMs
  }

  /**
   * This node came to a deadline so late: what others sent meanwhile is given as much time to be read.
   *
   * @returns whether that is worth an excuse
   */
  wasLate(latenessMs: number, nowMs: number): boolean {
    if (latenessMs < LATE_MS) return false
    this.#noExpiryBeforeMs = nowMs + latenessMs
    this.#lateAtMs = nowMs
    return true
  }

  /** Whether this node was late after that time: what it has not heard since then proves nothing. */
  wasLateSince(atMs: number): boolean {
    return this.#lateAtMs > atMs
  }

  /** The last partner is gone. */
  lost(nowMs: number): void {
    this.#deafUntilMs = nowMs + DEAF_MS
  }

  /** There is a partner, the first one for a while. */
  regained(nowMs: number): void {
    if (this.isDeaf(nowMs)) this.#deafUntilMs = nowMs + CATCH_UP_MS
  }
}
