/** Where books keep their records, so that a book itself holds nothing but numbers. */
import type { SignedAnnouncement } from '../record/announcement.ts'
import type { SlotIndex } from './slot-index.ts'

/** Records by number. A host of many nodes hands one to all their books, and has each record once. */
export interface Shelf {
  /** Takes a record in; returns the number under which it stands until it is dropped as often as it was put. */
  put(record: SignedAnnouncement): number
  at(number: number): SignedAnnouncement
  drop(number: number): void
  /** For one more book, if the shelf knows a better one than by the hashes of peers. */
  index?(): SlotIndex
  /** Room for one more page of a book, if not each is to have a buffer of its own. Aligned to 8 bytes. */
  room?(byteLength: number): Room
}

/** Part of a buffer. */
export interface Room {
  readonly buffer: ArrayBuffer
  readonly byteOffset: number
}

/** The shelf of one book. BOUNDED by its entries. */
export class OwnShelf implements Shelf {
  readonly #records: (SignedAnnouncement | undefined)[] = []
  readonly #unused: number[] = []

  put(record: SignedAnnouncement): number {
    const number = this.#unused.pop() ?? this.#records.length
    this.#records[number] = record
    return number
  }

  at(number: number): SignedAnnouncement {
    return this.#records[number]!
  }

  drop(number: number): void {
    this.#records[number] = undefined
    this.#unused.push(number)
  }
}
