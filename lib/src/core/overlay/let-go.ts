/** Peers that were let go not long ago. */
import { LazyMap, putBounded } from '../bounds/lazy-map.ts'
import type { PeerKey } from '../record/announcement.ts'

/** Whoever was let go is left alone for so long: not dialled, not asked again, and no partner if it comes back. */
export const LEFT_ALONE_MS = 600_000

/** A crowd that a well-known peer lets go; the one that was let go first makes room. */
const MAX_LET_GO = 1024

export class LetGo {
  /** BOUNDED by `MAX_LET_GO`. Until when a peer is left alone. */
  readonly #untilMs = new LazyMap<PeerKey, number>()

  add(peer: PeerKey, nowMs: number): void {
    putBounded(this.#untilMs, MAX_LET_GO, peer, nowMs + LEFT_ALONE_MS)
  }

  delete(peer: PeerKey): void {
    this.#untilMs.delete(peer)
  }

  has(peer: PeerKey, nowMs: number): boolean {
    return this.untilMs(peer) > nowMs
  }

  /** Until when the peer is left alone; long ago if it is not. */
  untilMs(peer: PeerKey): number {
    return this.#untilMs.get(peer) ?? Number.NEGATIVE_INFINITY
  }
}
