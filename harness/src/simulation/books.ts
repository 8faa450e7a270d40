/** The books of all nodes as their events tell them: matrices with a row for each observer, a column for each subject. */
export class Books {
  readonly #machines: number
  /** Bytes of a row of bits. Most questions are answered by bits: a row of them is small, whatever part of it is asked for. */
  readonly #stride: number
  readonly #listed: Uint8Array
  readonly #everListed: Uint8Array
  /** Of the newest announcement ever listed. */
  readonly #ordinals: Uint16Array
  readonly #sizes: Uint32Array

  constructor(machines: number) {
    this.#machines = machines
    this.#stride = Math.ceil(machines / 8)
    this.#listed = new Uint8Array(machines * this.#stride)
    this.#everListed = new Uint8Array(machines * this.#stride)
    this.#ordinals = new Uint16Array(machines * machines)
    this.#sizes = new Uint32Array(machines)
  }

  /** Entries of the observer's book. */
  size(observer: number): number {
    return this.#sizes[observer]!
  }

  isListed(observer: number, subject: number): boolean {
    return (this.#listed[this.#byte(observer, subject)]! & bit(subject)) !== 0
  }

  /** Of the newest announcement that this run of the observer has listed, 0 for none. */
  ordinal(observer: number, subject: number): number {
    if ((this.#everListed[this.#byte(observer, subject)]! & bit(subject)) === 0) return 0
    return this.#ordinals[observer * this.#machines + subject]!
  }

  list(observer: number, subject: number, ordinal: number): void {
    if (ordinal > MAX_ORDINAL)
      throw new RangeError(`a machine may announce at most ${MAX_ORDINAL} times in a simulation`)
    if (!this.isListed(observer, subject)) this.#sizes[observer]!++
    const byte = this.#byte(observer, subject)
    this.#listed[byte]! |= bit(subject)
    this.#everListed[byte]! |= bit(subject)
    this.#ordinals[observer * this.#machines + subject] = ordinal
  }

  unlist(observer: number, subject: number): void {
    if (this.isListed(observer, subject)) this.#sizes[observer]!--
    this.#listed[this.#byte(observer, subject)]! &= ~bit(subject)
  }

  /** The observer starts afresh. */
  clear(observer: number): void {
    this.#listed.fill(0, observer * this.#stride, (observer + 1) * this.#stride)
    this.#everListed.fill(0, observer * this.#stride, (observer + 1) * this.#stride)
    this.#sizes[observer] = 0
  }

  #byte(observer: number, subject: number): number {
    return observer * this.#stride + (subject >> 3)
  }
}

const MAX_ORDINAL = 2 ** 16 - 1

function bit(subject: number): number {
  return 1 << (subject & 7)
}
