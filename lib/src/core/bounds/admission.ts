/**
 * How many peers that nobody here has heard of may enter the book, and of how many others may vouch: to make up an identity costs
 * nothing, and each that is taken in is handed on. What nobody vouches for is taken in as hearsay, and handed on as hearsay: a flood
 * competes with itself in every book of the network, and not with what honest nodes vouch for.
 */
import { type Source, STANDING, type Standing } from '../book/entry.ts'
import type { PeerKey } from '../record/announcement.ts'
import { type Rate, RateLimiter } from './rate-limiter.ts'
import { Recent } from './recent.ts'

/**
 * As hearsay, whoever says so: five eighths of the book at once, for two networks that meet, or a crowd of 10,000 that starts by a
 * node which has chosen nobody yet; then a trickle. In a book of 16,384: 10,240, and 16 a second.
 */
const ANYBODY = { part: 5 / 8, partPerSecond: 1 / 1_024 }

/**
 * As hearsay of each group besides, whatever the others take; and as many again that connect to this node themselves. An honest
 * newcomer gets in during a flood. In a book of 16,384: 32, and one in 5 s.
 */
const GROUP = { part: 1 / 512, partPerSecond: 1 / 81_920 }

/** Of both, however small the book. */
const LEAST = { burst: 32, perSecond: 0.2 }

/** Groups that are remembered for certain, and at most twice as many; one that was forgotten has all its share again. */
const REMEMBERED_GROUPS = 1_024

/** The chosen partners of a node that knows fewer peers than this may vouch for a whole book. */
const SMALL_BOOK = 1_024

/** A node that knows fewer peers than this is new itself: the partner that it chose first hands it a whole book, vouched for or not. */
const NEW_BOOK = 64

/** In a book that is not small, a chosen partner may vouch for as many again at once, and then for so many a second. */
const CHOSEN_PER_SECOND = 16

/** Chosen partners whose credit is remembered for certain, and at most twice as many. */
const REMEMBERED_PARTNERS = 256

/** A node takes itself for flooded for so long after it has refused a newcomer. */
const FLOODED_MS = 10_000

/** Newcomers that were admitted and are on their way to the book: their signature is verified, or gossip is asked to deliver them. */
const REMEMBERED_NEWCOMERS = 1_024

/** A peer that somebody brings. */
export interface Offer {
  readonly peer: PeerKey
  /** Of the one who brings it, with the standing that the peer would have. */
  readonly source: Source
  /** Whether that is a partner of this node's own choice. */
  readonly isChosen: boolean
  /** Entries of the book. */
  readonly bookSize: number
}

interface Credit {
  readonly partner: PeerKey
  left: number
  atMs: number
  readonly most: number
  /** Of the whole book that a new node is handed, as hearsay. */
  hearsayLeft: number
}

/** To look, or to take. */
type Price = 0 | 1

export class Admission {
  readonly #anybody: RateLimiter
  readonly #groups: RateLimiter
  /** Those of each group that connect to this node themselves. */
  readonly #firstHand: RateLimiter
  /** BOUNDED by `REMEMBERED_PARTNERS`, twice. */
  readonly #credits = new Recent<PeerKey, Credit>(REMEMBERED_PARTNERS)
  /** Who brings one newcomer mostly brings the next. */
  #last: Credit | undefined
  /** BOUNDED by `REMEMBERED_NEWCOMERS`, twice. Made once there are any. */
  #promised: Recent<PeerKey, { readonly standing: Standing }> | undefined
  readonly #maxEntries: number
  #refusedAtMs = Number.NEGATIVE_INFINITY

  constructor(maxEntries: number) {
    this.#maxEntries = maxEntries
    this.#anybody = new RateLimiter(rateOf(ANYBODY, maxEntries, 1))
    this.#groups = new RateLimiter(rateOf(GROUP, maxEntries, REMEMBERED_GROUPS))
    this.#firstHand = new RateLimiter(rateOf(GROUP, maxEntries, REMEMBERED_GROUPS))
  }

  /** Whether newcomers were refused lately. */
  isFlooded(nowMs: number): boolean {
    return nowMs - this.#refusedAtMs < FLOODED_MS
  }

