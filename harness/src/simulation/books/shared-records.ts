/** What the books of all nodes of a simulation share: the records, and who and what is known by which number. */
import { BUCKETS, bucketOf, type PeerKey, type SignedAnnouncement, type Source } from '@gossip-discovery/libp2p/core'
import { FIRST_ORDINAL, type IssuedRecord, type Subject } from '../host/issuer.ts'

/** What a book takes for one entry, and a little more. */
const BYTES_PER_PAIR = 21

const MAX_SLAB_BYTES = 2 ** 31
const ALIGNMENT_BYTES = 8

/** Never a machine. */
export const NOBODY = -1

/** Part of a buffer. */
export interface Room {
  readonly buffer: ArrayBuffer
  readonly byteOffset: number
}

/** Nothing is ever dropped: the whole network announces about once a second. BOUNDED by the length of the simulation. */
export class SharedRecords {
  readonly machines: number
  /** First the first announcements, by subject. */
  readonly #records: (SignedAnnouncement | undefined)[]
  readonly #numbers = new Map<SignedAnnouncement, number>()
  /** By subject: of its record that was asked for last. Mostly, the next is the same for another book. */
  readonly #latest: number[] = []
  readonly #subjects = new Map<PeerKey, number>()
  /** By subject: its place in each book's row, where those of one bucket of the digest are side by side. */
  readonly #places: Uint32Array
  /** The subjects in each. */
  readonly #buckets: readonly number[][] = Array.from({ length: BUCKETS }, () => [])
  readonly #sources: Source[] = []
  /** By forwarder. */
  readonly #sourceNumbers = new Map<PeerKey | undefined, number[]>()
  /** Who brings one entry mostly brings the next. */
  #lastSource = 0
  readonly #slabBytes: number
  #slab = new ArrayBuffer(0)
  #usedBytes = 0

  /** @param subjects - all that there are, the one of index 0 first */
  constructor(subjects: readonly Subject[]) {
    this.machines = subjects.length
    this.#records = subjects.map(() => undefined)
    this.#slabBytes = Math.min(subjects.length ** 2 * BYTES_PER_PAIR, MAX_SLAB_BYTES)
    for (const { peer, index } of subjects) {
      this.#subjects.set(peer, index)
      this.#buckets[bucketOf(peer)]!.push(index)
    }
    this.#places = new Uint32Array(subjects.length)
    for (const [place, subject] of this.#buckets.flat().entries()) this.#places[subject] = place
  }

  /** The number of the record, by which {@link at} returns it. */
  numberOf(record: SignedAnnouncement): number {
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

  /** The machine that the record is about: a forgery names another than its issuer. */
  subjectOf(record: SignedAnnouncement): number {
    const { isOwn, subject } = record as Partial<IssuedRecord>
    return isOwn === true ? subject! : this.subjectCalled(record.announcement.peer)
  }

  subjectCalled(peer: PeerKey): number {
    return this.#subjects.get(peer) ?? NOBODY
  }

  /** Where a row of all machines has this one. */
  placeOf(subject: number): number {
    return this.#places[subject]!
  }

  /** The machines that fall into a bucket of the digest. */
  inBucket(bucket: number): readonly number[] {
    return this.#buckets[bucket]!
  }

  /** The number of a source, by which {@link source} returns it. */
  sourceNumberOf(source: Source): number {
    if (!isSame(this.#sources[this.#lastSource], source)) this.#lastSource = this.#findSource(source)
    return this.#lastSource
  }

  source(number: number): Source {
    return this.#sources[number]!
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

  #findSource({ forwarder, group, standing }: Source): number {
    let numbers = this.#sourceNumbers.get(forwarder)
    if (numbers === undefined) {
      numbers = []
      this.#sourceNumbers.set(forwarder, numbers)
    }
    for (const number of numbers) {
      if (isSame(this.#sources[number], { forwarder, group, standing })) return number
    }
    const number = this.#sources.push({ forwarder, group, standing }) - 1
    numbers.push(number)
    return number
  }

  #add(record: SignedAnnouncement): number {
    const number = this.#records.length
    this.#records.push(record)
    this.#numbers.set(record, number)
    return number
  }
}

function isSame(known: Source | undefined, { forwarder, group, standing }: Source): boolean {
  return known?.standing === standing && known.forwarder === forwarder && known.group === group
}
