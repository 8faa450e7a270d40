/** What a node spends on others, and when it has to say that it is not enough. */
import type { Warning } from '../effects.ts'
import { Budget } from './budget.ts'

/** Microseconds of processor, for reading frames and making answers. In the long run 2 % of a core. */
const WORK = { burst: 1_600_000, perSecond: 20_000 }

/**
 * Microseconds of processor, for envelopes. At once two whole books of 20,000 records by Ed25519 keys, one of them kept for those who
 * have handed on little; in the long run 3 % of a core, or 160 such records a second.
 */
const RECORDS = { burst: 8_000_000, perSecond: 30_000 }

/**
 * Bytes of answers. A group has credit for 55 books of 1,000 entries, or for three and a half of 16,384; beyond it, it has to earn them.
 * The node has eight times as much, since a node that everybody starts from is asked by many groups.
 */
const TRAFFIC = {
  burst: 128 * 1024 * 1024,
  perSecond: 4 * 1024 * 1024,
  credit: { burst: 16 * 1024 * 1024, perSecond: 2 * 1024 }
}

/**
 * Bytes of messages of other discoveries that are handed on: those of 500 nodes that say where they are every 10 s take 25 kB/s. Each is
 * sent to a handful of others.
 */
const FOREIGN = { burst: 4 * 1024 * 1024, perSecond: 256 * 1024 }

/** Peers that are heard of by other discoveries for the first time, or under other addresses: each costs libp2p's peer store a write. */
const HINTS = { burst: 1_024, perSecond: 16 }

/**
 * A byte of a partner is worth so many bytes of answers. With what time restores of the credit, and what is sent unasked, less than 20
 * in all, even for one small question for each connection and five connections a second, the most that libp2p takes from one host.
 */
export const EARNED_PER_BYTE = 8

/** Work that is dropped for so long, with no longer pause than this, is told. */
const OVERLOADED_MS = 10_000
const PAUSE_MS = 5_000
const WARNING_INTERVAL_MS = 60_000

/** What this node spends on others: shared by their groups, then by their connections. */
export class Budgets {
  readonly work = new Budget(WORK)
  readonly records = new Budget(RECORDS)
  readonly traffic = new Budget(TRAFFIC)
  readonly foreign = new Budget(FOREIGN)
  readonly hints = new Budget(HINTS)
  #droppedSinceMs = 0
  #droppedAtMs = Number.NEGATIVE_INFINITY
  #warnedAtMs = Number.NEGATIVE_INFINITY

  /** Something was dropped because it was beyond the budget. */
  dropped(nowMs: number): void {
    if (nowMs - this.#droppedAtMs > PAUSE_MS) this.#droppedSinceMs = nowMs
    this.#droppedAtMs = nowMs
  }

  /** Told once work has been dropped for 10 s, and at most once a minute. */
  warning(nowMs: number): Warning | undefined {
    const isOver = nowMs - this.#droppedAtMs > PAUSE_MS || this.#droppedAtMs - this.#droppedSinceMs < OVERLOADED_MS
    if (isOver || nowMs - this.#warnedAtMs < WARNING_INTERVAL_MS) return undefined
    this.#warnedAtMs = nowMs
    const forSeconds = Math.round((this.#droppedAtMs - this.#droppedSinceMs) / 1_000)
    return {
      code: 'overloaded',
      message:
        `Work for others has been dropped for ${forSeconds} s: they ask for more than this node spends on them. ` +
        'The counts of over-budget and rate-limited say how much; limit the connections of this host if they keep growing.'
    }
  }
}
