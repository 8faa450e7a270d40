/**
 * The entries of a book in columns, for a book has as many as the network has nodes: about 20 bytes each beside the record,
 * where an object in a map takes 150. Slots are dense, from 0 to `size`, so that one can be chosen evenly.
 */
import { hash32, type PeerKey, type SignedAnnouncement } from './announcement.ts'

type Indices = Uint16Array<ArrayBuffer> | Uint32Array<ArrayBuffer>

/** Slots that have no place yet. */
const MIN_PLACES = 16

/** Beyond this share of the places taken, searches become long. */
const MAX_LOAD = 0.75

/** Records by peer, with what the book notes of each. BOUNDED by its owner, who says how large it may become. */
export class EntryTable {
  readonly #records: SignedAnnouncement[] = []
  #bornAtMs = new Float64Array(0)
  #bringers: Indices
  /**
   * Open addressing with linear probing: a slot and 1, or 0 for nothing, at the place of the peer's hash or soon after. Whoever
   * makes up peers that collide makes searches longer, by some microseconds in a full book: less than one signature costs.
   */
  #places: Indices
  readonly #indices: (length: number) => Indices

  /** @param maxEntries - the owner never adds more */
  constructor(maxEntries: number) {
    this.#indices = length => (maxEntries < 2 ** 16 ? new Uint16Array(length) : new Uint32Array(length))
    this.#bringers = this.#indices(0)
    this.#places = this.#indices(MIN_PLACES)
  }

  get size(): number {
    return this.#records.length
  }

  record(slot: number): SignedAnnouncement {
    return this.#records[slot]!
  }

  bornAtMs(slot: number): number {
    return this.#bornAtMs[slot]!
  }

  /** A small number for whoever brought the entry. */
  bringer(slot: number): number {
    return this.#bringers[slot]!
  }

  /** The slot of a peer, or -1. */
  find(peer: PeerKey, peerHash = hash32(peer) | 0): number {
    const places = this.#places
    const mask = places.length - 1
    for (let place = peerHash & mask; ; place = (place + 1) & mask) {
      const slot = places[place]! - 1
      if (slot < 0) return -1
      const record = this.#records[slot]!
      if (record.peerHash === peerHash && record.announcement.peer === peer) return slot
    }
  }

  /** Takes in a peer that has no slot. */
  add(record: SignedAnnouncement, bornAtMs: number, bringer: number): void {
    const slot = this.#records.length
    if (slot === this.#bornAtMs.length) this.#growColumns()
    this.#records.push(record)
    this.#bornAtMs[slot] = bornAtMs
    this.#bringers[slot] = bringer
    if (this.size > MAX_LOAD * this.#places.length) this.#growPlaces()
    else this.#place(slot)
  }

  /** Another record of the same peer. */
  replace(slot: number, record: SignedAnnouncement, bornAtMs: number): void {
    this.#records[slot] = record
    this.#bornAtMs[slot] = bornAtMs
  }

  /** The last entry moves to the slot. */
  remove(slot: number): void {
    const last = this.size - 1
    this.#displace(this.#placeOf(slot))
    if (slot !== last) {
      this.#places[this.#placeOf(last)] = slot + 1
      this.replace(slot, this.record(last), this.bornAtMs(last))
      this.#bringers[slot] = this.bringer(last)
    }
    this.#records.pop()
  }

  #place(slot: number): void {
    const mask = this.#places.length - 1
    let place = this.record(slot).peerHash & mask
    while (this.#places[place] !== 0) place = (place + 1) & mask
    this.#places[place] = slot + 1
  }

  #placeOf(slot: number): number {
    const mask = this.#places.length - 1
    let place = this.record(slot).peerHash & mask
    while (this.#places[place] !== slot + 1) place = (place + 1) & mask
    return place
  }

  /** Empties a place. Whatever stands behind it and is found only by way of it moves up. */
  #displace(hole: number): void {
    const places = this.#places
    const mask = places.length - 1
    for (let place = (hole + 1) & mask; places[place] !== 0; place = (place + 1) & mask) {
      const home = this.record(places[place]! - 1).peerHash & mask
      if (((place - home) & mask) < ((place - hole) & mask)) continue
      places[hole] = places[place]!
      hole = place
    }
    places[hole] = 0
  }

  /** By a quarter: of ten thousand books that are full, little is spare. */
  #growColumns(): void {
    const length = this.size + (this.size >> 2) + MIN_PLACES
    const bornAtMs = new Float64Array(length)
    bornAtMs.set(this.#bornAtMs)
    const bringers = this.#indices(length)
    bringers.set(this.#bringers)
    this.#bornAtMs = bornAtMs
    this.#bringers = bringers
  }

  #growPlaces(): void {
    this.#places = this.#indices(2 * this.#places.length)
    for (let slot = 0; slot < this.size; slot++) this.#place(slot)
  }
}
