/**
 * The entries of a book in columns, for a book has as many as the network has nodes: about 30 bytes each beside the record,
 * where an object in a map takes 150. Slots are dense, from 0 to `size`, so that one can be chosen evenly.
 */
import { hash32, type PeerKey, type SignedAnnouncement } from './announcement.ts'

/** Columns grow by pages: nothing is copied, and little is spare. */
const PAGE_BITS = 8
const PAGE_MASK = 2 ** PAGE_BITS - 1

/** Entries beside each other. */
interface Page {
  readonly records: (SignedAnnouncement | undefined)[]
  readonly bornAtMs: Float64Array
  readonly bringers: Uint16Array | Uint32Array
}

const MIN_PLACE_BITS = 4

/** Beyond this share of the places taken, searches become long. */
const MAX_LOAD = 0.7

/** Spreads hashes that are near to each other. Knuth's multiplicative hashing: 2^32 by the golden ratio. */
const SPREAD = 0x9e3779b1 | 0

/** Records by peer, with what the book notes of each. BOUNDED by its owner, who says how large it may become. */
export class EntryTable {
  readonly #pages: Page[] = []
  #size = 0
  /**
   * Open addressing with linear probing: at the home of the peer's hash or soon after stand a slot and 1, and the upper bits of
   * the hash, so that other peers are passed by without a look at their records; 0 for nothing. Whoever makes up peers
   * that collide makes searches longer, by some microseconds in a full book: less than one signature costs.
   */
  #places = new Int32Array(2 ** MIN_PLACE_BITS)
  #placeBits = MIN_PLACE_BITS
  /** The bits of a place that hold the slot. */
  readonly #slotMask: number
  readonly #hasFewBringers: boolean

  /** @param maxEntries - the owner never adds more */
  constructor(maxEntries: number) {
    this.#slotMask = 2 ** (32 - Math.clz32(maxEntries)) - 1
    this.#hasFewBringers = maxEntries < 2 ** 16
  }

  get size(): number {
    return this.#size
  }

  record(slot: number): SignedAnnouncement {
    return this.#pages[slot >> PAGE_BITS]!.records[slot & PAGE_MASK]!
  }

  bornAtMs(slot: number): number {
    return this.#pages[slot >> PAGE_BITS]!.bornAtMs[slot & PAGE_MASK]!
  }

  /** A small number for whoever brought the entry. */
  bringer(slot: number): number {
    return this.#pages[slot >> PAGE_BITS]!.bringers[slot & PAGE_MASK]!
  }

  /** The slot of a peer, or -1. */
  find(peer: PeerKey, peerHash = hash32(peer) | 0): number {
    const places = this.#places
    const slotMask = this.#slotMask
    const lastPlace = places.length - 1
    for (let place = this.#home(peerHash); places[place] !== 0; place = (place + 1) & lastPlace) {
      if (((places[place]! ^ peerHash) & ~slotMask) !== 0) continue
      const slot = (places[place]! & slotMask) - 1
      if (this.record(slot).announcement.peer === peer) return slot
    }
    return -1
  }

  /** Takes in a peer that has no slot. */
  add(record: SignedAnnouncement, bornAtMs: number, bringer: number): void {
    const slot = this.#size++
    if ((slot & PAGE_MASK) === 0) this.#pages.push(this.#newPage())
    this.#write(slot, record, bornAtMs, bringer)
    if (this.size > MAX_LOAD * this.#places.length) this.#growPlaces()
    else this.#place(slot)
  }

  /** Another record of the same peer. */
  replace(slot: number, record: SignedAnnouncement, bornAtMs: number): void {
    this.#write(slot, record, bornAtMs, this.bringer(slot))
  }

  /** The last entry moves to the slot. */
  remove(slot: number): void {
    const last = this.size - 1
    this.#displace(this.#placeOf(slot))
    if (slot !== last) {
      this.#places[this.#placeOf(last)] = this.#signpost(slot, this.record(last))
      this.#write(slot, this.record(last), this.bornAtMs(last), this.bringer(last))
    }
    this.#pages.at(-1)!.records[last & PAGE_MASK] = undefined
    this.#size--
    if ((last & PAGE_MASK) === 0) this.#pages.pop()
  }

  #write(slot: number, record: SignedAnnouncement, bornAtMs: number, bringer: number): void {
    const page = this.#pages[slot >> PAGE_BITS]!
    const position = slot & PAGE_MASK
    page.records[position] = record
    page.bornAtMs[position] = bornAtMs
    page.bringers[position] = bringer
  }

  #newPage(): Page {
    const length = PAGE_MASK + 1
    const bringers = this.#hasFewBringers ? new Uint16Array(length) : new Uint32Array(length)
    return { records: new Array(length), bornAtMs: new Float64Array(length), bringers }
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
    return Math.imul(peerHash, SPREAD) >>> (32 - this.#placeBits)
  }

  #slotAt(place: number): number {
    return (this.#places[place]! & this.#slotMask) - 1
  }

  #signpost(slot: number, { peerHash }: SignedAnnouncement): number {
    return (peerHash & ~this.#slotMask) | (slot + 1)
  }

  #growPlaces(): void {
    this.#placeBits++
    this.#places = new Int32Array(2 ** this.#placeBits)
    for (let slot = 0; slot < this.size; slot++) this.#place(slot)
  }
}
