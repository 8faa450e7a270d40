/**
 * Whom to dial: few peers, chosen at random, one after another, so that the overlay is connected, its degree is bounded,
 * and no crowd of handshakes starves the host.
 */
import type { AddressBook } from './address-book.ts'
import type { PeerKey } from './announcement.ts'
import { jittered, type Random } from './random.ts'

/** Something to dial. `id` is a peer key, or the address itself where the peer behind it is not known. */
export interface DialTarget {
  readonly id: string
  readonly addrs: readonly string[]
}

interface Backoff {
  failures: number
  notBeforeMs: number
}

/** An address book of one bootstrap list or one local network; the oldest makes room. */
const MAX_FOUND = 256
const MAX_BACKOFFS = 4096
const MAX_BACKOFF_MS = 60_000
const BACKOFF_JITTER_RATIO = 0.2

/** Random tries to find a dialable peer in a large book before this round is given up. */
const MAX_PICKS = 32

export class Overlay {
  readonly partners = new Set<PeerKey>()
  /** BOUNDED by `MAX_FOUND`. Peers that the application named: dialled until each was reached once, and again when alone. */
  readonly #named = new Map<string, DialTarget & { reached: boolean }>()
  /** BOUNDED by `MAX_FOUND`. Peers that another discovery found: dialled while connections are wanted. */
  readonly #found = new Map<string, DialTarget>()
  /** BOUNDED by `MAX_BACKOFFS`. */
  readonly #backoffs = new Map<string, Backoff>()
  readonly #targetConnections: number
  readonly #dialBackoffMs: number
  readonly #random: Random
  #dialling: string | undefined

  constructor(bounds: { targetConnections: number; dialBackoffMs: number }, random: Random) {
    this.#targetConnections = bounds.targetConnections
    this.#dialBackoffMs = bounds.dialBackoffMs
    this.#random = random
  }

  /** A peer that the application wants to be joined, such as a bootstrap peer. */
  addNamed(target: DialTarget): void {
    bounded(this.#named, MAX_FOUND).set(target.id, { ...target, reached: this.partners.has(target.id) })
    this.#backoffs.delete(target.id)
  }

  addFound(target: DialTarget): void {
    bounded(this.#found, MAX_FOUND).set(target.id, target)
  }

  /** The outcome of a dial that {@link next} gave out. */
  dialled(id: string, reached: boolean, nowMs: number): void {
    this.#dialling = undefined
    if (reached) {
      this.#backoffs.delete(id)
      const named = this.#named.get(id)
      if (named !== undefined) named.reached = true
      return
    }
    const failures = (this.#backoffs.get(id)?.failures ?? 0) + 1
    const waitMs = Math.min(this.#dialBackoffMs * 2 ** (failures - 1), MAX_BACKOFF_MS)
    bounded(this.#backoffs, MAX_BACKOFFS).set(id, {
      failures,
      notBeforeMs: nowMs + jittered(waitMs, BACKOFF_JITTER_RATIO, this.#random)
    })
  }

  /** The next target to dial, or undefined while nothing is wanted, possible, or one dial is under way. */
  next(book: AddressBook, nowMs: number): DialTarget | undefined {
    if (this.#dialling !== undefined) return undefined
    const target = this.#nextNamed(nowMs) ?? this.#nextWanted(book, nowMs)
    this.#dialling = target?.id
    return target
  }

  /** When {@link next} may have something that it does not have at `nowMs`. */
  nextAttemptMs(nowMs: number): number {
    if (this.#dialling !== undefined) return Number.POSITIVE_INFINITY
    const wanted = this.partners.size < this.#targetConnections
    let earliestMs = Number.POSITIVE_INFINITY
    for (const [id, { notBeforeMs }] of this.#backoffs) {
      if (notBeforeMs > nowMs && (wanted || this.#isOwed(id))) earliestMs = Math.min(earliestMs, notBeforeMs)
    }
    return earliestMs
  }

  #nextNamed(nowMs: number): DialTarget | undefined {
    for (const target of this.#named.values()) {
      if (this.#isOwed(target.id) && this.#isDialable(target, nowMs)) return target
    }
    return undefined
  }

  #nextWanted(book: AddressBook, nowMs: number): DialTarget | undefined {
    if (this.partners.size >= this.#targetConnections) return undefined
    for (const target of this.#found.values()) {
      this.#found.delete(target.id)
      if (this.#isDialable(target, nowMs)) return target
    }
    const picks = Math.min(MAX_PICKS, 2 * book.size)
    for (let i = 0; i < picks; i++) {
      const { peer, addrs } = book.pick(this.#random)!.record.announcement
      if (this.#isDialable({ id: peer, addrs }, nowMs)) return { id: peer, addrs }
    }
    return undefined
  }

  #isOwed(id: string): boolean {
    const named = this.#named.get(id)
    return named !== undefined && (!named.reached || this.partners.size === 0)
  }

  #isDialable(target: DialTarget, nowMs: number): boolean {
    if (target.addrs.length === 0 || this.partners.has(target.id)) return false
    return (this.#backoffs.get(target.id)?.notBeforeMs ?? 0) <= nowMs
  }
}

/** Makes room for one more in a map that keeps its order of insertion. */
function bounded<Key, Value>(map: Map<Key, Value>, max: number): Map<Key, Value> {
  if (map.size >= max) map.delete(map.keys().next().value as Key)
  return map
}
