/** What is left of a connection that a relay will end: it carries so many bytes, both ways together, for so long. */
import type { ConnectionLimits } from '@libp2p/interface'

/** What a cut may cost: bytes of records that are under way and have not been acknowledged. */
const MAX_WINDOW_BYTES = 16 * 1024

/** The window is no larger than this part of the whole limit. */
const WINDOW_RATIO = 1 / 8

/** Kept for short messages while the next circuit is dialled; at most so much of the whole limit. */
const MAX_FLOOR_BYTES = 4 * 1024
const FLOOR_RATIO = 1 / 16

/** Acknowledgements, and what encryption and multiplexing add to a piece. */
const MARGIN_BYTES = 1_024

/** A circuit is renewed so long before its time is over, or after three quarters of a short time. */
const MAX_LEAD_MS = 15_000
const LEAD_RATIO = 1 / 4

/** The relay's clock for a circuit starts a little before ours, and its end arrives a little later. */
const END_TOLERANCE_MS = 1_000

/**
 * js-libp2p's relays write milliseconds where the specification says seconds. No relay is known to allow a circuit for 17 hours; if one
 * does, its circuits are renewed each minute or so.
 */
const MILLISECONDS_FROM = 60_000

/** Pure, but for the counters of the connection, which it reads anew at each question. */
export class LinkLimit {
  /** Unacknowledged bytes of long messages that may be under way. */
  readonly windowBytes: number
  /** A long message travels in pieces of at most this size, so that two fill the window. */
  readonly pieceBytes: number
  readonly #limits: ConnectionLimits
  readonly #floorBytes: number
  readonly #openedAtMs: number
  /** As the relay has written it. */
  readonly #seconds: number
  readonly #lifeMs: number

  /** @param openedAtMs - about now: what the connection tells later is what is left then */
  constructor(limits: ConnectionLimits, openedAtMs: number) {
    const totalBytes = bytesLeftOf(limits)
    this.#limits = limits
    this.windowBytes = Math.min(MAX_WINDOW_BYTES, totalBytes * WINDOW_RATIO)
    this.pieceBytes = this.windowBytes / 2
    this.#floorBytes = Math.min(MAX_FLOOR_BYTES, totalBytes * FLOOR_RATIO)
    this.#openedAtMs = openedAtMs
    this.#seconds = limits.seconds ?? Number.POSITIVE_INFINITY
    this.#lifeMs = this.#seconds >= MILLISECONDS_FROM ? this.#seconds : this.#seconds * 1_000
  }

  /** What long messages may still take. The other side may have a window under way that this one has not seen yet. */
  get roomBytes(): number {
    return bytesLeftOf(this.#limits) - this.windowBytes - this.#floorBytes
  }

  /** Whether there is room for short messages, besides single words. */
  get hasFloor(): boolean {
    return bytesLeftOf(this.#limits) > this.#floorBytes
  }

  /** Whether another circuit has to take the place of this one: no more long messages fit, or its time is nearly over. */
  isShort(nowMs: number): boolean {
    const leadMs = Math.min(MAX_LEAD_MS, this.#lifeMs * LEAD_RATIO)
    return this.roomBytes < this.pieceBytes + MARGIN_BYTES || nowMs >= this.#openedAtMs + this.#lifeMs - leadMs
  }

  /** Of a connection that has just ended: whether its limit explains that. */
  isOver(nowMs: number): boolean {
    const ageMs = nowMs - this.#openedAtMs
    const isTimeOver = ageMs >= this.#lifeMs - END_TOLERANCE_MS || Math.abs(ageMs - this.#seconds) <= END_TOLERANCE_MS
    return this.roomBytes < this.windowBytes || isTimeOver
  }
}

function bytesLeftOf({ bytes }: ConnectionLimits): number {
  return bytes === undefined ? Number.POSITIVE_INFINITY : Number(bytes)
}
