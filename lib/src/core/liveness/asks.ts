/** Suspects that this node dials to ask them itself: few at once, each after the time in which it may refute by itself. */

import type { AddressBook } from '../book/address-book.ts'
import { LazyMap } from '../bounds/lazy-map.ts'
import type { DialOutcome, DialTarget, Output } from '../effects.ts'
import { type Random, randomBelow } from '../random.ts'
import type { PeerKey } from '../record/announcement.ts'
import type { AskAccount } from './suspicion-power.ts'

/**
 * Dials to suspects under way at once. A suspect that answers costs both sides a handshake; where nobody answers, half of the network
 * may be gone, and each dial in vain allows one more.
 */
const MIN_UNDER_WAY = 4
const MAX_UNDER_WAY = 64

/** After so many dials in vain, which the overlay did not allow, a suspect is left to others until somebody reports it again. */
const MAX_TRIES = 3

/**
 * Part of a suspicion's time after which a node dials the suspect: first it may refute by itself, lest the whole network dials it.
 * Each node has a place of its own in between, since those who dial first may spare the others the dial.
 */
const ASK_RATIO = { min: 0.15, max: 0.35 }

/** For whom a suspect is dialled: this node itself, or reporters. */
type Asker = AskAccount | 'self'

interface Ask {
  readonly asker: Asker
  /** Dials that the overlay did not allow. */
  readonly tries: number
}

/** What a plan of dials needs of its node. */
interface Host {
  readonly random: Random
  /** Whether one more suspect may be dialled for this asker. */
  isAllowed(asker: Asker, nowMs: number): boolean
  /** Begins a dial to the suspect; nothing comes of it where that is not allowed. */
  dial(target: DialTarget, nowMs: number): Output[]
  /** Whether no dial can ever reach the peer: none of its addresses may be dialled, or can be read. */
  isOutOfReach(target: DialTarget): boolean
  /** Such a suspect cannot be asked: that is as a dial in vain, and costs nobody one. */
  inVain(peer: PeerKey, nowMs: number): Output[]
  /** Where the suspect can be dialled; undefined once its entry is gone. */
  targetOf(peer: PeerKey): DialTarget | undefined
  /** Wait after a dial that was not allowed. */
  readonly retryMs: number
}

export class Asks {
  /** BOUNDED by the book. In the order of their time. */
  readonly #waiting = new LazyMap<PeerKey, Ask & { readonly atMs: number }>()
  /** BOUNDED by the book. Their time has come. */
  readonly #due = new LazyMap<PeerKey, Ask>()
  /** BOUNDED by twice {@link #due}. The same, to draw from; and some that are settled. */
  #urn: PeerKey[] = []
  /** BOUNDED by `MAX_UNDER_WAY`. When each began. */
  readonly #underWay = new LazyMap<PeerKey, number>()
  readonly #host: Host
  #maxUnderWay = MIN_UNDER_WAY
  readonly #askRatio: number

  constructor(host: Host) {
    this.#host = host
    this.#askRatio = ASK_RATIO.min + host.random() * (ASK_RATIO.max - ASK_RATIO.min)
  }

  /** How long this node lets a suspect refute that has so much time. */
  waitMs(timeoutMs: number): number {
    return this.#askRatio * timeoutMs
  }

  /** When the next dial is due; the end of one brings a call of {@link run} by itself. */
  get nextMs(): number {
    if (this.#underWay.size >= this.#maxUnderWay) return Number.POSITIVE_INFINITY
    if (this.#due.size > 0) return Number.NEGATIVE_INFINITY
    const first = this.#waiting.values().next().value
    return first === undefined ? Number.POSITIVE_INFINITY : first.atMs
  }

  /** Whether the peer is to be dialled, or is being dialled. */
  has(peer: PeerKey): boolean {
    return this.#waiting.has(peer) || this.#due.has(peer) || this.#underWay.has(peer)
  }

  /** Dials the peer from this time on, or as planned before: then for whoever of the two has more to say. */
  plan(peer: PeerKey, atMs: number, asker: Asker): void {
    if (this.#underWay.has(peer)) return
    const planned = this.#waiting.get(peer) ?? this.#due.get(peer)
    if (planned !== undefined && rankOf(planned.asker) >= rankOf(asker)) return
    this.cancel(peer)
    this.#waiting.set(peer, { atMs, asker, tries: 0 })
  }

  /** What the peer would be asked is settled; returns whether it had not been dialled yet. */
  cancel(peer: PeerKey): boolean {
    return this.#waiting.delete(peer) || this.#due.delete(peer)
  }

  /** A dial has ended; returns when it began, or undefined where it was not begun here. */
  ended(peer: PeerKey, outcome: DialOutcome): number | undefined {
    const begunAtMs = this.#underWay.get(peer)
    if (begunAtMs === undefined) return undefined
    this.#underWay.delete(peer)
    if (outcome === 'reached') this.#maxUnderWay = MIN_UNDER_WAY
    else if (outcome !== 'withheld') this.#maxUnderWay = Math.min(MAX_UNDER_WAY, this.#maxUnderWay + 1)
    return begunAtMs
  }

  /** Begins what is due. In an order of its own, so that partners who tell each other spare each other dials. */
  run(nowMs: number): Output[] {
    this.#noteDue(nowMs)
    const out: Output[] = []
    while (this.#underWay.size < this.#maxUnderWay) {
      const drawn = this.#draw()
      if (drawn === undefined) break
      const { peer, asker, tries } = drawn
      const target = this.#host.targetOf(peer)
      if (target === undefined) continue
      const isAllowed = this.#host.isAllowed(asker, nowMs)
      if (isAllowed && this.#host.isOutOfReach(target)) {
        out.push(...this.#host.inVain(peer, nowMs))
        continue
      }
      const begun = isAllowed ? this.#host.dial(target, nowMs) : []
      if (begun.length > 0) this.#underWay.set(peer, nowMs)
      else if (tries + 1 < MAX_TRIES) {
        this.#waiting.set(peer, { atMs: nowMs + this.#host.retryMs, asker, tries: tries + 1 })
      }
      out.push(...begun)
    }
    return out
  }

  /** Nearly in the order of their time: one that waits behind another may be late by what the other has longer. */
  #noteDue(nowMs: number): void {
    for (const [peer, ask] of this.#waiting) {
      if (ask.atMs > nowMs) break
      this.#waiting.delete(peer)
      this.#due.set(peer, ask)
      this.#urn.push(peer)
    }
    if (this.#urn.length > 2 * this.#due.size) this.#urn = [...this.#due.keys()]
  }

  #draw(): (Ask & { readonly peer: PeerKey }) | undefined {
    while (this.#due.size > 0) {
      const index = randomBelow(this.#urn.length, this.#host.random)
      const peer = this.#urn[index]!
      this.#urn[index] = this.#urn.at(-1)!
      this.#urn.pop()
      const ask = this.#due.get(peer)
      if (ask === undefined) continue
      this.#due.delete(peer)
      return { ...ask, peer }
    }
    return undefined
  }
}

/** Where a peer of the book can be dialled. */
export function targetOf(book: AddressBook, peer: PeerKey): DialTarget | undefined {
  const announcement = book.get(peer)?.record.announcement
  return announcement === undefined ? undefined : { id: peer, addrs: announcement.addrs }
}

function rankOf(asker: Asker): number {
  if (asker === 'self') return 2
  return asker.power === 'powerful' ? 1 : 0
}
