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
 * The entries of one book in a row of numbers, each at the place of its subject: 20 bytes each, where objects in a map take 250.
 *
 * A book has as many entries as the network has nodes: ten thousand books of ten thousand entries fit into 2 GiB. All that is known of
 * a subject is side by side: whoever looks at thousands of books finds nothing close to the processor.
 */
export class RowStore implements EntryStore {
  readonly #shared: SharedRecords
  readonly #self: number
  /** A bit for each machine. */
  readonly #isListed: Uint8Array
  /** The same, 32 to a word. */
  readonly #listedWords: Uint32Array
  readonly #row: Uint32Array
  /** BOUNDED by the entries. What does not fit, by where it belongs in the row. */
  #large: Map<number, { readonly ageMs: number; readonly source: number }> | undefined
  /** BOUNDED by the entries. When those expire whose record does not say it: they are suspected, or were spared. */
  #expiries: Map<number, number> | undefined
  #size = 0
  /** What was put in last, as long as nothing was taken out: mostly, it is asked for next. */
  #last: Entry | undefined

  /** @param self - the number of the machine whose book it is */
  constructor(shared: SharedRecords, self: number) {
    const { machines } = shared
    const bitWords = Math.ceil(machines / 32)
    const bits = shared.room(bitWords * Uint32Array.BYTES_PER_ELEMENT)
    const row = shared.room(machines * WORDS * Uint32Array.BYTES_PER_ELEMENT)
    this.#shared = shared
    this.#self = self
    this.#isListed = new Uint8Array(bits.buffer, bits.byteOffset, Math.ceil(machines / 8))
    this.#listedWords = new Uint32Array(bits.buffer, bits.byteOffset, bitWords)
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
    const at = this.#startOf(subject)
    number[0] = arrivedAtMs
    this.#row[at] = words[0]!
    this.#row[at + 1] = words[1]!
    this.#row[at + RECORD] = this.#shared.numberOf(record)
    // Ages are whole: what is left is an error of the subtraction.
    this.#row[at + AGE_AND_SOURCE] = this.#packed(
      at,
      Math.round(arrivedAtMs - bornAtMs),
      this.#shared.sourceNumberOf(entry)
    )
    this.#row[at + ORDER] = order
    if (expiresAtMs !== expiryOf(record, bornAtMs, arrivedAtMs)) this.#setExpiry(subject, expiresAtMs)
    else this.#expiries?.delete(subject)
    this.#last = entry
  }

  delete({ record }: Entry): void {
    const subject = this.#shared.subjectOf(record)
    if (!this.#has(subject)) return
    this.#isListed[subject >> 3]! &= ~(1 << (subject & 7))
    this.#expiries?.delete(subject)
    this.#size--
    this.#last = undefined
  }

  /** The listed machine that has so many listed ones before it. */
  at(index: number): Entry {
    let before = 0
    let word = 0
    for (let bits = bitsIn(this.#listedWords[0]!); before + bits <= index; bits = bitsIn(this.#listedWords[++word]!)) {
      before += bits
    }
    let subject = word * 32
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
      const at = this.#startOf(subject)
      const bornAtMs = this.#arrivedAtMs(at) - this.#ageMs(at)
      const isHearsay = this.#source(at).standing === STANDING.hearsay
      records.push(agedRecord(this.#recordAt(at), bornAtMs, nowMs, isHearsay))
    }
    return records
  }

  /** The listed record of the subject. */
  recordOf(record: SignedAnnouncement): SignedAnnouncement | undefined {
    const subject = this.#shared.subjectOf(record)
    return this.#has(subject) ? this.#recordAt(this.#startOf(subject)) : undefined
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

  /** Where the words of the subject begin. */
  #startOf(subject: number): number {
    return this.#shared.placeOf(subject) * WORDS
  }

  #recordAt(at: number): SignedAnnouncement {
    return this.#shared.at(this.#row[at + RECORD]!)
  }

  #arrivedAtMs(at: number): number {
    words[0] = this.#row[at]!
    words[1] = this.#row[at + 1]!
    return number[0]!
  }

  #ageMs(at: number): number {
    const packed = this.#row[at + AGE_AND_SOURCE]!
    return packed === TOO_LARGE ? this.#large!.get(at)!.ageMs : packed >>> 16
  }

  #source(at: number): Source {
    const packed = this.#row[at + AGE_AND_SOURCE]!
    return this.#shared.source(packed === TOO_LARGE ? this.#large!.get(at)!.source : packed & 0xffff)
  }

  #packed(at: number, ageMs: number, source: number): number {
    if (ageMs < 0xffff && source <= 0xffff) return (ageMs << 16) | source
    this.#large ??= new Map()
    this.#large.set(at, { ageMs, source })
    return TOO_LARGE
  }

  #setExpiry(subject: number, expiresAtMs: number): void {
    this.#expiries ??= new Map()
    this.#expiries.set(subject, expiresAtMs)
  }

  #entry(subject: number): Entry {
    const at = this.#startOf(subject)
    const record = this.#recordAt(at)
    const arrivedAtMs = this.#arrivedAtMs(at)
    const bornAtMs = arrivedAtMs - this.#ageMs(at)
    const expiresAtMs = this.#expiries?.get(subject) ?? expiryOf(record, bornAtMs, arrivedAtMs)
    const { forwarder, group, standing } = this.#source(at)
    const order = this.#row[at + ORDER]!
    return { record, bornAtMs, expiresAtMs, arrivedAtMs, forwarder, group, standing, order }
  }
}

/** Bits of a word of 32 that are set: of pairs, then of fours, of eights, and of all. */
function bitsIn(word: number): number {
  const pairs = word - ((word >>> 1) & 0x55555555)
  const fours = (pairs & 0x33333333) + ((pairs >>> 2) & 0x33333333)
  const eights = (fours + (fours >>> 4)) & 0x0f0f0f0f
  return Math.imul(eights, 0x01010101) >>> 24
}
