/**
 * A map that keeps what was used lately, at the price of a plain map: nothing moves within it when it is used.
 *
 * Entries live in two generations. Once the younger is full, it becomes the older, and what nobody has asked for meanwhile goes.
 */
export class Recent<Key, Value extends object> {
  /** BOUNDED by `kept`. Made when it is used: most of what a node has to remember in a crowd of strangers stays empty. */
  #younger: Map<Key, Value> | undefined
  /** BOUNDED by `kept`. */
  #older: Map<Key, Value> | undefined
  readonly #kept: number

  /** @param kept - so many that were used last, deleted ones among them, are there for certain, and never more than twice as many */
  constructor(kept: number) {
    this.#kept = kept
  }

  /** Counts as a use. */
  get(key: Key): Value | undefined {
    const younger = this.#younger?.get(key)
    if (younger !== undefined) return younger
    const older = this.#older?.get(key)
    if (older !== undefined) this.set(key, older)
    return older
  }

  set(key: Key, value: Value): void {
    this.#younger ??= new Map()
    if (this.#younger.size >= this.#kept && !this.#younger.has(key)) {
      this.#older = this.#younger
      this.#younger = new Map()
    }
    this.#younger.set(key, value)
  }

  delete(key: Key): void {
    this.#younger?.delete(key)
    this.#older?.delete(key)
  }
}
