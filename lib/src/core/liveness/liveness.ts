/**
 * Who answers, and who is suspected not to.
 *
 * Partners are probed in turn. A partner that stays silent, or whose connection broke and cannot be dialled again, is
 * suspected: a suspicion only shortens the time that its entry has left, and the suspect refutes it by announcing again.
 * After SWIM (Das, Gupta, Motivala, 2002) and Lifeguard (Dadgar, Phillips, Currey, 2018).
 */

import { RateLimiter } from '../bounds/rate-limiter.ts'
import { compareVersions, type PeerKey, type Version } from '../record/announcement.ts'

/** A partner is probed this often by each node, one partner after another: constant cost at any size. */
export const PROBE_INTERVAL_MS = 1_000

/** A node that has just started asks nobody: whoever it joined by may be busy with a crowd that starts as well. */
const GRACE_MS = 10_000

/** Beyond a pause of one second and the slow links of a continent. */
const PROBE_TIMEOUT_MS = 1_500

/** A host that answers "no such process here" is believed sooner than silence. Grows with log10 of the network. */
const REFUSED_TIMEOUT_MS = 500
const SILENT_TIMEOUT_MS = 1_000

/** Whoever has no partner left hears no refutation, and may be the one that is cut off: it waits so many times as long. */
const ALONE_FACTOR = 3

/** A suspicion and its refutation each cross the overlay: about 3 hops in a thousand nodes of degree 6. */
const ROUND_TRIPS_TO_REFUTE = 6

/** Share of the newest measurement in the smoothed round trip. RFC 6298. */
const ROUND_TRIP_GAIN = 0.125

/** Suspicions of others that a node believes and hands on: half of a network at once, and what liars may cost in the long run. */
const HEARSAY_RATE = { burst: 8_192, perSecond: 10, keys: 1 }

/** From one partner. Twice as many, so that whoever keeps to the rate above is heard by all: a suspect that is not told cannot refute. */
const PARTNER_RATE = { burst: 16_384, perSecond: 20, keys: 1_024 }

/** Probes partners, and keeps the suspicions that are under way. */
export class Liveness {
  /** BOUNDED by the partners. First whoever has been silent for longest: a link is probed from either end, not from both. */
  readonly #partners = new Set<PeerKey>()
  /** BOUNDED by the partners. When the oldest probe was sent that the partner has not answered. */
  readonly #probed = new Map<PeerKey, number>()
  /** BOUNDED by the book: a version of each suspect that is listed. */
  readonly #suspects = new Map<PeerKey, Version>()
  readonly #hearsay = new RateLimiter(HEARSAY_RATE)
  readonly #partnersHearsay = new RateLimiter(PARTNER_RATE)
  #nextProbeMs: number
  #roundTripMs = 0

  constructor(nowMs: number) {
    this.#nextProbeMs = nowMs + GRACE_MS
  }

  /** Everybody who is suspected at this moment. */
  get suspected(): MapIterator<PeerKey> {
    return this.#suspects.keys()
  }

  opened(partner: PeerKey): void {
    this.#partners.add(partner)
    this.#probed.delete(partner)
  }

  closed(partner: PeerKey): void {
    this.#partners.delete(partner)
    this.#probed.delete(partner)
  }

  /** Any message shows that a partner lives. */
  heard(partner: PeerKey, nowMs: number): void {
    const probedAtMs = this.#probed.get(partner)
    if (probedAtMs !== undefined) this.#roundTripMs += (nowMs - probedAtMs - this.#roundTripMs) * ROUND_TRIP_GAIN
    this.closed(partner)
    this.opened(partner)
  }

  /** Whether the peer is connected and has answered lately. */
  answers(peer: PeerKey, nowMs: number): boolean {
    return this.#partners.has(peer) && nowMs - (this.#probed.get(peer) ?? nowMs) < PROBE_TIMEOUT_MS
  }

  /** The partner to probe at this time, if one is due. */
  nextProbe(nowMs: number): PeerKey | undefined {
    if (nowMs < this.#nextProbeMs) return undefined
    this.#nextProbeMs = nowMs + PROBE_INTERVAL_MS
    for (const partner of this.#partners) {
      if (this.#probed.has(partner)) continue
      this.probe(partner, nowMs)
      return partner
    }
    return undefined
  }

  /** The partner is asked for an answer at this time. */
  probe(partner: PeerKey, nowMs: number): void {
    if (this.#partners.has(partner) && !this.#probed.has(partner)) this.#probed.set(partner, nowMs)
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

  isSuspected(peer: PeerKey): boolean {
    return this.#suspects.has(peer)
  }

  /** Whether this version of the peer, or a newer one, is suspected already. */
  suspects(peer: PeerKey, version: Version): boolean {
    const known = this.#suspects.get(peer)
    return known !== undefined && compareVersions(version, known) <= 0
  }

  /** Notes a suspicion; false when there is nothing new in it. */
  suspect(peer: PeerKey, version: Version): boolean {
    if (this.suspects(peer, version)) return false
    this.#suspects.set(peer, { epoch: version.epoch, seq: version.seq })
    return true
  }

  /** The peer is gone or has announced again; returns whether it was suspected. */
  clear(peer: PeerKey): boolean {
    return this.#suspects.size > 0 && this.#suspects.delete(peer)
  }

  /** How long a suspect has to refute. */
  suspicionTimeoutMs(refused: boolean, bookSize: number): number {
    const baseMs = refused ? REFUSED_TIMEOUT_MS : SILENT_TIMEOUT_MS * (this.#partners.size === 0 ? ALONE_FACTOR : 1)
    return baseMs * Math.max(1, Math.log10(bookSize + 1)) + ROUND_TRIPS_TO_REFUTE * this.#roundTripMs
  }

  /** Whether a partner may hand on one more suspicion; a liar's are dropped beyond its share. */
  admitsSuspicion(partner: PeerKey, nowMs: number): boolean {
    return this.#partnersHearsay.admits(partner, nowMs)
  }

  /** Whether this node may hand on one more suspicion of others. */
  believesHearsay(nowMs: number): boolean {
    return this.#hearsay.admits('', nowMs)
  }
}
