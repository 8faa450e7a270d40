import {
  type AgedRecord,
  agedRecord,
  type Entry,
  type EntryStore,
  expiryOf,
  type PeerKey,
  type SignedAnnouncement
} from 'libp2p-gossip-discovery/core'
import { FIRST_ORDINAL, type IssuedRecord } from '../issuer.ts'
import { Column } from './column.ts'
import { NOBODY, type SharedRecords } from './shared-records.ts'

/**
 * The entries of one book in columns, by the numbers of their subjects: some 20 bytes each, where objects in a map take 250.
 *
 * A book has as many entries as the network has nodes: ten thousand books of ten thousand entries fit into 2 GiB.
 */
export class ColumnStore implements EntryStore {
  readonly #shared: SharedRecords
  readonly #self: number
  /** A bit for each machine. */
  readonly #isListed: Uint8Array
  readonly #arrivedAtMs: Float64Array
  readonly #records: Uint32Array
  readonly #agesMs: Column
  readonly #sources: Column
  readonly #orders: Column
  /** BOUNDED by the entries. When those expire whose record does not say it: they are suspected, or were spared. */
  readonly #expiries = new Map<number, number>()
  #size = 0
  /** What was put in last, as long as nothing was taken out: mostly, it is asked for next. */
  #last: Entry | undefined

  /** @param self - the number of the machine whose book it is */
  constructor(shared: SharedRecords, self: number) {
    const { machines } = shared
    const room = (byteLength: number) => shared.room(byteLength)
    const bits = room(Math.ceil(machines / 8))
    const arrivals = room(machines * Float64Array.BYTES_PER_ELEMENT)
    const records = room(machines * Uint32Array.BYTES_PER_ELEMENT)
    this.#shared = shared
    this.#self = self
    this.#isListed = new Uint8Array(bits.buffer, bits.byteOffset, Math.ceil(machines / 8))
    this.#arrivedAtMs = new Float64Array(arrivals.buffer, arrivals.byteOffset, machines)
    this.#records = new Uint32Array(records.buffer, records.byteOffset, machines)
    this.#agesMs = new Column(machines, room)
    this.#sources = new Column(machines, room)
    this.#orders = new Column(machines, room)
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
    const { record, bornAtMs, expiresAtMs, arrivedAtMs, forwarder, group, order } = entry
    const subject = this.#shared.subjectOf(record)
    if (subject === NOBODY) throw new RangeError(`${record.announcement.peer} is no machine of this simulation`)
    if (!this.#has(subject)) {
      this.#isListed[subject >> 3]! |= 1 << (subject & 7)
      this.#size++
    }
    this.#records[subject] = this.#shared.numberOf(record)
    this.#arrivedAtMs[subject] = arrivedAtMs
    // Ages are whole: what is left is an error of the subtraction.
    this.#agesMs.set(subject, Math.round(arrivedAtMs - bornAtMs))
    this.#sources.set(subject, this.#shared.sourceNumberOf(forwarder, group))
    this.#orders.set(subject, order)
    if (expiresAtMs !== expiryOf(record, bornAtMs)) this.#expiries.set(subject, expiresAtMs)
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
      records.push(agedRecord(this.#shared.at(this.#records[subject]!), this.#bornAtMs(subject), nowMs))
    }
    return records
  }

  /** The listed record of the subject. */
  recordOf(record: SignedAnnouncement): SignedAnnouncement | undefined {
    const subject = this.#shared.subjectOf(record)
    return this.#has(subject) ? this.#shared.at(this.#records[subject]!) : undefined
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

  #bornAtMs(subject: number): number {
    return this.#arrivedAtMs[subject]! - this.#agesMs.get(subject)
  }

  #entry(subject: number): Entry {
    const record = this.#shared.at(this.#records[subject]!)
    const arrivedAtMs = this.#arrivedAtMs[subject]!
    const bornAtMs = this.#bornAtMs(subject)
    const expiresAtMs =
      (this.#expiries.size === 0 ? undefined : this.#expiries.get(subject)) ?? expiryOf(record, bornAtMs)
    const { forwarder, group } = this.#shared.source(this.#sources.get(subject))
    return { record, bornAtMs, expiresAtMs, forwarder, arrivedAtMs, group, order: this.#orders.get(subject) }
  }
}

function bitsIn(byte: number): number {
  let bits = 0
  for (let rest = byte; rest !== 0; rest &= rest - 1) bits++
  return bits
}
