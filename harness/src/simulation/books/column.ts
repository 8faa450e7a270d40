import type { Room } from './shared-records.ts'

const MAX_NARROW = 2 ** 16 - 1

/** Whole numbers in two bytes each, or in four from the first one on that needs them. */
export class Column {
  #numbers: Uint16Array | Uint32Array

  constructor(length: number, room: (byteLength: number) => Room) {
    const { buffer, byteOffset } = room(length * Uint16Array.BYTES_PER_ELEMENT)
    this.#numbers = new Uint16Array(buffer, byteOffset, length)
  }

  get(at: number): number {
    return this.#numbers[at]!
  }

  set(at: number, number: number): void {
    if (number > MAX_NARROW && this.#numbers instanceof Uint16Array) this.#numbers = Uint32Array.from(this.#numbers)
    this.#numbers[at] = number
  }
}