  /** Whether a newcomer would be refused: nothing is taken for it. */
  refuses(offer: Offer, nowMs: number): boolean {
    if (this.#promised?.get(offer.peer) !== undefined) return false
    if (this.#vouchesFor(offer, nowMs, 0) || this.#isHeard(offer, nowMs, 0)) return false
    this.#refusedAtMs = nowMs
    return true
  }

  /** Whether a newcomer will be taken in: {@link standingOf} keeps the promise. */
  promises(offer: Offer, nowMs: number): boolean {
    if (this.#promised?.get(offer.peer) !== undefined) return true
    const standing = this.standingOf(offer, nowMs)
    if (standing === undefined) return false
    this.#promised ??= new Recent(REMEMBERED_NEWCOMERS)
    this.#promised.set(offer.peer, { standing })
    return true
  }

  /** The standing of a newcomer; undefined if it is refused. */
  standingOf(offer: Offer, nowMs: number): Standing | undefined {
    const promised = this.#promised?.get(offer.peer)
    if (promised !== undefined) this.#promised!.delete(offer.peer)
    if (this.#vouchesFor(offer, nowMs, 1)) return offer.source.standing
    if (promised !== undefined) return promised.standing
    if (this.#isHeard(offer, nowMs, 1)) return STANDING.hearsay
    this.#refusedAtMs = nowMs
    return undefined
  }

  /** Whether the peer, unknown or known by hearsay, has the standing that its source would give it: else it is hearsay. */
  vouchesFor(offer: Offer, nowMs: number): boolean {
    return this.#vouchesFor(offer, nowMs, 1)
  }

  /** {@link vouchesFor}, but nothing is taken for it. */
  wouldVouchFor(offer: Offer, nowMs: number): boolean {
    return this.#vouchesFor(offer, nowMs, 0)
  }

  #vouchesFor({ source, bookSize }: Offer, nowMs: number, price: Price): boolean {
    const { forwarder, group, standing } = source
    if (standing === STANDING.hearsay) return false
    if (forwarder === undefined || standing === STANDING.reached) return true
    if (standing === STANDING.firstHand) return this.#firstHand.has(group, nowMs, price)
    const credit = this.#creditOf(forwarder, bookSize, nowMs)
    if (credit.left < 1) return false
    credit.left -= price
    return true
  }

  #isHeard({ source, isChosen, bookSize }: Offer, nowMs: number, price: Price): boolean {
    const { forwarder, group } = source
    if (forwarder === undefined) return true
    if (isChosen) {
      const credit = this.#creditOf(forwarder, bookSize, nowMs)
      if (credit.hearsayLeft > 0) {
        credit.hearsayLeft -= price
        return true
      }
    }
    return this.#anybody.has('', nowMs, price) || this.#groups.has(group, nowMs, price)
  }

  #creditOf(partner: PeerKey, bookSize: number, nowMs: number): Credit {
    const credit = this.#last?.partner === partner ? this.#last : this.#rememberedCreditOf(partner, bookSize, nowMs)
    this.#last = credit
    credit.left = Math.min(credit.most, credit.left + ((nowMs - credit.atMs) * CHOSEN_PER_SECOND) / 1_000)
    credit.atMs = nowMs
    return credit
  }

  #rememberedCreditOf(partner: PeerKey, bookSize: number, nowMs: number): Credit {
    let credit = this.#credits.get(partner)
    if (credit === undefined) {
      const most = bookSize < SMALL_BOOK ? this.#maxEntries : bookSize
      const hearsayLeft = bookSize < NEW_BOOK ? this.#maxEntries : 0
      credit = { partner, left: most, atMs: nowMs, most, hearsayLeft }
      this.#credits.set(partner, credit)
    }
    return credit
  }
}

function rateOf({ part, partPerSecond }: typeof ANYBODY, maxEntries: number, keys: number): Rate {
  const burst = Math.max(LEAST.burst, maxEntries * part)
  return { burst, perSecond: Math.max(LEAST.perSecond, maxEntries * partPerSecond), keys }
}
