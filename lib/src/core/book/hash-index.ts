/**
 * A slot index with open addressing and linear probing.
 *
 * At the home of a peer's hash or soon after stand its slot and 1, and the upper bits of the hash, so that other peers are passed
 * by without a look at their records; 0 for nothing. Homes are in the order of the buckets, so that those of one stand
 * together. Whoever makes up peers that collide makes searches longer, by some microseconds in a full book: less than one
 * signature costs.
 */
import type { SignedAnnouncement } from '../record/announcement.ts'
import { BUCKET_BITS, bucketOfHash, type Named, type SlotIndex } from './slot-index.ts'

const MIN_PLACE_BITS = 4

/** Beyond this share of the places taken, searches become long. */
const MAX_LOAD = 0.7

/** Four times as many at once: a book that fills up finds a new place for each entry seldom. */
const PLACE_BITS_PER_GROWTH = 2

/** Spreads hashes that are near to each other. Knuth's multiplicative hashing: 2^32 by the golden ratio. */
const SPREAD = 0x9e3779b1 | 0

/** What stands in the slots. */
interface Records {
  record(slot: number): SignedAnnouncement
}

/** BOUNDED by the slots that are added. */
export class HashIndex implements SlotIndex {
  readonly #records: Records
  /** The bits of a place that hold the slot. */
  readonly #slotMask: number
  #places = new Int32Array(2 ** MIN_PLACE_BITS)
  #placeBits = MIN_PLACE_BITS
  #size = 0

  /** @param maxSlots - the owner never adds more */
  constructor(maxSlots: number, records: Records) {
    this.#records = records
    this.#slotMask = 2 ** (32 - Math.clz32(maxSlots)) - 1
  }

  find({ announcement, peerHash }: Named): number {
    const places = this.#places
    const slotMask = this.#slotMask
    const lastPlace = places.length - 1
    let place = this.#home(peerHash)
    for (; places[place] !== 0; place = (place + 1) & lastPlace) {
      if (((places[place]! ^ peerHash) & ~slotMask) !== 0) continue
      const slot = (places[place]! & slotMask) - 1
      if (this.#records.record(slot).announcement.peer === announcement.peer) return slot
    }
    return ~place
  }

  add(record: SignedAnnouncement, slot: number, sought: number): void {
    this.#size++
    if (this.#size <= MAX_LOAD * this.#places.length) this.#places[~sought] = this.#signpost(slot, record)
    else {
      this.#grow()
      this.#place(record, slot)
    }
  }

  move(record: SignedAnnouncement, slot: number): void {
    this.#places[this.#placeOf(record)] = this.#signpost(slot, record)
  }

  /** Empties the peer's place. Whatever stands behind it and is found only by way of it moves up. */
  remove(record: SignedAnnouncement): void {
    const places = this.#places
    const lastPlace = places.length - 1
    let hole = this.#placeOf(record)
    for (let place = (hole + 1) & lastPlace; places[place] !== 0; place = (place + 1) & lastPlace) {
      const home = this.#home(this.#records.record(this.#slotAt(place)).peerHash)
      if (((place - home) & lastPlace) < ((place - hole) & lastPlace)) continue
      places[hole] = places[place]!
      hole = place
    }
    places[hole] = 0
    this.#size--
  }

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
      if (bucketOfHash(this.#records.record(slot).peerHash) === bucket) slots.push(slot)
    }
    return slots
  }

  knows(): boolean {
    return false
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

  #place(record: SignedAnnouncement, slot: number): void {
    const lastPlace = this.#places.length - 1
    let place = this.#home(record.peerHash)
    while (this.#places[place] !== 0) place = (place + 1) & lastPlace
    this.#places[place] = this.#signpost(slot, record)
  }

  #placeOf(record: SignedAnnouncement): number {
    const slot = this.find(record)
    const lastPlace = this.#places.length - 1
    let place = this.#home(record.peerHash)
    while (this.#slotAt(place) !== slot) place = (place + 1) & lastPlace
    return place
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

  #grow(): void {
    const former = this.#places
    this.#placeBits += PLACE_BITS_PER_GROWTH
    this.#places = new Int32Array(2 ** this.#placeBits)
    for (const signpost of former) {
      if (signpost === 0) continue
      const slot = (signpost & this.#slotMask) - 1
      this.#place(this.#records.record(slot), slot)
    }
  }
}
