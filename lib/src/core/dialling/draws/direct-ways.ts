/**
 * Peers to dial without a relay. A relay ends its circuits, and gossip may not pass over them; a node that got its links by circuits, since
 * these were faster or came from the other side, seeks direct ones afterwards.
 */
import type { AddressBook } from '../../book/address-book.ts'
import type { AddressBookEntry } from '../../book/entry.ts'
import type { GroupOf } from '../../bounds/group.ts'
import type { Partners } from '../../overlay/partners.ts'
import { jittered, type Random } from '../../random.ts'
import type { PeerKey } from '../../record/announcement.ts'
import { WELL_CONNECTED_MS } from '../back-off.ts'
import type { Pace } from '../pace.ts'
import type { Admitted, Reach } from '../reach.ts'
import { draws } from './draw.ts'

/**
 * From one dial to the next, doubled with each: where no direct dial succeeds, or all who can be dialled are full, the search must cost
 * them next to nothing. A guess.
 */
const FIRST_WAIT_MS = 2_000
const MAX_WAIT_MS = 600_000
const WAIT_JITTER_RATIO = 0.5

/** From a look at the book that found nobody to the next one. */
const LOOK_INTERVAL_MS = 5_000

interface Parts {
  readonly reach: Reach
  readonly partners: Partners
  readonly pace: Pace
  readonly groupOf: GroupOf
  readonly random: Random
}

export class DirectWays {
  readonly #parts: Parts
  #waitMs = FIRST_WAIT_MS
  #notBeforeMs = Number.NEGATIVE_INFINITY
  /** Since when there are direct links enough; undefined while one is missing. */
  #completeSinceMs: number | undefined

  constructor(parts: Parts) {
    this.#parts = parts
  }

  /** When {@link next} may find somebody; never while no direct link is missing. */
  get nextMs(): number {
    const { partners, pace } = this.#parts
    if (!partners.missing().isDirectMissing) return Number.POSITIVE_INFINITY
    return Math.max(this.#notBeforeMs, pace.notBeforeMs(false))
  }

  /** Somebody to dial without a relay, if a direct link is missing, and it is time. */
  next(book: AddressBook, mayBegin: boolean, nowMs: number): Admitted | undefined {
    this.#note(nowMs)
    if (!mayBegin || nowMs < this.nextMs) return undefined
    this.#notBeforeMs = nowMs + LOOK_INTERVAL_MS
    for (const { record } of this.#draws(book, nowMs)) {
      const { peer, addrs } = record.announcement
      const admitted = this.#parts.reach.directlyAdmitted({ id: peer, addrs, trusted: [] }, nowMs)
      if (admitted === undefined) continue
      this.#notBeforeMs = nowMs + jittered(this.#waitMs, WAIT_JITTER_RATIO, this.#parts.random)
      this.#waitMs = Math.min(2 * this.#waitMs, MAX_WAIT_MS)
      return admitted
    }
    return undefined
  }

  /** Where there were direct links enough for long, the next search begins as the first one did. */
  #note(nowMs: number): void {
    if (this.#parts.partners.missing().direct <= 0) {
      this.#completeSinceMs ??= nowMs
      return
    }
    if (nowMs - (this.#completeSinceMs ?? nowMs) >= WELL_CONNECTED_MS) this.#waitMs = FIRST_WAIT_MS
    this.#completeSinceMs = undefined
  }

  /**
   * First the partners that this node has chosen and reached by a circuit, which cost no link more, then a random draw. Other partners may
   * be strangers that dialled this node: they are drawn like everybody else, lest they become its choice by that.
   */
  #draws(book: AddressBook, nowMs: number): AddressBookEntry[] {
    const { reach, partners, groupOf, random } = this.#parts
    const isSought = (peer: PeerKey) => reach.isDirectlyDialable(peer, nowMs)
    const chosen = [...partners.all].filter(peer => partners.isChosen(peer) && isSought(peer))
    const others = draws(book, isSought, groupOf, partners.connectedGroups(), random)
    return [...chosen.flatMap(peer => book.get(peer) ?? []), ...others]
  }
}
