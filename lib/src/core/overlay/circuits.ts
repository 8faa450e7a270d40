/**
 * Links over circuits: a relay ends each after so many bytes or so much time.
 *
 * The side that dialled a circuit replaces it, so two nodes never dial each other for the same reason; the other side waits for a while
 * before it takes a circuit that has come to its end for a crash.
 */
import { putBounded } from '../bounds/put-bounded.ts'
import { RateLimiter } from '../bounds/rate-limiter.ts'
import type { PeerKey } from '../record/announcement.ts'

/** A book of 10,000 entries takes 30 circuits of 128 KiB. Afterwards a handshake a second, however fast partners use circuits up. */
const RENEWALS = { burst: 32, perSecond: 1, keys: 1 }

/** Time for the dialler to come back: a dial through a relay takes some ten round trips. */
const RETURN_MS = 2_000

/** As many as a relay ends at once; whoever is forgotten is asked after at the next sign of a crash. */
const MAX_AWAITED = 1_024

export class Circuits {
  readonly #renewals = new RateLimiter(RENEWALS)
  /** BOUNDED by `MAX_AWAITED`. Until when a peer that dialled this node may take to come back, the earliest first. */
  readonly #awaited = new Map<PeerKey, number>()

  /** When {@link takeOverdue} has something to take. */
  get nextMs(): number {
    return this.#awaited.values().next().value ?? Number.POSITIVE_INFINITY
  }

  /** Whether another circuit may be dialled in place of one that is used up. */
  mayRenew(nowMs: number): boolean {
    return this.#renewals.admits('', nowMs)
  }

  /** The circuit that the peer dialled has come to its end. */
  awaits(peer: PeerKey, nowMs: number): void {
    this.#awaited.delete(peer)
    putBounded(this.#awaited, MAX_AWAITED, peer, nowMs + RETURN_MS)
  }

  opened(peer: PeerKey): void {
    this.#awaited.delete(peer)
  }

  /** The peers that have not come back in time. */
  takeOverdue(nowMs: number): PeerKey[] {
    const overdue: PeerKey[] = []
    for (const [peer, untilMs] of this.#awaited) {
      if (untilMs > nowMs) break
      overdue.push(peer)
      this.#awaited.delete(peer)
    }
    return overdue
  }
}
