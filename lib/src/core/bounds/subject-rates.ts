/** How often a subject may change what is said of it, and how often it may say farewell. */
import type { PeerKey } from '../record/announcement.ts'
import { LazyMap } from './lazy-map.ts'

/** Ten changes at once, then four a second: senders leave 250 ms between two. */
const BURST = 10
const PER_MS = 4 / 1_000

/** A farewell does not wait, once in this time. */
const FAREWELL_INTERVAL_MS = 1_000

/** A bucket that was left alone for this long is full again, and need not be remembered. */
const FULL_AFTER_MS = BURST / PER_MS

/** In a network of more subjects that all change at once, the first ones are forgotten sooner, and have their burst again. */
const MAX_SUBJECTS = 16_384

interface Bucket {
  tokens: number
  atMs: number
  farewellAtMs: number
}

/** Remembers only subjects that were heard of within the last seconds: in a calm network, a handful. */
export class SubjectRates {
  /** BOUNDED by `MAX_SUBJECTS`. */
  #younger = new LazyMap<PeerKey, Bucket>()
  /** BOUNDED by `MAX_SUBJECTS`. */
  #older = new LazyMap<PeerKey, Bucket>()
  #turnedAtMs = Number.NEGATIVE_INFINITY

  /** Whether any subject is remembered. */
  get isInUse(): boolean {
    return this.#younger.size + this.#older.size > 0
  }

  knows(subject: PeerKey): boolean {
    return this.isInUse && (this.#younger.has(subject) || this.#older.has(subject))
  }

  /** When a record of the subject may be taken: this time, or later. */
  mayBeTakenAtMs(subject: PeerKey, leaving: boolean, nowMs: number): number {
    if (!this.isInUse) return nowMs
    const bucket = this.#younger.get(subject) ?? this.#older.get(subject)
    if (bucket === undefined || (leaving && nowMs - bucket.farewellAtMs >= FAREWELL_INTERVAL_MS)) return nowMs
    return nowMs + Math.max(0, 1 - tokensAt(bucket, nowMs)) / PER_MS
  }

  /** A record of the subject was taken. */
  taken(subject: PeerKey, leaving: boolean, nowMs: number): void {
    this.#turn(nowMs)
    const bucket = this.#younger.get(subject) ?? this.#older.get(subject) ?? newBucket(nowMs)
    const isFree = leaving && nowMs - bucket.farewellAtMs >= FAREWELL_INTERVAL_MS
    bucket.tokens = tokensAt(bucket, nowMs) - Number(!isFree)
    bucket.atMs = nowMs
    if (leaving) bucket.farewellAtMs = nowMs
    this.#younger.set(subject, bucket)
  }

  #turn(nowMs: number): void {
    if (nowMs - this.#turnedAtMs < FULL_AFTER_MS && this.#younger.size < MAX_SUBJECTS) return
    this.#older = nowMs - this.#turnedAtMs < 2 * FULL_AFTER_MS ? this.#younger : new LazyMap()
    this.#younger = new LazyMap()
    this.#turnedAtMs = nowMs
  }
}

function newBucket(nowMs: number): Bucket {
  return { tokens: BURST, atMs: nowMs, farewellAtMs: Number.NEGATIVE_INFINITY }
}

function tokensAt({ tokens, atMs }: Bucket, nowMs: number): number {
  return Math.min(BURST, tokens + (nowMs - atMs) * PER_MS)
}
