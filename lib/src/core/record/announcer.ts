/** What this node says of itself, under which number, and when next. */

import { type DiscoveryConfig, MIN_ANNOUNCEMENTS_PER_TTL } from '../config.ts'
import type { Warning } from '../effects.ts'
import { jittered, type Random } from '../random.ts'
import {
  type Announcement,
  BOUNDS,
  type Content,
  compareVersions,
  type PeerKey,
  type SignedAnnouncement,
  type Version
} from './announcement.ts'
import { checkedContent } from './content.ts'
import { OwnVersion } from './own-version.ts'

/** Announcements spread over the interval, so that nodes started together do not stay in step. */
const JITTER_RATIO = 0.1

/**
 * Least time between two announcements, whatever changes, and whoever suspects this node; receivers take as many of a subject. The
 * first of a series does not wait, and a farewell never does. A quarter of the shortest time that a suspect is given.
 */
export const MIN_ANNOUNCE_INTERVAL_MS = 250

/**
 * Part of its ttl that an announcement may be old before the next. A crowd that started together promised to be back in time for
 * a small network, and would be back together; what is left of the ttl is for what gets lost.
 */
const LATEST_RATIO = 0.6

/** An application that starts again and is to be listed has begun to announce by then. Else its former run is taken back. */
const RETRACT_AFTER_MS = 500

/** A network that has grown by so much since the last announcement has a crowd of others that learn of it just now. */
const OUTGROWN_RATIO = 2

/** Numbers the announcements of this node and says when the next one is due. */
export class Announcer {
  readonly #config: DiscoveryConfig
  readonly #peer: PeerKey
  readonly #random: Random
  readonly #version: OwnVersion
  #content: Content
  #own: SignedAnnouncement | undefined
  #intervalMs: number
  #isSilent: boolean
  #nextMs: number
  #lastMs = Number.NEGATIVE_INFINITY
  /** The interval that the next announcement was planned with. */
  #plannedMs = 0
  /** The next announcement may come as late, if the network has grown meanwhile; nothing but a heartbeat may. */
  #latestMs = Number.NEGATIVE_INFINITY

  constructor(config: DiscoveryConfig, self: { peer: PeerKey; epoch: number }, random: Random, nowMs: number) {
    this.#config = config
    this.#peer = self.peer
    this.#version = new OwnVersion(self.epoch, nowMs)
    this.#random = random
    this.#content = checkedContent({ name: config.name, addrs: [], metadata: config.metadata })
    this.#intervalMs = config.announceIntervalMs
    this.#isSilent = config.listenOnly
    this.#nextMs = config.listenOnly ? Number.POSITIVE_INFINITY : nowMs
  }

  get content(): Content {
    return this.#content
  }

  /** The number of the last announcement. */
  get version(): Version {
    return this.#version.last
  }

  /** The last announcement, once it has been signed. */
  get own(): SignedAnnouncement | undefined {
    return this.#own
  }

  /** Whether there was an announcement, signed or on its way to be. */
  get hasAnnounced(): boolean {
    return this.#lastMs !== Number.NEGATIVE_INFINITY
  }

  /** Whether this node announces nothing but, perhaps, a farewell. */
  get isSilent(): boolean {
    return this.#isSilent
  }

  /** When the next announcement is due. */
  get nextMs(): number {
    return this.#nextMs
  }

