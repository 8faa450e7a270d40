import {
  type AgedRecord,
  agedRecord,
  type Entry,
  type EntryStore,
  expiryOf,
  type PeerKey,
  type SignedAnnouncement,
  type Source,
  STANDING
} from '@gossip-discovery/libp2p/core'
import { FIRST_ORDINAL, type IssuedRecord } from '../host/issuer.ts'
import { NOBODY, type SharedRecords } from './shared-records.ts'

/** Words of 32 bits for each machine: two for the arrival, the record, age and source in one, the order. */
const WORDS = 5
const RECORD = 2
const AGE_AND_SOURCE = 3
const ORDER = 4

/** Stands for an age and a source of which one does not fit into 16 bits. */
const TOO_LARGE = 2 ** 32 - 1

/** A number as the two words of it. */
const number = new Float64Array(1)
const words = new Uint32Array(number.buffer)

/**
 * The entries of one book in a row of numbers, by the numbers of their subjects: 20 bytes each, where objects in a map take 250.
 *
 * A book has as many entries as the network has nodes: ten thousand books of ten thousand entries fit into 2 GiB. All that is known of
 * a subject is side by side: whoever looks at thousands of books finds nothing close to the processor.
 */
export class RowStore implements EntryStore {
  readonly #shared: SharedRecords
  readonly #self: number
  /** A bit for each machine. */
  readonly #isListed: Uint8Array
  readonly #row: Uint32Array
  /** BOUNDED by the entries. What does not fit. */
  readonly #large = new Map<number, { readonly ageMs: number; readonly source: number }>()
  /** BOUNDED by the entries. When those expire whose record does not say it: they are suspected, or were spared. */
  readonly #expiries = new Map<number, number>()
  #size = 0
  /** What was put in last, as long as nothing was taken out: mostly, it is asked for next. */
  #last: Entry | undefined

  /** @param self - the number of the machine whose book it is */
  constructor(shared: SharedRecords, self: number) {
    const { machines } = shared
    const bits = shared.room(Math.ceil(machines / 8))
    const row = shared.room(machines * WORDS * Uint32Array.BYTES_PER_ELEMENT)
    this.#shared = shared
    this.#self = self
    this.#isListed = new Uint8Array(bits.buffer, bits.byteOffset, Math.ceil(machines / 8))
    this.#row = new Uint32Array(row.buffer, row.byteOffset, machines * WORDS)
  }

  get size(): number {
    return this.#size
  }

  get(peer: PeerKey): Entry | undefined {
    const subject = this.#shared.subjectCalled(peer)
    return this.#has(subject) ? this.#entry(subject) : undefined
  }

