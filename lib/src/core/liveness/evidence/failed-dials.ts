/** Dials that failed a short while before anybody suspected their peers: each is evidence once somebody does. */
import { LazyMap, putBounded } from '../../bounds/lazy-map.ts'
import { hash32, type PeerKey } from '../../record/announcement.ts'

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

  /** A bit for each of {@link #dials}, by the hash of the peer: most other peers are told apart at a glance. */
  #hashes = 0

  failed(peer: PeerKey, isRefused: boolean, nowMs: number): void {
    this.#hashes |= 1 << hash32(peer)
    putBounded(this.#dials, MAX_PEERS, peer, { isRefused, atMs: nowMs })
  }

  /**
   * The peer has shown that it lives.
   *
   * @param peerHash - {@link hash32} of the peer
   */
  forget(peer: PeerKey, peerHash: number): void {
    if ((this.#hashes & (1 << peerHash)) === 0) return
    this.#dials.delete(peer)
    if (this.#dials.size === 0) this.#hashes = 0
  }

  /** A failed dial to the peer that is still worth something. */
  of(peer: PeerKey, nowMs: number): FailedDial | undefined {
    const dial = this.#dials.get(peer)
    return dial !== undefined && nowMs - dial.atMs <= FRESH_MS ? dial : undefined
  }
}
