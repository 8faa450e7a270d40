/**
 * Links over circuits: a relay ends each after so many bytes or so much time.
 *
 * The side that dialled a circuit replaces it, so two nodes never dial each other for the same reason; the other side waits for a while
 * before it takes a circuit that has come to its end for a crash.
 */
import { LazyMap, putBounded } from '../bounds/lazy-map.ts'
import { RateLimiter } from '../bounds/rate-limiter.ts'
import type { PeerKey } from '../record/announcement.ts'

/** A book of 10,000 entries takes 30 circuits of 128 KiB. Afterwards a handshake a second, however fast partners use circuits up. */
const RENEWALS = { burst: 32, perSecond: 1, keys: 1 }

/** What an attempt to replace a circuit may take, the first and the later ones: a relay may be slow, or refuse for a while. */
const FIRST_ATTEMPT_MS = 2_500
const MAX_ATTEMPT_MS = 20_000

/** Until the pace allows another one. */
const RETRY_MS = 1_000

/** Time for the dialler to come back: a dial through a relay takes some ten round trips. */
const RETURN_MS = 2_000

/** As many as a relay ends at once; whoever is forgotten is asked after at the next sign of a crash. */
const MAX_AWAITED = 1_024

/** A circuit to replace, and how long that may take. */
export interface SpentCircuit {
  readonly peer: PeerKey
  readonly timeoutMs: number
}

export class Circuits {
  readonly #renewals = new RateLimiter(RENEWALS)
  /** BOUNDED by the links. Circuits that this node dialled and that are nearly used up. */
  readonly #spent = new LazyMap<PeerKey, { attemptMs: number; dueMs: number }>()
  /** BOUNDED by `MAX_AWAITED`. Until when a peer that dialled this node may take to come back, the earliest first. */
  readonly #awaited = new LazyMap<PeerKey, number>()

  /** When {@link takeSpent} or {@link takeOverdue} have something to take. */
  get nextMs(): number {
    let earliestMs = this.#awaited.values().next().value ?? Number.POSITIVE_INFINITY
    for (const { dueMs } of this.#spent.values()) earliestMs = Math.min(earliestMs, dueMs)
    return earliestMs
  }

  /** The circuit that this node dialled is nearly used up. */
  spent(peer: PeerKey, nowMs: number): void {
    if (!this.#spent.has(peer)) this.#spent.set(peer, { attemptMs: FIRST_ATTEMPT_MS, dueMs: nowMs })
  }

  /** The circuits to replace at this moment, as far as the pace allows. */
  takeSpent(nowMs: number): SpentCircuit[] {
    const due: SpentCircuit[] = []
    for (const [peer, spent] of this.#spent) {
      if (spent.dueMs > nowMs) continue
      const timeoutMs = spent.attemptMs
      const isAllowed = this.#renewals.admits('', nowMs)
      spent.dueMs = nowMs + (isAllowed ? timeoutMs : RETRY_MS)
      if (!isAllowed) continue
      due.push({ peer, timeoutMs })
      spent.attemptMs = Math.min(2 * timeoutMs, MAX_ATTEMPT_MS)
    }
    return due
  }

  /** A circuit that the peer dialled has come to its end. */
  awaits(peer: PeerKey, nowMs: number): void {
    putBounded(this.#awaited, MAX_AWAITED, peer, nowMs + RETURN_MS)
  }

  /** Whether the peer still has time to dial this node again: two that dial each other have two circuits. */
  isAwaited(peer: PeerKey, nowMs: number): boolean {
    return (this.#awaited.get(peer) ?? 0) > nowMs
  }

  /** The peers that have not come back in time. */
  takeOverdue(nowMs: number): PeerKey[] {
    if (this.#awaited.size === 0) return []
    const overdue = [...this.#awaited].filter(([, untilMs]) => untilMs <= nowMs).map(([peer]) => peer)
    for (const peer of overdue) this.#awaited.delete(peer)
    return overdue
  }

  /** Another way to the peer is open. */
  opened(peer: PeerKey): void {
    this.#spent.delete(peer)
    this.#awaited.delete(peer)
  }

  /** No way to the peer is left. */
  closed(peer: PeerKey): void {
    this.#spent.delete(peer)
  }
}
