/**
 * What refuted suspicions cost: a partner whose suspicions turn out false again and again loses the power to have this node
 * pass them on, and this node limits what it passes on itself, so that it never loses that power at its own partners.
 */

import { RateLimiter } from '../bounds/rate-limiter.ts'
import { Recent } from '../bounds/recent.ts'
import type { PeerKey } from '../record/announcement.ts'

/** On whose word this node acts: of a partner that it chose itself, or of one that came to it. Strangers can be many of the latter. */
export type Word = 'chosen' | 'inbound'

/** A bucket of refuted suspicions. A bigger book has more to be wrong about: when a split heals, all of the other half refutes at once. */
interface Allowance {
  readonly base: number
  readonly perEntry: number
  /** Recovery, a second. It is also never slower than a full bucket an hour. */
  readonly perSecond: number
}

/**
 * Of one partner. It covers what an honest partner passes on for both kinds of its own partners ({@link RELAYED}, {@link CONTESTED}),
 * and half as much again for what it has seen itself.
 */
const REPORTED: Allowance = { base: 96, perEntry: 3, perSecond: 0.3 }

/** What this node passes on without having asked the suspect itself, for each kind of partner. */
const RELAYED: Allowance = { base: 16, perEntry: 1, perSecond: 0.05 }

/** How often a suspect that has answered this node is told that a partner without power is about to drop it; for each kind of partner. */
const CONTESTED: Allowance = { base: 16, perEntry: 0, perSecond: 0.05 }

/**
 * How often this node dials suspects that turn out to live, for each kind of partner: on the word of those that have power, and of those
 * that have not, so that they use up nothing of the others. A guess: a handshake costs some 30 ms on both sides.
 */
const ASKED: Record<'powerful' | 'powerless', Allowance> = {
  powerful: { base: 32, perEntry: 1, perSecond: 0.2 },
  powerless: { base: 8, perEntry: 0, perSecond: 0.1 }
}

const HOUR_MS = 3_600_000

/** Partners whose reports are remembered for certain: far more than anybody has at once. */
const MAX_REPORTERS = 1_024

/**
 * Suspicions that one partner may hand on at all, true or not: what reading them may cost. The burst covers two reports of every
 * entry of a full book.
 */
const READ_RATE = { burst: 32_768, perSecond: 40, keys: MAX_REPORTERS }

/** A peer that could not be reached, and is refuted by others at once, is asked once more in half a minute: others may be right. */
const DOUBT_RATE = { burst: 1, perSecond: 1 / 30, keys: 1_024 }

/** On whose account a suspect is dialled. */
export interface AskAccount {
  readonly word: Word
  readonly power: 'powerful' | 'powerless'
}

interface Spent {
  tokens: number
  atMs: number
}

export class SuspicionPower {
  /** BOUNDED by `MAX_REPORTERS`, twice. */
  readonly #reported = new Recent<PeerKey, Spent>(MAX_REPORTERS)
  readonly #relayed: Record<Word, Spent> = { chosen: nothingSpent(), inbound: nothingSpent() }
  readonly #contested: Record<Word, Spent> = { chosen: nothingSpent(), inbound: nothingSpent() }
  readonly #asked: Record<AskAccount['power'], Record<Word, Spent>> = {
    powerful: { chosen: nothingSpent(), inbound: nothingSpent() },
    powerless: { chosen: nothingSpent(), inbound: nothingSpent() }
  }
  readonly #read = new RateLimiter(READ_RATE)
  readonly #doubts = new RateLimiter(DOUBT_RATE)

  /** Whether one more suspicion of the partner is looked at. */
  admits(partner: PeerKey, nowMs: number): boolean {
    return this.#read.admits(partner, nowMs)
  }

  /** Takes a token, if there is one, to ask a peer again whom only others have heard of. */
  mayDoubt(peer: PeerKey, nowMs: number): boolean {
    return this.#doubts.admits(peer, nowMs)
  }

  /** Whether the partner's word suffices to tell others. */
  isBelieved(partner: PeerKey, bookSize: number, nowMs: number): boolean {
    const spent = this.#reported.get(partner)
    return spent === undefined || hasLeft(spent, REPORTED, bookSize, nowMs)
  }

  /** Whether this node may tell others before it has asked the suspect itself. */
  mayRelay(word: Word, bookSize: number, nowMs: number): boolean {
    return hasLeft(this.#relayed[word], RELAYED, bookSize, nowMs)
  }

  /** Takes a token, if there is one, for a suspect that is to be told of a partner without power. */
  mayContest(word: Word, bookSize: number, nowMs: number): boolean {
    if (!hasLeft(this.#contested[word], CONTESTED, bookSize, nowMs)) return false
    spend(this.#contested[word], CONTESTED, bookSize, nowMs)
    return true
  }

  /** Whether this node may dial a suspect on this account. */
  mayAsk({ word, power }: AskAccount, bookSize: number, nowMs: number): boolean {
    return hasLeft(this.#asked[power][word], ASKED[power], bookSize, nowMs)
  }

  /** The partner's suspicion was refuted. */
  chargeReporter(partner: PeerKey, bookSize: number, nowMs: number): void {
    const spent = this.#reported.get(partner) ?? nothingSpent()
    spend(spent, REPORTED, bookSize, nowMs)
    this.#reported.set(partner, spent)
  }

  /** What this node has passed on was refuted. */
  chargeRelay(word: Word, bookSize: number, nowMs: number): void {
    spend(this.#relayed[word], RELAYED, bookSize, nowMs)
  }

  /** A suspect that this node has dialled lives. */
  chargeAsk({ word, power }: AskAccount, bookSize: number, nowMs: number): void {
    spend(this.#asked[power][word], ASKED[power], bookSize, nowMs)
  }
}

function nothingSpent(): Spent {
  return { tokens: 0, atMs: Number.NEGATIVE_INFINITY }
}

function hasLeft(spent: Spent, allowance: Allowance, bookSize: number, nowMs: number): boolean {
  return spentAt(spent, allowance, bookSize, nowMs) + 1 <= capacity(allowance, bookSize)
}

function spend(spent: Spent, allowance: Allowance, bookSize: number, nowMs: number): void {
  const tokens = spentAt(spent, allowance, bookSize, nowMs) + 1
  spent.tokens = Math.min(capacity(allowance, bookSize), tokens)
  spent.atMs = nowMs
}

function spentAt({ tokens, atMs }: Spent, allowance: Allowance, bookSize: number, nowMs: number): number {
  const perMs = allowance.perSecond / 1_000 + (allowance.perEntry * bookSize) / HOUR_MS
  return Math.max(0, tokens - (nowMs - atMs) * perMs)
}

function capacity({ base, perEntry }: Allowance, bookSize: number): number {
  return base + perEntry * bookSize
}
