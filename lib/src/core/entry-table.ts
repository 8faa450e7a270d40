/**
 * The entries of a book in columns, for a book has as many as the network has nodes: about 30 bytes each beside the record,
 * where an object in a map takes 150. Slots are dense, from 0 to `size`, so that one can be chosen evenly.
 */
import { hash32, type PeerKey, type SignedAnnouncement } from './announcement.ts'
import { OwnShelf, type Shelf } from './shelf.ts'

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

const MIN_PLACE_BITS = 4

/** The lowest bits of a peer's hash are the bucket that it falls into. */
export const BUCKET_BITS = 6
const BUCKET_MASK = 2 ** BUCKET_BITS - 1

/** Beyond this share of the places taken, searches become long. */
const MAX_LOAD = 0.7

/** Four times as many at once: a book that fills up finds a new place for each entry seldom. */
const PLACE_BITS_PER_GROWTH = 2

/** Spreads hashes that are near to each other. Knuth's multiplicative hashing: 2^32 by the golden ratio. */
const SPREAD = 0x9e3779b1 | 0

/** What a peer is found by. */
interface Named {
  readonly announcement: { readonly peer: PeerKey }
  readonly peerHash: number
}

/** Records by peer, with what the book notes of each. BOUNDED by its owner, who says how large it may become. */
export class EntryTable {
  readonly #pages: Page[] = []
  #size = 0
  /**
   * Open addressing with linear probing: at the home of the peer's hash or soon after stand a slot and 1, and the upper bits of
   * the hash, so that other peers are passed by without a look at their records; 0 for nothing. Homes are in the order of
   * the buckets, so that those of one stand together. Whoever makes up peers that collide makes searches longer, by some
   * microseconds in a full book: less than one signature costs.
   */
  #places = new Int32Array(2 ** MIN_PLACE_BITS)
  #placeBits = MIN_PLACE_BITS
  /** The bits of a place that hold the slot. */
  readonly #slotMask: number
  readonly #hasFewBringers: boolean
  readonly #shelf: Shelf

  /** @param maxEntries - the owner never adds more */
  constructor(maxEntries: number, shelf: Shelf = new OwnShelf()) {
    this.#shelf = shelf
    this.#slotMask = 2 ** (32 - Math.clz32(maxEntries)) - 1
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

  /** The slot of a record's subject; for one that has none a negative number, by which {@link add} knows its place. */
  findSubject({ announcement, peerHash }: Named): number {
    const places = this.#places
    const slotMask = this.#slotMask
    const lastPlace = places.length - 1
    let place = this.#home(peerHash)
    for (; places[place] !== 0; place = (place + 1) & lastPlace) {
      if (((places[place]! ^ peerHash) & ~slotMask) !== 0) continue
      const slot = (places[place]! & slotMask) - 1
      if (this.record(slot).announcement.peer === announcement.peer) return slot
    }
    return ~place
  }

  /**
   * Whether nothing stands at the homes of any of these hashes: none of the peers has a slot.
   *
   * The places of a large table are far from the processor: asked for all at once they come side by side, and searches that follow
   * find them at hand.
   */
  isClearOf(records: readonly { readonly record: SignedAnnouncement }[]): boolean {
    let found = 0
    for (const { record } of records) found |= this.#places[this.#home(record.peerHash)]!
    return found === 0
  }

  /** The slots of the peers in a bucket. */
  inBucket(bucket: number): number[] {
    const slots: number[] = []
    const lastPlace = this.#places.length - 1
    const first = this.#homeInOrder(bucket << -BUCKET_BITS)
    const last = this.#homeInOrder((bucket << -BUCKET_BITS) | (-1 >>> BUCKET_BITS))
    for (let place = first, passed = 0; passed <= lastPlace; place = (place + 1) & lastPlace, passed++) {
      if (this.#places[place] === 0) {
        if (passed >= last - first) break
        continue
      }
      const slot = this.#slotAt(place)
      if ((this.record(slot).peerHash & BUCKET_MASK) === bucket) slots.push(slot)
    }
    return slots
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
    if (this.size > MAX_LOAD * this.#places.length) this.#growPlaces()
    else this.#places[~sought] = this.#signpost(slot, record)
  }

  /** Another record of the same peer. */
  replace(slot: number, record: SignedAnnouncement, bornAtMs: number): void {
    this.#shelf.drop(this.#number(slot))
    this.#write(slot, this.#shelf.put(record), bornAtMs, this.bringer(slot))
  }

  /** The last entry moves to the slot. */
  remove(slot: number): void {
    const last = this.size - 1
    this.#displace(this.#placeOf(slot))
    this.#shelf.drop(this.#number(slot))
    if (slot !== last) {
      this.#places[this.#placeOf(last)] = this.#signpost(slot, this.record(last))
      this.#write(slot, this.#number(last), this.bornAtMs(last), this.bringer(last))
    }
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
    const buffer = new ArrayBuffer(length * (8 + 4 + Bringers.BYTES_PER_ELEMENT))
    return {
      bornAtMs: new Float64Array(buffer, 0, length),
      records: new Uint32Array(buffer, length * 8, length),
      bringers: new Bringers(buffer, length * (8 + 4), length)
    }
  }

  #place(slot: number): void {
    const record = this.record(slot)
    const lastPlace = this.#places.length - 1
    let place = this.#home(record.peerHash)
    while (this.#places[place] !== 0) place = (place + 1) & lastPlace
    this.#places[place] = this.#signpost(slot, record)
  }

  #placeOf(slot: number): number {
    const lastPlace = this.#places.length - 1
    let place = this.#home(this.record(slot).peerHash)
    while (this.#slotAt(place) !== slot) place = (place + 1) & lastPlace
    return place
  }

  /** Empties a place. Whatever stands behind it and is found only by way of it moves up. */
  #displace(hole: number): void {
    const places = this.#places
    const lastPlace = places.length - 1
    for (let place = (hole + 1) & lastPlace; places[place] !== 0; place = (place + 1) & lastPlace) {
      const home = this.#home(this.record(this.#slotAt(place)).peerHash)
      if (((place - home) & lastPlace) < ((place - hole) & lastPlace)) continue
      places[hole] = places[place]!
      hole = place
    }
    places[hole] = 0
  }

  #home(peerHash: number): number {
    return this.#homeInOrder((peerHash << -BUCKET_BITS) | (Math.imul(peerHash, SPREAD) >>> BUCKET_BITS))
  }

  /** Of a number whose upper bits say where. */
  #homeInOrder(order: number): number {
    return order >>> (32 - this.#placeBits)
  }

  #slotAt(place: number): number {
    return (this.#places[place]! & this.#slotMask) - 1
  }

  #signpost(slot: number, { peerHash }: SignedAnnouncement): number {
    return (peerHash & ~this.#slotMask) | (slot + 1)
  }

  #growPlaces(): void {
    this.#placeBits += PLACE_BITS_PER_GROWTH
    this.#places = new Int32Array(2 ** this.#placeBits)
    for (let slot = 0; slot < this.size; slot++) this.#place(slot)
  }
}
