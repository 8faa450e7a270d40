/** Whether strangers may stand between this node and its network: nobody whom it draws can be reached. */
import type { Output, WarningCode } from '../effects.ts'

/** Fewer failures are bad luck: a peer is given ten seconds to answer. */
const ECLIPSED_AFTER_MS = 60_000

/** Told at most this often. */
const WARN_INTERVAL_MS = 60_000

export class Eclipse {
  #failures = 0
  #failingSinceMs = Number.POSITIVE_INFINITY
  #warnedAtMs = Number.NEGATIVE_INFINITY
  /** The operator was told, and not yet that it is over. */
  #isWarned = false
  #isEnded = false

  /** A peer of this node's own choice cannot be reached. */
  failed(nowMs: number): void {
    this.#failures++
    this.#failingSinceMs = Math.min(this.#failingSinceMs, nowMs)
  }

  /** A peer of this node's own choice was reached, or is a partner anyway; or none is missing. */
  over(): void {
    this.#failures = 0
    this.#failingSinceMs = Number.POSITIVE_INFINITY
    this.#isEnded = this.#isWarned
  }

  isOn(nowMs: number): boolean {
    return this.#failures > 1 && nowMs >= this.#failingSinceMs + ECLIPSED_AFTER_MS
  }

  /** Tells that it is so, again and again; and once that it is over. */
  warn(nowMs: number): Output[] {
    if (this.#isEnded) {
      this.#isEnded = false
      this.#isWarned = false
      return [warned('eclipse-over', 'a peer that this node drew is connected: it is not cut off any more')]
    }
    if (!this.isOn(nowMs) || nowMs < this.#warnedAtMs + WARN_INTERVAL_MS) return []
    this.#warnedAtMs = nowMs
    this.#isWarned = true
    const message =
      `none of ${this.#failures} peers that this node drew could be reached for ${ECLIPSED_AFTER_MS / 1_000} s: ` +
      'see whether this host can reach others, and name a peer that you trust'
    return [warned('eclipsed', message)]
  }
}

function warned(code: WarningCode, message: string): Output {
  return { type: 'warned', warning: { code, message } }
}
