/** Something that happens at a moment of virtual time. */
export interface Happening {
  happen(): void
}

/**
 * Virtual time: what is still to happen, in order of time; in order of scheduling where times are equal, so that a run can
 * be repeated. A binary heap in parallel arrays.
 */
export class EventQueue {
  readonly #times: number[] = []
  readonly #orders: number[] = []
  readonly #happenings: Happening[] = []
  #scheduled = 0
  #happened = 0
  #nowMs = 0

  /** The moment of what happened last, in ms since the start. */
  get nowMs(): number {
    return this.#nowMs
  }

  get size(): number {
    return this.#times.length
  }

  /** How much has happened so far. */
  get happened(): number {
    return this.#happened
  }

  /** The moment of what is next, or infinity. */
  get nextMs(): number {
    return this.#times[0] ?? Number.POSITIVE_INFINITY
  }

  /**
   * @param atMs - not before {@link nowMs}
   */
  schedule(atMs: number, happening: Happening): void {
    if (!(atMs >= this.#nowMs)) throw new Error(`${atMs} ms is before ${this.#nowMs} ms`)
    this.#siftUp(this.#times.length, atMs, this.#scheduled++, happening)
  }

  /** {@link schedule} for a function. */
  at(atMs: number, happen: () => void): void {
    this.schedule(atMs, { happen })
  }

  /** Moves time on to what is next and lets it happen; unless nothing is left. */
  step(): void {
    const first = this.#happenings[0]
    if (first === undefined) return
    this.#nowMs = this.#times[0]!
    this.#happened++
    const atMs = this.#times.pop()!
    const order = this.#orders.pop()!
    const last = this.#happenings.pop()!
    if (this.#times.length > 0) this.#siftDown(atMs, order, last)
    first.happen()
  }

  #siftUp(from: number, atMs: number, order: number, happening: Happening): void {
    let hole = from
    while (hole > 0) {
      const parent = (hole - 1) >> 1
      // What is scheduled later never passes what has the same time.
      if (this.#times[parent]! <= atMs) break
      this.#move(parent, hole)
      hole = parent
    }
    this.#put(hole, atMs, order, happening)
  }

  #siftDown(atMs: number, order: number, happening: Happening): void {
    const size = this.#times.length
    let hole = 0
    while (true) {
      let child = 2 * hole + 1
      if (child >= size) break
      if (child + 1 < size && this.#isBefore(child + 1, this.#times[child]!, this.#orders[child]!)) child++
      if (!this.#isBefore(child, atMs, order)) break
      this.#move(child, hole)
      hole = child
    }
    this.#put(hole, atMs, order, happening)
  }

  #isBefore(index: number, atMs: number, order: number): boolean {
    const time = this.#times[index]!
    return time < atMs || (time === atMs && this.#orders[index]! < order)
  }

  #move(from: number, to: number): void {
    this.#put(to, this.#times[from]!, this.#orders[from]!, this.#happenings[from]!)
  }

  #put(index: number, atMs: number, order: number, happening: Happening): void {
    this.#times[index] = atMs
    this.#orders[index] = order
    this.#happenings[index] = happening
  }
}
