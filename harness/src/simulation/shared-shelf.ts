import {
  BUCKETS,
  bucketOf,
  type Room,
  type Shelf,
  type SignedAnnouncement,
  type SlotIndex
} from 'libp2p-gossip-discovery/core'
import { FIRST_ORDINAL, type IssuedRecord, type Subject } from './issuer.ts'
import { SubjectIndex } from './subject-index.ts'

/** What a book takes for an entry, its slot and what is spare in a page. */
const BYTES_PER_PAIR = 17

const MAX_SLAB_BYTES = 2 ** 31
const ALIGNMENT_BYTES = 8

/**
 * One shelf for the books of all nodes. Nothing is ever dropped: the whole network announces about once a second. And as it knows
 * every machine by number, nobody has to be searched for.
 */
export class SharedShelf implements Shelf {
  /** First the first announcements, by subject. */
  readonly #records: (SignedAnnouncement | undefined)[]
  readonly #numbers = new Map<SignedAnnouncement, number>()
  /** By subject: of its record that was put last. Mostly, the next that is put is the same for another book. */
  readonly #latest: number[] = []
  readonly #subjects = new Map<string, number>()
  /** The subjects in each. */
  readonly #buckets: readonly number[][] = Array.from({ length: BUCKETS }, () => [])
  readonly #slabBytes: number
  #slab = new ArrayBuffer(0)
  #usedBytes = 0

  /** @param subjects - all that there are, the one of index 0 first */
  constructor(subjects: readonly Subject[]) {
    this.#records = subjects.map(() => undefined)
    this.#slabBytes = Math.min(subjects.length ** 2 * BYTES_PER_PAIR, MAX_SLAB_BYTES)
    for (const { peer, index } of subjects) {
      this.#subjects.set(peer, index)
      this.#buckets[bucketOf(peer)]!.push(index)
    }
  }

  put(record: SignedAnnouncement): number {
    const { subject, ordinal, isOwn } = record as IssuedRecord
    if (isOwn && ordinal === FIRST_ORDINAL) {
      this.#records[subject] ??= record
      return subject
    }
    const latest = this.#latest[subject]
    if (latest !== undefined && this.#records[latest] === record) return latest
    const number = this.#numbers.get(record) ?? this.#add(record)
    this.#latest[subject] = number
    return number
  }

  at(number: number): SignedAnnouncement {
    return this.#records[number]!
  }

  drop(): void {}

  index(): SlotIndex {
    return new SubjectIndex(this.#subjects, this.#buckets, byteLength => this.room(byteLength))
  }

  /** From one large buffer, of which the kernel gives what is written to: many small ones keep the garbage collector busy. */
  room(byteLength: number): Room {
    if (this.#usedBytes + byteLength > this.#slab.byteLength) {
      this.#slab = new ArrayBuffer(Math.max(this.#slabBytes, byteLength))
      this.#usedBytes = 0
    }
    const byteOffset = this.#usedBytes
    this.#usedBytes += Math.ceil(byteLength / ALIGNMENT_BYTES) * ALIGNMENT_BYTES
    return { buffer: this.#slab, byteOffset }
  }

  #add(record: SignedAnnouncement): number {
    const number = this.#records.length
    this.#records.push(record)
    this.#numbers.set(record, number)
    return number
  }
}
