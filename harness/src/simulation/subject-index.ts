import type { Named, Room, SignedAnnouncement, SlotIndex } from 'libp2p-gossip-discovery/core'
import { FIRST_ORDINAL, type IssuedRecord } from './issuer.ts'

/** Never listed: an array has nothing there. */
const NOBODY = -1

/** Slots by the numbers of their subjects: a look at one bit tells whether a book lists a machine. */
export class SubjectIndex implements SlotIndex {
  readonly #subjects: ReadonlyMap<string, number>
  readonly #buckets: readonly (readonly number[])[]
  readonly #isListed: Uint8Array
  readonly #slots: Uint16Array | Uint32Array

  /**
   * @param subjects - by peer, from 0
   * @param buckets - the subjects in each
   * @param room - for so many bytes
   */
  constructor(
    subjects: ReadonlyMap<string, number>,
    buckets: readonly (readonly number[])[],
    room: (byteLength: number) => Room
  ) {
    this.#subjects = subjects
    this.#buckets = buckets
    const { size } = subjects
    const bits = room(Math.ceil(size / 8))
    this.#isListed = new Uint8Array(bits.buffer, bits.byteOffset, Math.ceil(size / 8))
    const Slots = size < 2 ** 16 ? Uint16Array : Uint32Array
    const slots = room(size * Slots.BYTES_PER_ELEMENT)
    this.#slots = new Slots(slots.buffer, slots.byteOffset, size)
  }

  find(named: Named): number {
    const subject = this.#subjectOf(named)
    return this.#has(subject) ? this.#slots[subject]! : -1
  }

  /** @throws {RangeError} on somebody who is no machine of the simulation */
  add(record: SignedAnnouncement, slot: number): void {
    const subject = this.#subjectOf(record)
    if (subject === NOBODY) throw new RangeError(`${record.announcement.peer} is no machine of this simulation`)
    this.#isListed[subject >> 3]! |= 1 << (subject & 7)
    this.#slots[subject] = slot
  }

  move(record: SignedAnnouncement, slot: number): void {
    this.#slots[this.#subjectOf(record)] = slot
  }

  remove(record: SignedAnnouncement): void {
    const subject = this.#subjectOf(record)
    this.#isListed[subject >> 3]! &= ~(1 << (subject & 7))
  }

  inBucket(bucket: number): number[] {
    const slots: number[] = []
    for (const subject of this.#buckets[bucket]!) if (this.#has(subject)) slots.push(this.#slots[subject]!)
    return slots
  }

  /** Nothing is older than a first announcement. */
  knows(record: SignedAnnouncement): boolean {
    const { isOwn, subject, ordinal } = record as IssuedRecord
    return isOwn && ordinal === FIRST_ORDINAL && this.#has(subject)
  }

  /** All are looked at, whatever is found: so they come to the processor side by side, and what follows has them at hand. */
  isClearOf(records: readonly { readonly record: SignedAnnouncement }[]): boolean {
    let found = 0
    for (const { record } of records) {
      const subject = this.#subjectOf(record)
      found |= this.#isListed[subject >> 3]! & (1 << (subject & 7))
    }
    return found === 0
  }

  #has(subject: number): boolean {
    return (this.#isListed[subject >> 3]! & (1 << (subject & 7))) !== 0
  }

  /** A forgery names another subject than its issuer. */
  #subjectOf(named: Named): number {
    const { isOwn, subject } = named as Partial<IssuedRecord>
    if (isOwn === true) return subject!
    return this.#subjects.get(named.announcement.peer) ?? NOBODY
  }
}
