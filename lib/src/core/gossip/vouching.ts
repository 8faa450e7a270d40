/**
 * What this node tells of peers that were handed on as hearsay and are vouched for since. Hearsay often comes first, by a shorter way:
 * without this word it would stay hearsay at all who have it from here.
 */
import type { AddressBook } from '../book/address-book.ts'
import { agedEntry, STANDING } from '../book/entry.ts'
import type { Output } from '../effects.ts'
import type { PeerKey } from '../record/announcement.ts'
import { vouchMessages } from './sync.ts'

/** A crowd that starts has settled by then: as long as there is room in a book, it does not matter who is vouched for. */
const DELAY_MS = 10_000

/** Time between two messages where a book fills up: hearsay is about to give way. */
const CROWDED_DELAY_MS = 100

/** Of a crowd, partners hear by digests who is vouched for: word by word, no more than so many are told while there is room. */
const MAX_UNTOLD = 256

export class Vouching {
  readonly #book: AddressBook
  /** BOUNDED by the entries; by `MAX_UNTOLD` while there is room in the book. Peers, and who vouches for each. */
  readonly #untold = new Map<PeerKey, PeerKey | undefined>()
  #dueMs = Number.POSITIVE_INFINITY
  #notBeforeMs = Number.NEGATIVE_INFINITY

  constructor(book: AddressBook) {
    this.#book = book
  }

  /** When there is something to say. */
  get nextMs(): number {
    if (this.#untold.size === 0) return Number.POSITIVE_INFINITY
    return this.#book.isCrowded ? Math.min(this.#dueMs, this.#notBeforeMs) : this.#dueMs
  }

  /** The peer is listed, and known by more than hearsay from now on. */
  add(peer: PeerKey, forwarder: PeerKey | undefined, nowMs: number): void {
    if (this.#untold.size >= MAX_UNTOLD && !this.#book.isCrowded) return
    if (this.#untold.size === 0) this.#dueMs = nowMs + DELAY_MS
    this.#untold.set(peer, forwarder)
  }

  /** Every partner is told of all peers but itself, and those that it vouches for itself. */
  tell(partners: Iterable<PeerKey>, nowMs: number): Output[] {
    if (nowMs < this.nextMs) return []
    const untold = [...this.#untold].flatMap(([peer, forwarder]) => {
      const entry = this.#book.get(peer)
      return entry === undefined || entry.standing === STANDING.hearsay ? [] : [{ peer, forwarder, entry }]
    })
    this.#untold.clear()
    this.#notBeforeMs = nowMs + CROWDED_DELAY_MS
    return [...partners].flatMap(to => {
      const told = untold.filter(({ peer, forwarder }) => peer !== to && forwarder !== to)
      const messages = vouchMessages(told.map(({ entry }) => agedEntry(entry, nowMs)))
      return messages.map(message => ({ type: 'send', to, message }) as const)
    })
  }
}
