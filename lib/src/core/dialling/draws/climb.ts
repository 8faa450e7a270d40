/** The link to an earlier peer that a node wants which chooses one link only (`Missing`): with it, all nodes hang together. */
import type { AddressBook } from '../../book/address-book.ts'
import type { DialTarget } from '../../effects.ts'
import { type Random, randomBelow } from '../../random.ts'
import type { PeerKey } from '../../record/announcement.ts'
import type { Pace } from '../pace.ts'

/** Time between two looks for an earlier peer: each reads the whole book. */
const CLIMB_INTERVAL_MS = 1_000

/** What may be done with the peers of the book. */
interface Candidates {
  readonly isDialable: (peer: PeerKey) => boolean
  readonly isLeftAlone: (peer: PeerKey) => boolean
}

export class Climb {
  readonly #self: PeerKey
  readonly #random: Random
  #notBeforeMs = Number.NEGATIVE_INFINITY

  constructor(self: PeerKey, random: Random) {
    this.#self = self
    this.#random = random
  }

  /** When the next earlier peer may be sought. */
  nextMs(pace: Pace): number {
    return Math.max(this.#notBeforeMs, pace.notBeforeMs(false))
  }

  /** One of the earlier peers that may be dialled, each as likely; one that was let go only if there is no other. */
  draw(book: AddressBook, { isDialable, isLeftAlone }: Candidates, nowMs: number): DialTarget | 'first' | undefined {
    this.#notBeforeMs = nowMs + CLIMB_INTERVAL_MS
    const earlier = [...book.values()]
      .map(({ record }) => record.announcement)
      .filter(({ peer }) => peer < this.#self)
      .map(({ peer, addrs }) => ({ id: peer, addrs }))
    if (earlier.length === 0) return 'first'
    const dialable = earlier.filter(({ id, addrs }) => addrs.length > 0 && isDialable(id))
    const others = dialable.filter(({ id }) => !isLeftAlone(id))
    const drawn = others.length > 0 ? others : dialable
    return drawn[randomBelow(drawn.length, this.#random)]
  }
}