  /**
   * @throws {RangeError} naming the bound that the content breaks
   */
  changeContent(change: Partial<Content>, nowMs: number): void {
    this.#content = checkedContent({ ...this.#content, ...change })
    this.announceBy(this.#spacedMs(nowMs))
  }

  /** Another pace, at once for a start; undefined for silence. */
  changePace(intervalMs: number | undefined, nowMs: number): void {
    this.#intervalMs = intervalMs ?? this.#intervalMs
    this.#latestMs = Number.NEGATIVE_INFINITY
    this.#isSilent = intervalMs === undefined
    this.#nextMs = intervalMs === undefined ? Number.POSITIVE_INFINITY : this.#spacedMs(nowMs)
  }

  /** A new run of the node, greater than the one before whatever the clock says. */
  restart(epoch: number, nowMs: number): void {
    this.#version.restart(epoch, nowMs)
    this.#own = undefined
    this.#lastMs = Number.NEGATIVE_INFINITY
    this.#latestMs = Number.NEGATIVE_INFINITY
    this.#isSilent = this.#config.listenOnly
    this.#nextMs = this.#config.listenOnly ? Number.POSITIVE_INFINITY : nowMs
  }

  /** Brings the next announcement forward; a node that only listens has none. */
  announceBy(atMs: number): void {
    if (this.#isSilent) return
    this.#nextMs = Math.min(this.#nextMs, atMs)
    this.#latestMs = Number.NEGATIVE_INFINITY
  }

  /** Whether an announcement is due; a heartbeat of a network that has outgrown its interval is put off once. */
  isDue(bookSize: number, nowMs: number): boolean {
    if (nowMs < this.#nextMs) return false
    const stretchedMs = this.#stretchedIntervalMs(bookSize)
    const latestMs = Math.min(this.#latestMs, this.#lastMs + stretchedMs)
    if (stretchedMs <= this.#plannedMs || latestMs <= nowMs) return true
    this.#nextMs = nowMs + this.#random() * (latestMs - nowMs)
    this.#latestMs = Number.NEGATIVE_INFINITY
    return false
  }

  /** Somebody believes in `version` of us; if that is not behind us, the next announcement must be beyond it, and soon. */
  outdo(version: Version, nowMs: number): boolean {
    if (compareVersions(version, this.version) < 0) return false
    const waitMs = this.#version.outdo(version, nowMs)
    this.announceBy(Math.max(nowMs + waitMs, this.#spacedMs(nowMs)))
    return true
  }

  /** Whether a record shows that others list a former run of this node, which has nothing to say in its place. */
  mustRetract({ epoch, leaving }: Announcement): boolean {
    return this.#isSilent && !this.hasAnnounced && !leaving && epoch < this.version.epoch
  }

  /** Others list a former run: this node says farewell for it, unless it begins to announce by then. */
  retract(nowMs: number): void {
    this.#nextMs = Math.min(this.#nextMs, nowMs + RETRACT_AFTER_MS)
  }

  /** What the operator has to know of this node's number, if there is something. */
  takeWarning(nowMs: number): Warning | undefined {
    return this.#version.takeWarning(nowMs)
  }

  /** The next announcement, numbered, or undefined where it cannot be; the one after it follows in time. */
  next(leaving: boolean, bookSize: number, nowMs: number): Announcement | undefined {
    const stretchedMs = this.#stretchedIntervalMs(bookSize)
    const waitMs = this.#waitMs(stretchedMs)
    const version = this.#version.next(nowMs)
    if (version === undefined) {
      this.#nextMs = leaving ? Number.POSITIVE_INFINITY : nowMs + waitMs
      return undefined
    }
    this.#lastMs = nowMs
    this.#plannedMs = stretchedMs
    this.#nextMs = leaving ? Number.POSITIVE_INFINITY : nowMs + waitMs
    const promisedMs = Math.max(this.#config.entryTtlMs, MIN_ANNOUNCEMENTS_PER_TTL * this.#intervalMs)
    const ttlMs = Math.min(Math.round((promisedMs * stretchedMs) / this.#intervalMs), BOUNDS.ttlMaxMs)
    this.#latestMs = nowMs + LATEST_RATIO * ttlMs
    return { ...this.#content, peer: this.#peer, ...version, ttlMs, leaving }
  }

  /** Takes the signed announcement, which may have been numbered ahead; returns whether it says something else than the one before. */
  adopt(record: SignedAnnouncement): boolean {
    this.#version.reached(record.announcement)
    const changed = this.#own?.contentHash !== record.contentHash
    this.#own = record
    return changed
  }

  #spacedMs(nowMs: number): number {
    return Math.max(nowMs, this.#lastMs + MIN_ANNOUNCE_INTERVAL_MS)
  }

  /** Until the announcement after this one. Of a crowd that learns of its size together, each takes a place of its own in the round. */
  #waitMs(stretchedMs: number): number {
    const hasOutgrown = this.hasAnnounced && stretchedMs > OUTGROWN_RATIO * this.#plannedMs
    if (!hasOutgrown) return jittered(stretchedMs, JITTER_RATIO, this.#random)
    return this.#intervalMs + this.#random() * (stretchedMs - this.#intervalMs)
  }

  /** Stretches with the book, so that a node receives no more from a large network than from a small one. */
  #stretchedIntervalMs(bookSize: number): number {
    const fairMs = ((bookSize + 1) / this.#config.maxAnnouncementsPerSecond) * 1_000
    return Math.max(this.#intervalMs, fairMs)
  }
}
