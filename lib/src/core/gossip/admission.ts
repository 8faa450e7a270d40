/**
 * How many peers that nobody here has heard of may enter the book: to make up an identity costs nothing, and each that is taken in
 * is handed on. So a flood is stopped at the first honest node, and reaches the others as a trickle.
 */
import { type Source, STANDING } from '../book/entry.ts'
import { type Rate, RateLimiter } from '../bounds/rate-limiter.ts'
import { Recent } from '../bounds/recent.ts'
import type { PeerKey } from '../record/announcement.ts'

/**
 * From partners that this node did not choose, whoever they are: five eighths of the book at once, for two networks that meet, or a crowd of
 * 10,000 that starts by a node which has chosen nobody yet; then a trickle. In a book of 16,384: 10,240, and 16 a second.
 */
const ANYBODY = { part: 5 / 8, partPerSecond: 1 / 1_024 }

/** Of each group besides, whatever the others take: an honest newcomer gets in during a flood. In a book of 16,384: 32, and one in 5 s. */
const GROUP = { part: 1 / 512, partPerSecond: 1 / 81_920 }

/** Of both, however small the book. */
const LEAST = { burst: 32, perSecond: 0.2 }

/** Groups that are remembered for certain, and at most twice as many; one that was forgotten has all its share again. */
const REMEMBERED_GROUPS = 1_024

/** A node that knows fewer peers than this is new itself: its chosen partners bring it a whole book. */
const SMALL_BOOK = 1_024

/** To a book that is not small, a chosen partner may add as much again at once, and then so many a second. */
const CHOSEN_PER_SECOND = 16

/** Chosen partners whose credit is remembered for certain, and at most twice as many. */
const REMEMBERED_PARTNERS = 256

/** Newcomers that were admitted and are on their way to the book: their signature is verified, or gossip is asked to deliver them. */
const REMEMBERED_NEWCOMERS = 1_024

interface Credit {
  readonly partner: PeerKey
  left: number
  atMs: number
  readonly most: number
}

export class Admission {
  readonly #anybody: RateLimiter
  readonly #groups: RateLimiter
  /** BOUNDED by `REMEMBERED_PARTNERS`, twice. */
  readonly #credits = new Recent<PeerKey, Credit>(REMEMBERED_PARTNERS)
  /** Who brings one newcomer mostly brings the next. */
  #last: Credit | undefined
  /** BOUNDED by `REMEMBERED_NEWCOMERS`, twice. Made once there are any. */
  #promised: Recent<PeerKey, object> | undefined
  readonly #maxEntries: number

  constructor(maxEntries: number) {
    this.#maxEntries = maxEntries
    this.#anybody = new RateLimiter(rateOf(ANYBODY, maxEntries, 1))
    this.#groups = new RateLimiter(rateOf(GROUP, maxEntries, REMEMBERED_GROUPS))
  }

  /** Whether a peer that is unknown will be taken in: {@link admits} keeps the promise. */
  promises(peer: PeerKey, source: Source, bookSize: number, nowMs: number): boolean {
    if (this.#promised?.get(peer) !== undefined) return true
    if (!this.admits(peer, source, bookSize, nowMs)) return false
    this.#promised ??= new Recent(REMEMBERED_NEWCOMERS)
    this.#promised.set(peer, {})
    return true
  }

  /** Whether a peer that is unknown is taken in. */
  admits(peer: PeerKey, { forwarder, group, standing }: Source, bookSize: number, nowMs: number): boolean {
    if (this.#promised?.get(peer) !== undefined) {
      this.#promised.delete(peer)
      return true
    }
    if (forwarder === undefined) return true
    if (standing >= STANDING.confirmed && this.#takeCredit(forwarder, bookSize, nowMs)) return true
    return this.#anybody.admits('', nowMs) || this.#groups.admits(group, nowMs)
  }

  #takeCredit(partner: PeerKey, bookSize: number, nowMs: number): boolean {
    const credit = this.#last?.partner === partner ? this.#last : this.#creditOf(partner, bookSize, nowMs)
    this.#last = credit
    credit.left = Math.min(credit.most, credit.left + ((nowMs - credit.atMs) * CHOSEN_PER_SECOND) / 1_000)
    credit.atMs = nowMs
    if (credit.left < 1) return false
    credit.left--
    return true
  }

  #creditOf(partner: PeerKey, bookSize: number, nowMs: number): Credit {
    let credit = this.#credits.get(partner)
    if (credit === undefined) {
      const most = bookSize < SMALL_BOOK ? this.#maxEntries : bookSize
      credit = { partner, left: most, atMs: nowMs, most }
      this.#credits.set(partner, credit)
    }
    return credit
  }
}

function rateOf({ part, partPerSecond }: typeof ANYBODY, maxEntries: number, keys: number): Rate {
  const burst = Math.max(LEAST.burst, maxEntries * part)
  return { burst, perSecond: Math.max(LEAST.perSecond, maxEntries * partPerSecond), keys }
}
