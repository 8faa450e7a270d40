/** When a book has to look at its entries again. */
import type { PeerKey } from '../record/announcement.ts'
import type { AddressBookEntry, Entry } from './entry.ts'

/** Part of its ttl after which an entry has missed a heartbeat: there are three to a ttl. */
const FADING_RATIO = 2 / 3

/** Least time between two looks at the entries that fade. */
const FADING_INTERVAL_MS = 1_000

/** The earliest deadlines of all entries: one number each, so that an entry costs nothing here. */
export class Deadlines {
  #nextExpiryMs = Number.POSITIVE_INFINITY
  #nextFadingMs = Number.POSITIVE_INFINITY

  /** No entry expires before this time. */
  get nextExpiryMs(): number {
    return this.#nextExpiryMs
  }

  /** No entry begins to fade before this time. */
  get nextFadingMs(): number {
    return this.#nextFadingMs
  }

  /** There is something to do when the entry fades, and when it expires. */
  expect(entry: Entry): void {
    this.expectExpiry(entry.expiresAtMs)
    this.#nextFadingMs = Math.min(this.#nextFadingMs, fadesAtMs(entry))
  }

  expectExpiry(atMs: number): void {
    this.#nextExpiryMs = Math.min(this.#nextExpiryMs, atMs)
  }

  /** Those of all entries whose time is over, first the one that was over first; the others are expected later. */
  over(entries: Iterable<Entry>, nowMs: number): Entry[] {
    if (nowMs < this.#nextExpiryMs) return []
    const over: Entry[] = []
    this.#nextExpiryMs = Number.POSITIVE_INFINITY
    for (const entry of entries) {
      if (entry.expiresAtMs <= nowMs) over.push(entry)
      else this.expectExpiry(entry.expiresAtMs)
    }
    return over.sort((one, other) => one.expiresAtMs - other.expiresAtMs || one.order - other.order)
  }

  /** Of all entries, the peers that fade; each comes again, ever sooner, until it expires. */
  fading(entries: Iterable<Entry>, nowMs: number): PeerKey[] {
    if (nowMs < this.#nextFadingMs) return []
    const peers: PeerKey[] = []
    this.#nextFadingMs = Number.POSITIVE_INFINITY
    for (const entry of entries) {
      let nextMs = fadesAtMs(entry)
      if (nextMs <= nowMs) {
        peers.push(entry.record.announcement.peer)
        nextMs = nowMs + Math.max(FADING_INTERVAL_MS, (entry.expiresAtMs - nowMs) / 2)
      }
      this.#nextFadingMs = Math.min(this.#nextFadingMs, nextMs)
    }
    return peers
  }
}

/** From when on nobody has had news of an entry for so long that a heartbeat must have been lost. */
export function fadesAtMs({ record, bornAtMs }: AddressBookEntry): number {
  return bornAtMs + record.announcement.ttlMs * FADING_RATIO
}
