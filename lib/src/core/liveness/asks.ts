/** Suspects that this node dials to ask them itself: few at once, each after the time in which it may refute by itself. */

import type { AddressBook } from '../book/address-book.ts'
import type { DialTarget, Output } from '../effects.ts'
import { type Random, randomBelow } from '../random.ts'
import type { PeerKey } from '../record/announcement.ts'

/**
 * Dials to suspects under way at once. A suspect that answers costs both sides a handshake; where nobody answers, half of the network
 * may be gone, and each dial in vain allows one more.
 */
const MIN_UNDER_WAY = 4
const MAX_UNDER_WAY = 64

/** After so many dials in vain, which the overlay did not allow, a suspect is left to others until somebody reports it again. */
const MAX_TRIES = 3

interface Waiting {
  readonly atMs: number
  readonly tries: number
}

/** What a plan of dials needs of its node. */
interface Host {
  readonly random: Random
  /** Begins a dial to the suspect; nothing comes of it where that is not allowed. */
  dial(target: DialTarget, nowMs: number): Output[]
  /** Where the suspect can be dialled; undefined once its entry is gone. */
  targetOf(peer: PeerKey): DialTarget | undefined
  /** Wait after a dial that was not allowed. */
  readonly retryMs: number
}

export class Asks {
  /** BOUNDED by the book. In the order of their time. */
  readonly #waiting = new Map<PeerKey, Waiting>()
  /** BOUNDED by the book. Their time has come; how often each was tried before. */
  readonly #due = new Map<PeerKey, number>()
  /** BOUNDED by twice {@link #due}. The same, to draw from; and some that are settled. */
  #urn: PeerKey[] = []
  /** BOUNDED by `MAX_UNDER_WAY`. When each began. */
  readonly #underWay = new Map<PeerKey, number>()
  readonly #host: Host
  #maxUnderWay = MIN_UNDER_WAY

  constructor(host: Host) {
    this.#host = host
  }

  /** When the next dial is due; the end of one brings a call of {@link run} by itself. */
  get nextMs(): number {
    if (this.#underWay.size >= this.#maxUnderWay) return Number.POSITIVE_INFINITY
    if (this.#due.size > 0) return Number.NEGATIVE_INFINITY
    const first = this.#waiting.values().next().value
    return first === undefined ? Number.POSITIVE_INFINITY : first.atMs
  }

  /** Dials the peer from this time on, unless that is planned already. */
  plan(peer: PeerKey, atMs: number): void {
    const isPlanned = this.#waiting.has(peer) || this.#due.has(peer) || this.#underWay.has(peer)
    if (!isPlanned) this.#waiting.set(peer, { atMs, tries: 0 })
  }

  /** What the peer would be asked is settled; returns whether it had not been dialled yet. */
  cancel(peer: PeerKey): boolean {
    return this.#waiting.delete(peer) || this.#due.delete(peer)
  }

  /** A dial has ended; returns when it began, or undefined where it was not begun here. */
  ended(peer: PeerKey, wasReached: boolean): number | undefined {
    const begunAtMs = this.#underWay.get(peer)
    if (begunAtMs === undefined) return undefined
    this.#underWay.delete(peer)
    this.#maxUnderWay = wasReached ? MIN_UNDER_WAY : Math.min(MAX_UNDER_WAY, this.#maxUnderWay + 1)
    return begunAtMs
  }

  /** Begins what is due. In an order of its own, so that partners who tell each other spare each other dials. */
  run(nowMs: number): Output[] {
    this.#noteDue(nowMs)
    const out: Output[] = []
    while (this.#underWay.size < this.#maxUnderWay) {
      const [peer, tries] = this.#draw() ?? []
      if (peer === undefined || tries === undefined) break
      const target = this.#host.targetOf(peer)
      if (target === undefined) continue
      const begun = this.#host.dial(target, nowMs)
      if (begun.length > 0) this.#underWay.set(peer, nowMs)
      else if (tries + 1 < MAX_TRIES) this.#waiting.set(peer, { atMs: nowMs + this.#host.retryMs, tries: tries + 1 })
      out.push(...begun)
    }
    return out
  }

  /** Nearly in the order of their time: one that waits behind another may be late by what the other has longer. */
  #noteDue(nowMs: number): void {
    for (const [peer, { atMs, tries }] of this.#waiting) {
      if (atMs > nowMs) break
      this.#waiting.delete(peer)
      this.#due.set(peer, tries)
      this.#urn.push(peer)
    }
    if (this.#urn.length > 2 * this.#due.size) this.#urn = [...this.#due.keys()]
  }

  #draw(): [PeerKey, number] | undefined {
    while (this.#due.size > 0) {
      const index = randomBelow(this.#urn.length, this.#host.random)
      const peer = this.#urn[index]!
      this.#urn[index] = this.#urn.at(-1)!
      this.#urn.pop()
      const tries = this.#due.get(peer)
      if (tries === undefined) continue
      this.#due.delete(peer)
      return [peer, tries]
    }
    return undefined
  }
}

/** Where a peer of the book can be dialled. */
export function targetOf(book: AddressBook, peer: PeerKey): DialTarget | undefined {
  const announcement = book.get(peer)?.record.announcement
  return announcement === undefined ? undefined : { id: peer, addrs: announcement.addrs }
}
