/**
 * Peers that are gone without a farewell: perhaps they crashed, perhaps the network split. They are dialled now and then,
 * so that a split heals; how often does not grow with the network. After Ringpop's partition healing.
 */
import type { AddressBookEntry } from '../book/entry.ts'
import { LazyMap } from '../bounds/lazy-map.ts'
import type { DialTarget } from '../effects.ts'
import { type Random, randomBelow } from '../random.ts'
import type { PeerKey } from '../record/announcement.ts'

/** Chances to dial come this often. */
export const HEAL_INTERVAL_MS = 1_000

/** Dials a second of the whole network right after a split: the first to succeed heals it. */
const DIALS_PER_SECOND = 4

/** So long they are as frequent as that; then ever rarer, in proportion to the time since. */
const FULL_RATE_MS = 120_000

/** One half of a split network of this size stays dialable; the longest lost makes room. */
const MAX_LOST = 1_024

interface Lost {
  readonly target: DialTarget
  readonly sinceMs: number
}

/** Remembers peers that vanished, and says whom to dial again. Bounded. */
export class LostPeers {
  /** BOUNDED by `MAX_LOST`. */
  readonly #lost = new LazyMap<PeerKey, Lost>()
  readonly #random: Random
  #nextMs: number

  constructor(random: Random, nowMs: number) {
    this.#random = random
    this.#nextMs = nowMs + HEAL_INTERVAL_MS
  }

  get size(): number {
    return this.#lost.size
  }

  /** When {@link next} looks whether anybody is lost: before that it has nothing to do. */
  get nextLookMs(): number {
    return this.#nextMs
  }

  /** When there may be somebody to dial. */
  get nextMs(): number {
    return this.#lost.size > 0 ? this.#nextMs : Number.POSITIVE_INFINITY
  }

  add({ record }: AddressBookEntry, nowMs: number): void {
    const { peer, addrs } = record.announcement
    this.#lost.delete(peer)
    if (this.#lost.size >= MAX_LOST) this.#lost.delete(this.#lost.keys().next().value!)
    this.#lost.set(peer, { target: { id: peer, addrs }, sinceMs: nowMs })
  }

  delete(peer: PeerKey): void {
    this.#lost.delete(peer)
  }

  /** Somebody to dial at this time, seldom enough for the network as a whole. */
  next(networkSize: number, nowMs: number): DialTarget | undefined {
    if (nowMs < this.#nextMs) return undefined
    this.#nextMs = nowMs + HEAL_INTERVAL_MS
    const lost = [...this.#lost.values()][randomBelow(this.#lost.size, this.#random)]
    if (lost === undefined) return undefined
    const fading = Math.min(1, FULL_RATE_MS / Math.max(1, nowMs - lost.sinceMs))
    const chance = ((DIALS_PER_SECOND * HEAL_INTERVAL_MS) / 1_000 / networkSize) * fading
    return this.#random() < chance ? lost.target : undefined
  }
}
