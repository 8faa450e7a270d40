import { FIRST_ORDINAL } from '../host/issuer.ts'

/** The books of all nodes as their events tell them: matrices with a row for each observer, a column for each subject. */
export class Books {
  readonly #machines: number
  /** Bytes of a row of bits. Most questions are answered by bits: a row of them is small, whatever part of it is asked for. */
  readonly #stride: number
  readonly #listed: Uint8Array
  readonly #everListed: Uint8Array
  /** By observer: of the newest announcement ever listed. None for those that have listed nothing but first announcements. */
  readonly #ordinals: (Uint16Array | undefined)[]
  readonly #sizes: Uint32Array
  /** By subject. */
  readonly #observers: Uint32Array

  constructor(machines: number) {
    this.#machines = machines
    this.#stride = Math.ceil(machines / 8)
    this.#listed = new Uint8Array(machines * this.#stride)
    this.#everListed = new Uint8Array(machines * this.#stride)
    this.#ordinals = new Array(machines)
    this.#sizes = new Uint32Array(machines)
    this.#observers = new Uint32Array(machines)
  }

  /** Entries of the observer's book. */
  size(observer: number): number {
    return this.#sizes[observer]!
  }

  /** Whether anybody lists the machine, or it lists anybody. */
  concerns(machine: number): boolean {
    return this.#sizes[machine]! + this.#observers[machine]! > 0
  }

  isListed(observer: number, subject: number): boolean {
    return (this.#listed[this.#byte(observer, subject)]! & bit(subject)) !== 0
  }

  /** Of the newest announcement that this run of the observer has listed, 0 for none. */
  ordinal(observer: number, subject: number): number {
    if ((this.#everListed[this.#byte(observer, subject)]! & bit(subject)) === 0) return 0
    return this.#ordinals[observer]?.[subject] ?? FIRST_ORDINAL
  }

  list(observer: number, subject: number, ordinal: number): void {
    if (ordinal > MAX_ORDINAL)
      throw new RangeError(`a machine may announce at most ${MAX_ORDINAL} times in a simulation`)
    const byte = this.#byte(observer, subject)
    if ((this.#listed[byte]! & bit(subject)) === 0) this.#count(observer, subject, 1)
    this.#listed[byte]! |= bit(subject)
    this.#everListed[byte]! |= bit(subject)
    if (ordinal !== FIRST_ORDINAL) this.#ordinals[observer] ??= new Uint16Array(this.#machines).fill(FIRST_ORDINAL)
    const ordinals = this.#ordinals[observer]
    if (ordinals !== undefined) ordinals[subject] = ordinal
  }

  unlist(observer: number, subject: number): void {
    if (!this.isListed(observer, subject)) return
    this.#count(observer, subject, -1)
    this.#listed[this.#byte(observer, subject)]! &= ~bit(subject)
  }

  /** The observer starts afresh. */
  clear(observer: number): void {
    for (let subject = 0; subject < this.#machines && this.size(observer) > 0; subject++) this.unlist(observer, subject)
    this.#everListed.fill(0, observer * this.#stride, (observer + 1) * this.#stride)
    this.#ordinals[observer] = undefined
  }

  #count(observer: number, subject: number, sign: 1 | -1): void {
    this.#sizes[observer]! += sign
    this.#observers[subject]! += sign
  }

  #byte(observer: number, subject: number): number {
    return observer * this.#stride + (subject >> 3)
  }
}

const MAX_ORDINAL = 2 ** 16 - 1

function bit(subject: number): number {
  return 1 << (subject & 7)
}
