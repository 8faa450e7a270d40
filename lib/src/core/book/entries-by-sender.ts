/** How much of a book each peer brought. */
import type { PeerKey } from '../record/announcement.ts'

/** Whoever brought an entry; undefined for the subject itself. */
type Sender = PeerKey | undefined

/** Numbers the peers that brought entries, and counts these. BOUNDED by the entries: who has none left is forgotten. */
export class EntriesBySender {
  readonly #numbers = new Map<Sender, number>()
  /** By number. */
  readonly #senders: Sender[] = []
  readonly #counts: number[] = []
  readonly #unused: number[] = []
  /** The number of whoever brought one last: mostly, it brings the next. */
  #last = 0

  /** One entry more; returns the bringer's number, which stays the same while it has any. */
  add(bringer: Sender): number {
    const isLast = this.#senders[this.#last] === bringer && this.#counts[this.#last]! > 0
    if (!isLast) this.#last = this.#numberOf(bringer)
    this.#counts[this.#last]!++
    return this.#last
  }

  /** One entry less. */
  remove(number: number): void {
    if (--this.#counts[number]! > 0) return
    this.#numbers.delete(this.#senders[number])
    this.#unused.push(number)
  }

  bringer(number: number): Sender {
    return this.#senders[number]
  }

  /** Entries that it brought. */
  of(bringer: Sender): number {
    const number = this.#numbers.get(bringer)
    return number === undefined ? 0 : this.#counts[number]!
  }

  #numberOf(bringer: Sender): number {
    let number = this.#numbers.get(bringer)
    if (number === undefined) {
      number = this.#unused.pop() ?? this.#counts.length
      this.#numbers.set(bringer, number)
      this.#senders[number] = bringer
      this.#counts[number] = 0
    }
    return number
  }

  /** Who brought most; there must be entries. */
  greediest(): { number: number; count: number } {
    let most = { number: 0, count: 0 }
    for (const number of this.#numbers.values()) {
      const count = this.#counts[number]!
      if (count > most.count) most = { number, count }
    }
    return most
  }
}
