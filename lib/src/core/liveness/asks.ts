/** Suspects that this node dials to ask them itself: few at once, each after the time in which it may refute by itself. */

import type { DialTarget, Output } from '../effects.ts'
import type { PeerKey } from '../record/announcement.ts'

/** Dials to suspects under way at once, as the overlay allows. */
const MAX_UNDER_WAY = 4

/** After so many dials in vain, which the overlay did not allow, a suspect is left to others until somebody reports it again. */
const MAX_TRIES = 3

interface Waiting {
  readonly atMs: number
  readonly tries: number
}

/** Begins a dial to the suspect; nothing comes of it where that is not allowed, or its entry is gone. */
type Dial = (target: DialTarget, nowMs: number) => Output[]

export class Asks {
  /** BOUNDED by the book. First who has waited for longest. */
  readonly #waiting = new Map<PeerKey, Waiting>()
  /** BOUNDED by the dials that the overlay allows. When each began. */
  readonly #underWay = new Map<PeerKey, number>()
  readonly #dial: Dial
  readonly #targetOf: (peer: PeerKey) => DialTarget | undefined
  readonly #retryMs: number

  /** @param retryMs - wait after a dial that was not allowed */
  constructor(dial: Dial, targetOf: (peer: PeerKey) => DialTarget | undefined, retryMs: number) {
    this.#dial = dial
    this.#targetOf = targetOf
    this.#retryMs = retryMs
  }

  /** When the next dial is due; the end of one brings a call of {@link run} by itself. */
  get nextMs(): number {
    if (this.#waiting.size === 0 || this.#underWay.size >= MAX_UNDER_WAY) return Number.POSITIVE_INFINITY
    return this.#waiting.values().next().value!.atMs
  }

  /** Dials the peer from this time on, unless that is planned already. */
  plan(peer: PeerKey, atMs: number): void {
    if (!this.#waiting.has(peer) && !this.#underWay.has(peer)) this.#waiting.set(peer, { atMs, tries: 0 })
  }

  /** What the peer would be asked is settled; returns whether it had not been dialled yet. */
  cancel(peer: PeerKey): boolean {
    return this.#waiting.delete(peer)
  }

  /** A dial has ended; returns when it began, or undefined where it was not begun here. */
  ended(peer: PeerKey): number | undefined {
    const begunAtMs = this.#underWay.get(peer)
    this.#underWay.delete(peer)
    return begunAtMs
  }

  /** Begins what is due, in the order of planning. */
  run(nowMs: number): Output[] {
    const out: Output[] = []
    while (this.nextMs <= nowMs) {
      const [peer, { tries }] = this.#waiting.entries().next().value!
      this.#waiting.delete(peer)
      const target = this.#targetOf(peer)
      if (target === undefined) continue
      const begun = this.#dial(target, nowMs)
      if (begun.length > 0) this.#underWay.set(peer, nowMs)
      else if (tries + 1 < MAX_TRIES) this.#waiting.set(peer, { atMs: nowMs + this.#retryMs, tries: tries + 1 })
      out.push(...begun)
    }
    return out
  }
}
