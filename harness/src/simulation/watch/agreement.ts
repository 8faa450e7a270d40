import type { Books } from '../books/books.ts'

/** `paused`: its process runs, and does nothing. */
export type MachineState = 'gone' | 'live' | 'paused'

const GONE = 0
const LIVE = 1
const PAUSED = 2
const STATES: Record<MachineState, number> = { gone: GONE, live: LIVE, paused: PAUSED }

/** How far the books are from the truth, kept up to date with every event: a pair is an observer and a subject. */
export class Agreement {
  readonly #books: Books
  /** Of each machine, one of the states. */
  readonly #states: Uint8Array
  /** An announcement before this ordinal is of a former run. */
  readonly #firstOrdinal: Uint16Array
  readonly #visible: Uint32Array
  readonly #known: Uint32Array
  #live = 0
  #running = 0
  #rightPairs = 0
  #ghosts = 0
  /** Of the ghosts, those that are listed rightly, of machines that are only paused. */
  #pausedGhosts = 0
  /** Listings in the books of paused observers, of running subjects and of others. */
  #pausedRight = 0
  #pausedWrong = 0

  constructor(books: Books, machines: number) {
    this.#books = books
    this.#states = new Uint8Array(machines)
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

  /** The same, but paused nodes count as if they ran: whoever cannot see a pause sees it so. At least two nodes are needed. */
  get isFull(): boolean {
    const right = this.#rightPairs + this.#pausedGhosts + this.#pausedRight
    const wrong = this.#ghosts - this.#pausedGhosts + this.#pausedWrong
    return this.#running >= 2 && right === this.#running * (this.#running - 1) && wrong === 0
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
    return this.#states[machine] === LIVE
  }

  /** @param firstOrdinal - of the run that lives */
  setState(machine: number, state: MachineState, firstOrdinal: number): void {
    this.#countAll(machine, -1)
    this.#live += Number(state === 'live') - Number(this.#states[machine] === LIVE)
    this.#running += Number(state !== 'gone') - Number(this.#states[machine] !== GONE)
    this.#states[machine] = STATES[state]
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

  /** Of the subject's present or last run. */
  firstOrdinal(subject: number): number {
    return this.#firstOrdinal[subject]!
  }

  /** Whether any live observer lists the subject, in whatever run. */
  isListedByLive(subject: number): boolean {
    return this.#states.some((state, observer) => state === LIVE && this.#books.isListed(observer, subject))
  }

  /** Whether the observer lists an announcement of the subject's present run. */
  isCurrent(observer: number, subject: number): boolean {
    const books = this.#books
    return books.isListed(observer, subject) && books.ordinal(observer, subject) >= this.#firstOrdinal[subject]!
  }

  #countAll(machine: number, sign: 1 | -1): void {
    if (!this.#books.concerns(machine)) return
    for (let other = 0; other < this.#states.length; other++) {
      if (this.#books.isListed(machine, other)) this.#count(machine, other, sign)
      if (this.#books.isListed(other, machine)) this.#count(other, machine, sign)
    }
  }

  /** Of a pair that is listed. */
  #count(observer: number, subject: number, sign: 1 | -1): void {
    if (this.#states[observer] !== LIVE) {
      if (this.#states[observer] === PAUSED) this.#countPaused(observer, subject, sign)
      return
    }
    if (this.#states[subject] !== LIVE || this.#isFormer(observer, subject)) {
      this.#ghosts += sign
      if (this.#states[subject] === PAUSED && !this.#isFormer(observer, subject)) this.#pausedGhosts += sign
      return
    }
    this.#rightPairs += sign
    this.#visible[subject]! += sign
    this.#known[observer]! += sign
  }

  /** In the book of a paused observer. */
  #countPaused(observer: number, subject: number, sign: 1 | -1): void {
    if (this.#states[subject] !== GONE && !this.#isFormer(observer, subject)) this.#pausedRight += sign
    else this.#pausedWrong += sign
  }

  #isFormer(observer: number, subject: number): boolean {
    return this.#books.ordinal(observer, subject) < this.#firstOrdinal[subject]!
  }
}
