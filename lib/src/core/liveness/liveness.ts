/**
 * Which partners answer. They are probed in turn; one that stays silent, or whose connection broke and cannot be dialled again, is
 * suspected. After SWIM (Das, Gupta, Motivala, 2002) and Lifeguard (Dadgar, Phillips, Currey, 2018).
 */

import { LazyMap } from '../bounds/lazy-map.ts'
import type { Output } from '../effects.ts'
import type { PeerKey } from '../record/announcement.ts'
import { MIN_ANNOUNCE_INTERVAL_MS } from '../record/announcer.ts'

/** A partner is probed this often by each node, one partner after another: constant cost at any size. */
export const PROBE_INTERVAL_MS = 1_000

/** A node that has just started asks nobody: whoever it joined by may be busy with a crowd that starts as well. */
const GRACE_MS = 10_000

/** Beyond a pause of one second and the slow links of a continent. */
const PROBE_TIMEOUT_MS = 1_500

/** A host that answers "no such process here" is believed sooner than silence. Grows with log10 of the network. */
const REFUSED_TIMEOUT_MS = 500
const SILENT_TIMEOUT_MS = 1_000

/** A suspicion and its refutation each cross the overlay: about 3 hops in a thousand nodes of degree 6. */
const ROUND_TRIPS_TO_REFUTE = 6

/** Share of the newest measurement in the smoothed round trip. RFC 6298. */
const ROUND_TRIP_GAIN = 0.125

/** Probes partners, and says how long a suspect has to refute. */
export class Liveness {
  /** BOUNDED by the partners. First whoever has been silent for longest: a link is probed from either end, not from both. */
  readonly #partners = new Set<PeerKey>()
  /** BOUNDED by the partners. When the oldest probe was sent that the partner has not answered. */
  readonly #probed = new LazyMap<PeerKey, number>()
  /** The last of the partners. */
  #heardLast: PeerKey | undefined
  #nextProbeMs: number
  #roundTripMs = 0

  constructor(nowMs: number) {
    this.#nextProbeMs = nowMs + GRACE_MS
  }

  /** Peers with an open sync stream, partners or let go. */
  get connected(): Iterable<PeerKey> {
    return this.#partners
  }

  opened(partner: PeerKey): void {
    this.#probed.delete(partner)
    this.#moveToEnd(partner)
  }

  closed(partner: PeerKey): void {
    if (partner === this.#heardLast) this.#heardLast = undefined
    this.#partners.delete(partner)
    this.#probed.delete(partner)
  }

  /** Any message shows that a partner lives. */
  heard(partner: PeerKey, nowMs: number): void {
    const probedAtMs = this.#probed.get(partner)
    if (probedAtMs !== undefined) {
      this.#roundTripMs += (nowMs - probedAtMs - this.#roundTripMs) * ROUND_TRIP_GAIN
      this.#probed.delete(partner)
    }
    // Whoever speaks, mostly speaks again.
    if (partner !== this.#heardLast) this.#moveToEnd(partner)
  }

  /** Whether the peer is connected and has answered lately. */
  answers(peer: PeerKey, nowMs: number): boolean {
    return this.#partners.has(peer) && nowMs - (this.#probed.get(peer) ?? nowMs) < PROBE_TIMEOUT_MS
  }

  /** Probes the partner whose turn it is, if it is time. */
  probeNext(nowMs: number): Output[] {
    if (nowMs < this.#nextProbeMs) return []
    this.#nextProbeMs = nowMs + PROBE_INTERVAL_MS
    for (const partner of this.#partners) {
      const ping = this.probe(partner, nowMs)
      if (ping.length > 0) return ping
    }
    return []
  }

  /**
   * The message that the partner answers, and that it is silent without an answer to; nothing when it is no partner, or has not
   * answered the one before. Nothing else obliges it to answer on this link.
   */
  probe(partner: PeerKey, nowMs: number): Output[] {
    if (!this.#partners.has(partner) || this.#probed.has(partner)) return []
    this.#probed.set(partner, nowMs)
    return [{ type: 'send', to: partner, message: { type: 'ping' } }]
  }

  /** Partners whose probe has been unanswered for too long. */
  silent(nowMs: number): PeerKey[] {
    const silent: PeerKey[] = []
    for (const [partner, atMs] of this.#probed) if (nowMs - atMs >= PROBE_TIMEOUT_MS) silent.push(partner)
    return silent
  }

  /** This node itself was late by so much: what it did not hear meanwhile proves nothing. */
  excuse(latenessMs: number): void {
    for (const [partner, atMs] of this.#probed) this.#probed.set(partner, atMs + latenessMs)
  }

  nextDeadlineMs(): number {
    let deadlineMs = this.#partners.size > 0 ? this.#nextProbeMs : Number.POSITIVE_INFINITY
    for (const atMs of this.#probed.values()) deadlineMs = Math.min(deadlineMs, atMs + PROBE_TIMEOUT_MS)
    return deadlineMs
  }

  /** A suspect that is well answers within this time, wherever it is: it keeps its announcements apart, and they travel. */
  get promptMs(): number {
    return MIN_ANNOUNCE_INTERVAL_MS + (ROUND_TRIPS_TO_REFUTE / 2) * this.#roundTripMs
  }

  /** How long a suspect has to refute. */
  suspicionTimeoutMs(refused: boolean, bookSize: number): number {
    const baseMs = refused ? REFUSED_TIMEOUT_MS : SILENT_TIMEOUT_MS
    return baseMs * Math.max(1, Math.log10(bookSize + 1)) + ROUND_TRIPS_TO_REFUTE * this.#roundTripMs
  }

  #moveToEnd(partner: PeerKey): void {
    this.#heardLast = partner
    this.#partners.delete(partner)
    this.#partners.add(partner)
  }
}
