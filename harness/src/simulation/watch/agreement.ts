import type { Books } from '../books/books.ts'

/** How far the books are from the truth, kept up to date with every event: a pair is an observer and a subject. */
export class Agreement {
  readonly #books: Books
  /** 1 for a machine whose process runs and is not paused. */
  readonly #isLive: Uint8Array
  /** An announcement before this ordinal is of a former run. */
  readonly #firstOrdinal: Uint16Array
  readonly #visible: Uint32Array
  readonly #known: Uint32Array
  #live = 0
  #rightPairs = 0
  #ghosts = 0

  constructor(books: Books, machines: number) {
    this.#books = books
    this.#isLive = new Uint8Array(machines)
    this.#firstOrdinal = new Uint16Array(machines)
    this.#visible = new Uint32Array(machines)
    this.#known = new Uint32Array(machines)
  }

  get live(): number {
    return this.#live
  }

  /** Live observers that list a live subject. */
  get rightPairs(): number {
    return this.#rightPairs
  }

  /** Live observers that list a subject that is gone, or a former run of it. */
  get ghosts(): number {
    return this.#ghosts
  }

  /** Every live node lists every other live node, and nobody else. */
  get isComplete(): boolean {
    return this.#ghosts === 0 && this.#rightPairs === this.#live * (this.#live - 1)
  }

  /** Live observers that list the subject rightly. */
  visible(subject: number): number {
    return this.#visible[subject]!
  }

  /** Live subjects that the observer lists rightly. */
  known(observer: number): number {
    return this.#known[observer]!
  }

  isLive(machine: number): boolean {
    return this.#isLive[machine] === 1
  }

  /** @param firstOrdinal - of the run that lives */
  setLive(machine: number, isLive: boolean, firstOrdinal: number): void {
    this.#countAll(machine, -1)
    this.#live += Number(isLive) - this.#isLive[machine]!
    this.#isLive[machine] = Number(isLive)
    this.#firstOrdinal[machine] = firstOrdinal
    this.#countAll(machine, 1)
  }

  list(observer: number, subject: number, ordinal: number): void {
    if (this.#books.isListed(observer, subject)) this.#count(observer, subject, -1)
    this.#books.list(observer, subject, ordinal)
    this.#count(observer, subject, 1)
  }

  unlist(observer: number, subject: number): void {
    if (this.#books.isListed(observer, subject)) this.#count(observer, subject, -1)
    this.#books.unlist(observer, subject)
  }

  /** A new run of the observer has an empty book; it must not be live yet. */
  clear(observer: number): void {
    this.#books.clear(observer)
  }

  isListed(observer: number, subject: number): boolean {
    return this.#books.isListed(observer, subject)
  }

  /** Whether any live observer lists the subject, in whatever run. */
  isListedByLive(subject: number): boolean {
    return this.#isLive.some((isLive, observer) => isLive === 1 && this.#books.isListed(observer, subject))
  }

  /** Whether the observer lists an announcement of the subject's present run. */
  isCurrent(observer: number, subject: number): boolean {
    const books = this.#books
    return books.isListed(observer, subject) && books.ordinal(observer, subject) >= this.#firstOrdinal[subject]!
  }

  #countAll(machine: number, sign: 1 | -1): void {
    if (!this.#books.concerns(machine)) return
    for (let other = 0; other < this.#isLive.length; other++) {
      if (this.#books.isListed(machine, other)) this.#count(machine, other, sign)
      if (this.#books.isListed(other, machine)) this.#count(other, machine, sign)
    }
  }

  /** Of a pair that is listed. */
  #count(observer: number, subject: number, sign: 1 | -1): void {
    if (this.#isLive[observer] === 0) return
    if (this.#isLive[subject] === 0 || this.#books.ordinal(observer, subject) < this.#firstOrdinal[subject]!) {
      this.#ghosts += sign
      return
    }
    this.#rightPairs += sign
    this.#visible[subject]! += sign
    this.#known[observer]! += sign
  }
}
