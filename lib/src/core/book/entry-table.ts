/**
 * The entries of a book in columns, for a book has as many as the network has nodes: about 30 bytes each beside the record,
 * where an object in a map takes 150. Slots are dense, from 0 to `size`, so that one can be chosen evenly.
 */
import { hash32, type PeerKey, type SignedAnnouncement } from '../record/announcement.ts'
import { HashIndex } from './hash-index.ts'
import { OwnShelf, type Shelf } from './record-store.ts'
import type { Named, SlotIndex } from './slot-index.ts'

/** Columns grow by pages: nothing is copied, and little is spare. */
const PAGE_BITS = 10
const PAGE_MASK = 2 ** PAGE_BITS - 1

/** Entries beside each other. */
interface Page {
  /** Their numbers on the shelf. */
  readonly records: Uint32Array
  readonly bornAtMs: Float64Array
  readonly bringers: Uint16Array | Uint32Array
}

/** Records by peer, with what the book notes of each. BOUNDED by its owner, who says how large it may become. */
export class EntryTable {
  readonly #pages: Page[] = []
  #size = 0
  readonly #hasFewBringers: boolean
  readonly #shelf: Shelf
  readonly #index: SlotIndex

  /** @param maxEntries - the owner never adds more */
  constructor(maxEntries: number, shelf: Shelf = new OwnShelf()) {
    this.#shelf = shelf
    this.#index = shelf.index?.() ?? new HashIndex(maxEntries, this)
    this.#hasFewBringers = maxEntries < 2 ** 16
  }

  get size(): number {
    return this.#size
  }

  record(slot: number): SignedAnnouncement {
    return this.#shelf.at(this.#number(slot))
  }

  bornAtMs(slot: number): number {
    return this.#pages[slot >> PAGE_BITS]!.bornAtMs[slot & PAGE_MASK]!
  }

  /** A small number for whoever brought the entry. */
  bringer(slot: number): number {
    return this.#pages[slot >> PAGE_BITS]!.bringers[slot & PAGE_MASK]!
  }

  /** {@link findSubject} by name. */
  find(peer: PeerKey): number {
    return this.findSubject({ announcement: { peer }, peerHash: hash32(peer) | 0 })
  }

  /** The slot of a record's subject; for one that has none a negative number, which {@link add} makes use of. */
  findSubject(named: Named): number {
    return this.#index.find(named)
  }

  /** Whether the subject is listed with this record or a newer one, as far as a glance can tell. */
  knows(record: SignedAnnouncement): boolean {
    return this.#index.knows(record)
  }

  /** Whether none of the peers has a slot, as far as a look at all of them at once can tell. */
  isClearOf(records: readonly { readonly record: SignedAnnouncement }[]): boolean {
    return this.#index.isClearOf(records)
  }

  /** The slots of the peers in a bucket. */
  inBucket(bucket: number): number[] {
    return this.#index.inBucket(bucket)
  }

  /**
   * Takes in a peer that has no slot.
   *
   * @param sought - what {@link findSubject} has just said of the peer
   */
  add(record: SignedAnnouncement, bornAtMs: number, bringer: number, sought = this.findSubject(record)): void {
    const slot = this.#size++
    if ((slot & PAGE_MASK) === 0) this.#pages.push(this.#newPage())
    this.#write(slot, this.#shelf.put(record), bornAtMs, bringer)
    this.#index.add(record, slot, sought)
  }

  /** Another record of the same peer. */
  replace(slot: number, record: SignedAnnouncement, bornAtMs: number): void {
    this.#shelf.drop(this.#number(slot))
    this.#write(slot, this.#shelf.put(record), bornAtMs, this.bringer(slot))
  }

  /** The last entry moves to the slot. */
  remove(slot: number): void {
    const last = this.size - 1
    this.#index.remove(this.record(slot))
    if (slot !== last) this.#index.move(this.record(last), slot)
    this.#shelf.drop(this.#number(slot))
    this.#write(slot, this.#number(last), this.bornAtMs(last), this.bringer(last))
    this.#size--
    if ((last & PAGE_MASK) === 0) this.#pages.pop()
  }

  #number(slot: number): number {
    return this.#pages[slot >> PAGE_BITS]!.records[slot & PAGE_MASK]!
  }

  #write(slot: number, record: number, bornAtMs: number, bringer: number): void {
    const page = this.#pages[slot >> PAGE_BITS]!
    const position = slot & PAGE_MASK
    page.records[position] = record
    page.bornAtMs[position] = bornAtMs
    page.bringers[position] = bringer
  }

  #newPage(): Page {
    const length = PAGE_MASK + 1
    const Bringers = this.#hasFewBringers ? Uint16Array : Uint32Array
    // A buffer for each column would cost as much as ten entries.
    const byteLength = length * (8 + 4 + Bringers.BYTES_PER_ELEMENT)
    const { buffer, byteOffset } = this.#shelf.room?.(byteLength) ?? {
      buffer: new ArrayBuffer(byteLength),
      byteOffset: 0
    }
    return {
      bornAtMs: new Float64Array(buffer, byteOffset, length),
      records: new Uint32Array(buffer, byteOffset + length * 8, length),
      bringers: new Bringers(buffer, byteOffset + length * (8 + 4), length)
    }
  }
}
