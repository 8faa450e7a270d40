/**
 * Peers that fell silent and came back: their next silence is given more time than the last one took. A peer whose link comes and goes is
 * dropped once, and not each time. After BGP's damping of routes that flap (RFC 2439), which waits before it believes in a return; here a
 * return is believed at once, since books that list a live peer are right.
 */
import { Recent } from '../../bounds/recent.ts'
import type { PeerKey, SignedAnnouncement, Version } from '../../record/announcement.ts'

/** The next silence is given so many times what the last one took: outages of one cause vary, and lost packets are sent again ever later. */
const LAST_ABSENCES = 4

/**
 * Bounds of that time. The least is more than two suspicions in a network of 10,000. The greatest bounds how late the death of such a
 * peer is noticed, where nothing but its silence tells.
 */
const MIN_PATIENCE_MS = 20_000
const MAX_PATIENCE_MS = 120_000

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
  readonly sinceMs: number
  readonly outage: Outage
}

export class Patience {
  /** BOUNDED by `MAX_PEERS`, twice. Of a run of the peer. */
  readonly #granted = new Recent<
    PeerKey,
    { readonly epoch: number; readonly patienceMs: number; readonly untilMs: number }
  >(MAX_PEERS)
  /** BOUNDED by `MAX_PEERS`, twice. Peers that were dropped for their silence. */
  readonly #silent = new Recent<PeerKey, Silent>(MAX_PEERS)
  #outage: Outage = { peers: 0, lastMs: Number.NEGATIVE_INFINITY }
  #isEmpty = true

  /** How long a silence of this run of the peer is borne at least. */
  of(peer: PeerKey, { epoch }: Version, nowMs: number): number {
    if (this.#isEmpty) return 0
    const granted = this.#granted.get(peer)
    return granted?.epoch === epoch && nowMs < granted.untilMs ? granted.patienceMs : 0
  }

  /** The peer was dropped, and could have answered since then. */
  dropped(peer: PeerKey, { epoch }: Version, sinceMs: number, nowMs: number): void {
    this.#isEmpty = false
    if (nowMs > this.#outage.lastMs + TOGETHER_MS) this.#outage = { peers: 0, lastMs: nowMs }
    this.#outage.peers++
    this.#outage.lastMs = nowMs
    this.#silent.set(peer, { epoch, sinceMs, outage: this.#outage })
  }

  /**
   * There is news of the peer.
   *
   * @param silentSinceMs - since when it was suspected to be gone; undefined if it was not
   */
  heard(record: SignedAnnouncement, silentSinceMs: number | undefined, bookSize: number, nowMs: number): void {
    if (this.#isEmpty) return
    const { announcement } = record
    const { peer, epoch } = announcement
    // It was in time: the patience that saved it goes on.
    if (silentSinceMs !== undefined && this.of(peer, announcement, nowMs) > 0)
      this.#grant(peer, epoch, silentSinceMs, nowMs)
    const silent = this.#silent.get(peer)
    if (silent === undefined) return
    this.#silent.delete(peer)
    const isMass = silent.outage.peers > Math.max(MIN_MASS, MASS_RATIO * bookSize)
    if (silent.epoch === epoch && !isMass) this.#grant(peer, epoch, silent.sinceMs, nowMs)
  }

  #grant(peer: PeerKey, epoch: number, sinceMs: number, nowMs: number): void {
    const wantedMs = Math.min(MAX_PATIENCE_MS, Math.max(MIN_PATIENCE_MS, LAST_ABSENCES * (nowMs - sinceMs)))
    const patienceMs = Math.max(wantedMs, this.of(peer, { epoch, seq: 0 }, nowMs))
    this.#granted.set(peer, { epoch, patienceMs, untilMs: nowMs + REMEMBERED_MS })
  }
}
