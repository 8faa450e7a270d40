/** Dials that failed a short while before anybody suspected their peers: each is evidence once somebody does. */
import { LazyMap } from '../bounds/lazy-map.ts'
import { putBounded } from '../bounds/put-bounded.ts'
import type { PeerKey } from '../record/announcement.ts'

/** A peer may have come back after so long. Longer than a suspicion takes to cross the network. */
const FRESH_MS = 5_000

/** More are forgotten: a book full of dead ends is no evidence worth its memory. */
const MAX_PEERS = 256

interface FailedDial {
  readonly isRefused: boolean
  readonly atMs: number
}

export class FailedDials {
  /** BOUNDED by `MAX_PEERS`. The oldest first. */
  readonly #dials = new LazyMap<PeerKey, FailedDial>()

  failed(peer: PeerKey, isRefused: boolean, nowMs: number): void {
    putBounded(this.#dials, MAX_PEERS, peer, { isRefused, atMs: nowMs })
  }

  /** The peer has shown that it lives. */
  forget(peer: PeerKey): void {
    this.#dials.delete(peer)
  }

  /** A failed dial to the peer that is still worth something. */
  of(peer: PeerKey, nowMs: number): FailedDial | undefined {
    const dial = this.#dials.get(peer)
    return dial !== undefined && nowMs - dial.atMs <= FRESH_MS ? dial : undefined
  }
}
