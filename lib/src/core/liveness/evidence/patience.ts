/**
 * Peers that were dropped for their silence and came back: the next silence of the same process is borne for longer, so that one whose link
 * comes and goes is dropped once, and not each time. After the damping of routes that flap (RFC 2439), which puts off a return; here a return
 * is believed at once, because a book that lists a live peer is right.
 */
import { Recent } from '../../bounds/recent.ts'
import type { PeerKey, SignedAnnouncement, Version } from '../../record/announcement.ts'

/**
 * So long. It is also how late the death of such a peer is noticed where its silence alone tells of it. Longer than what TCP makes of 80 %
 * lost packets, which it sends again after ever longer waits: with half a minute some peers were dropped twice in 400 s, simulated.
 */
const PATIENCE_MS = 120_000

/** After so long without another silence the peer is like all others. A guess: ten cycles of a link that is down for half a minute. */
const REMEMBERED_MS = 600_000

/** So many are remembered for certain. */
const MAX_PEERS = 1_024

/** Silences that begin within this time of each other may have one cause. */
const TOGETHER_MS = 10_000

/** A larger share of the book that falls silent together tells of the network, not of its peers. */
const MASS_RATIO = 0.2
const MIN_MASS = 3

/** Silences of one time. */
interface Outage {
  peers: number
  lastMs: number
}

interface Silent {
  readonly epoch: number
  readonly outage: Outage
}

export class Patience {
  /** BOUNDED by `MAX_PEERS`, twice. Peers that have come back. */
  readonly #returned = new Recent<PeerKey, { readonly epoch: number; readonly untilMs: number }>(MAX_PEERS)
  /** BOUNDED by `MAX_PEERS`, twice. Peers that were dropped for their silence. */
  readonly #silent = new Recent<PeerKey, Silent>(MAX_PEERS)
  #outage: Outage = { peers: 0, lastMs: Number.NEGATIVE_INFINITY }
  #isEmpty = true

  /** How long a silence of this run of the peer is borne at least. */
  of(peer: PeerKey, { epoch }: Version, nowMs: number): number {
    const returned = this.#isEmpty ? undefined : this.#returned.get(peer)
    return returned?.epoch === epoch && nowMs < returned.untilMs ? PATIENCE_MS : 0
  }

  /** The peer was dropped for its silence. */
  dropped(peer: PeerKey, { epoch }: Version, nowMs: number): void {
    this.#isEmpty = false
    if (nowMs > this.#outage.lastMs + TOGETHER_MS) this.#outage = { peers: 0, lastMs: nowMs }
    this.#outage.peers++
    this.#outage.lastMs = nowMs
    this.#silent.set(peer, { epoch, outage: this.#outage })
  }

  /**
   * There is news of the peer.
   *
   * @param wasSilent - there was evidence that it is gone
   */
  heard({ announcement }: SignedAnnouncement, wasSilent: boolean, bookSize: number, nowMs: number): void {
    if (this.#isEmpty) return
    const { peer, epoch } = announcement
    const untilMs = nowMs + REMEMBERED_MS
    if (wasSilent && this.of(peer, announcement, nowMs) > 0) this.#returned.set(peer, { epoch, untilMs })
    const silent = this.#silent.get(peer)
    if (silent === undefined) return
    this.#silent.delete(peer)
    const isMass = silent.outage.peers > Math.max(MIN_MASS, MASS_RATIO * bookSize)
    if (silent.epoch === epoch && !isMass) this.#returned.set(peer, { epoch, untilMs })
  }
}
