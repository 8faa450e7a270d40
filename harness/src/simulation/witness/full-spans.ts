/** Since when all books are right, and how they came to be after each fault: the moments that bounds and phases ask for. */

/** The books after a fault. */
export interface Wholeness {
  readonly fromMs: number
  /** They were right then, and stayed so until the next fault or the end. */
  wholeMs: number | undefined
  /** When the next fault came, or the end. */
  untilMs: number
}

export class FullSpans {
  /** The first moment at which all books were right. */
  firstMs: number | undefined
  /** Undefined while they are not. */
  sinceMs: number | undefined
  /** The last time that they were, and are no more. */
  #last: { fromMs: number; toMs: number } | undefined
  /** Since when faults are gone of which it is not known yet whether the books stay right. */
  readonly #open = new Set<Wholeness>()

  note(isFull: boolean, atMs: number): void {
    if (!isFull) {
      if (this.sinceMs !== undefined) this.#last = { fromMs: this.sinceMs, toMs: atMs }
      this.sinceMs = undefined
    } else {
      this.sinceMs ??= atMs
      this.firstMs ??= atMs
    }
  }

  /** The undo of a fault was proved. */
  undone(atMs: number): Wholeness {
    const wholeness = { fromMs: atMs, wholeMs: undefined, untilMs: Number.POSITIVE_INFINITY }
    this.#open.add(wholeness)
    return wholeness
  }

  /** The next fault begins: until then the books had to stay right. */
  nextFault(atMs: number): void {
    for (const wholeness of this.#open) if (wholeness.fromMs < atMs) this.#conclude(wholeness, atMs)
  }

  /** The run is over. */
  end(atMs: number): void {
    for (const wholeness of this.#open) this.#conclude(wholeness, atMs)
  }

  /** Books that become wrong at that very moment were right until then. */
  #conclude(wholeness: Wholeness, untilMs: number): void {
    this.#open.delete(wholeness)
    wholeness.untilMs = untilMs
    const last = this.#last !== undefined && this.#last.toMs >= untilMs ? this.#last.fromMs : undefined
    const sinceMs = this.sinceMs ?? last
    if (sinceMs !== undefined) wholeness.wholeMs = Math.max(wholeness.fromMs, sinceMs)
  }
}