  of(record: SignedAnnouncement): Entry | undefined {
    if (this.#last?.record === record) return this.#last
    const subject = this.#shared.subjectOf(record)
    return this.#has(subject) ? this.#entry(subject) : undefined
  }

  /** @throws {RangeError} on an entry of somebody who is no machine of the simulation */
  put(entry: Entry): void {
    const { record, bornAtMs, expiresAtMs, arrivedAtMs, order } = entry
    const subject = this.#shared.subjectOf(record)
    if (subject === NOBODY) throw new RangeError(`${record.announcement.peer} is no machine of this simulation`)
    if (!this.#has(subject)) {
      this.#isListed[subject >> 3]! |= 1 << (subject & 7)
      this.#size++
    }
    const at = subject * WORDS
    number[0] = arrivedAtMs
    this.#row[at] = words[0]!
    this.#row[at + 1] = words[1]!
    this.#row[at + RECORD] = this.#shared.numberOf(record)
    // Ages are whole: what is left is an error of the subtraction.
    this.#row[at + AGE_AND_SOURCE] = this.#packed(
      subject,
      Math.round(arrivedAtMs - bornAtMs),
      this.#shared.sourceNumberOf(entry)
    )
    this.#row[at + ORDER] = order
    if (expiresAtMs !== expiryOf(record, bornAtMs, arrivedAtMs)) this.#expiries.set(subject, expiresAtMs)
    else if (this.#expiries.size > 0) this.#expiries.delete(subject)
    this.#last = entry
  }

  delete({ record }: Entry): void {
    const subject = this.#shared.subjectOf(record)
    if (!this.#has(subject)) return
    this.#isListed[subject >> 3]! &= ~(1 << (subject & 7))
    this.#expiries.delete(subject)
    this.#size--
    this.#last = undefined
  }

  /** The listed machine that has so many listed ones before it. */
  at(index: number): Entry {
    let before = 0
    let byte = 0
    while (before + bitsIn(this.#isListed[byte]!) <= index) before += bitsIn(this.#isListed[byte++]!)
    let subject = byte * 8
    for (; !this.#has(subject) || before < index; subject++) if (this.#has(subject)) before++
    return this.#entry(subject)
  }

  *values(): Iterable<Entry> {
    const { machines } = this.#shared
    for (let subject = 0; subject < machines; subject++) if (this.#has(subject)) yield this.#entry(subject)
  }

  recordsIn(bucket: number, nowMs: number): AgedRecord[] {
    const records: AgedRecord[] = []
    for (const subject of this.#shared.inBucket(bucket)) {
      if (!this.#has(subject)) continue
      const bornAtMs = this.#arrivedAtMs(subject) - this.#ageMs(subject)
      const isHearsay = this.#source(subject).standing === STANDING.hearsay
      records.push(agedRecord(this.#recordOf(subject), bornAtMs, nowMs, isHearsay))
    }
    return records
  }

  /** The listed record of the subject. */
  recordOf(record: SignedAnnouncement): SignedAnnouncement | undefined {
    const subject = this.#shared.subjectOf(record)
    return this.#has(subject) ? this.#recordOf(subject) : undefined
  }

  /** Whether the record is about the machine whose book this is. */
  isOwn(record: SignedAnnouncement): boolean {
    return this.#shared.subjectOf(record) === this.#self
  }

  /** Whether this record or a newer one is listed, as far as a glance can tell: nothing is older than a first announcement. */
  knows(record: SignedAnnouncement): boolean {
    const { isOwn, subject, ordinal } = record as IssuedRecord
    return isOwn && ordinal === FIRST_ORDINAL && this.#has(subject)
  }

  /**
   * Whether none of the subjects is listed, or this machine. All are looked at, whatever is found: so they come to the processor
   * side by side, and what follows finds them there.
   */
  isClearOf(records: readonly AgedRecord[]): boolean {
    let found = 0
    for (const { record } of records) {
      const subject = this.#shared.subjectOf(record)
      found |= this.#isListed[subject >> 3]! & (1 << (subject & 7))
      if (subject === this.#self) found = 1
    }
    return found === 0
  }

  #has(subject: number): boolean {
    return (this.#isListed[subject >> 3]! & (1 << (subject & 7))) !== 0
  }

  #recordOf(subject: number): SignedAnnouncement {
    return this.#shared.at(this.#row[subject * WORDS + RECORD]!)
  }

  #arrivedAtMs(subject: number): number {
    words[0] = this.#row[subject * WORDS]!
    words[1] = this.#row[subject * WORDS + 1]!
    return number[0]!
  }

  #ageMs(subject: number): number {
    const packed = this.#row[subject * WORDS + AGE_AND_SOURCE]!
    return packed === TOO_LARGE ? this.#large.get(subject)!.ageMs : packed >>> 16
  }

  #source(subject: number): Source {
    const packed = this.#row[subject * WORDS + AGE_AND_SOURCE]!
    return this.#shared.source(packed === TOO_LARGE ? this.#large.get(subject)!.source : packed & 0xffff)
  }

  #packed(subject: number, ageMs: number, source: number): number {
    if (ageMs < 0xffff && source <= 0xffff) return (ageMs << 16) | source
    this.#large.set(subject, { ageMs, source })
    return TOO_LARGE
  }

  #entry(subject: number): Entry {
    const record = this.#recordOf(subject)
    const arrivedAtMs = this.#arrivedAtMs(subject)
    const bornAtMs = arrivedAtMs - this.#ageMs(subject)
    const expiresAtMs =
      (this.#expiries.size === 0 ? undefined : this.#expiries.get(subject)) ?? expiryOf(record, bornAtMs, arrivedAtMs)
    const { forwarder, group, standing } = this.#source(subject)
    const order = this.#row[subject * WORDS + ORDER]!
    return { record, bornAtMs, expiresAtMs, arrivedAtMs, forwarder, group, standing, order }
  }
}

function bitsIn(byte: number): number {
  let bits = 0
  for (let rest = byte; rest !== 0; rest &= rest - 1) bits++
  return bits
}
