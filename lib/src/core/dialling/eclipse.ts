/** Whether strangers may stand between this node and its network: nobody whom it draws can be reached. */
import type { Output } from '../effects.ts'

/** Fewer failures are bad luck: a peer is given ten seconds to answer. */
const ECLIPSED_AFTER_MS = 60_000

/** Told at most this often. */
const WARN_INTERVAL_MS = 60_000

export class Eclipse {
  #failures = 0
  #failingSinceMs = Number.POSITIVE_INFINITY
  #warnedAtMs = Number.NEGATIVE_INFINITY

  /** A peer of this node's own choice cannot be reached. */
  failed(nowMs: number): void {
    this.#failures++
    this.#failingSinceMs = Math.min(this.#failingSinceMs, nowMs)
  }

  /** A peer of this node's own choice was reached, or is a partner anyway; or none is missing. */
  over(): void {
    this.#failures = 0
    this.#failingSinceMs = Number.POSITIVE_INFINITY
  }

  isOn(nowMs: number): boolean {
    return this.#failures > 1 && nowMs >= this.#failingSinceMs + ECLIPSED_AFTER_MS
  }

  warn(nowMs: number): Output[] {
    if (!this.isOn(nowMs) || nowMs < this.#warnedAtMs + WARN_INTERVAL_MS) return []
    this.#warnedAtMs = nowMs
    const message =
      `none of ${this.#failures} peers that this node drew could be reached for ${ECLIPSED_AFTER_MS / 1_000} s: ` +
      'see whether this host can reach others, and name a peer that you trust'
    return [{ type: 'warned', warning: { code: 'eclipsed', message } }]
  }
}
