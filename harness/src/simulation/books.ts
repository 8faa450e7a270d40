/** The books of all nodes as their events tell them: a matrix with a row for each observer, a column for each subject. */
export class Books {
  readonly #machines: number
  /** Twice the ordinal of the newest announcement ever listed, plus 1 while it is listed. */
  readonly #cells: Uint16Array
  readonly #sizes: Uint32Array

  constructor(machines: number) {
    this.#machines = machines
    this.#cells = new Uint16Array(machines * machines)
    this.#sizes = new Uint32Array(machines)
  }

  /** Entries of the observer's book. */
  size(observer: number): number {
    return this.#sizes[observer]!
  }

  isListed(observer: number, subject: number): boolean {
    return (this.#cells[observer * this.#machines + subject]! & 1) === 1
  }

  /** Of the newest announcement that this run of the observer has listed, 0 for none. */
  ordinal(observer: number, subject: number): number {
    return this.#cells[observer * this.#machines + subject]! >> 1
  }

  list(observer: number, subject: number, ordinal: number): void {
    if (ordinal > MAX_ORDINAL)
      throw new RangeError(`a machine may announce at most ${MAX_ORDINAL} times in a simulation`)
    if (!this.isListed(observer, subject)) this.#sizes[observer]!++
    this.#cells[observer * this.#machines + subject] = 2 * ordinal + 1
  }

  unlist(observer: number, subject: number): void {
    if (this.isListed(observer, subject)) this.#sizes[observer]!--
    this.#cells[observer * this.#machines + subject]! &= ~1
  }

  /** The observer starts afresh. */
  clear(observer: number): void {
    this.#cells.fill(0, observer * this.#machines, (observer + 1) * this.#machines)
    this.#sizes[observer] = 0
  }
}

const MAX_ORDINAL = 2 ** 15 - 1
