/** When the address book has come to rest, so that an application may act on it as a whole. */
import type { Output } from '../effects.ts'

/**
 * The book has settled when nothing in it has changed for this long: short, since applications wait for it, and long enough for the parts
 * of one change to come together. Of 490 nodes that start within a second, simulated, 3 sizes of books are told on the way with this, and
 * one with 900 ms, while the start takes 4.4 s.
 */
export const QUIET_MS = 500

/** A node that lists nobody so long after its start is the first one, or alone: its empty book has settled. A guess: five dials. */
export const ALONE_MS = 5_000

/** A node that was late reads what waits for it within this time. A guess: some hundred messages. */
const CATCH_UP_MS = 100

const CHANGES: ReadonlySet<Output['type']> = new Set(['joined', 'updated', 'left', 'expired', 'evicted'])

export class Settling {
  #dueMs: number

  constructor(nowMs: number) {
    this.#dueMs = nowMs + ALONE_MS
  }

  /** When the book will have settled, if nothing changes until then; infinity if it has. */
  get nextMs(): number {
    return this.#dueMs
  }

  /** A run of the node begins, with the book as it is. */
  begin(nowMs: number): void {
    this.#dueMs = nowMs + ALONE_MS
  }

  /** The node was late by so much: changes may wait to be read, so that time was no rest. */
  excuse(latenessMs: number, nowMs: number): void {
    this.#dueMs = Math.max(this.#dueMs + latenessMs, nowMs + CATCH_UP_MS)
  }

  /** What there is to tell, after all that the node has done at this moment. */
  after(done: readonly Output[], nowMs: number): Output[] {
    if (done.some(({ type }) => CHANGES.has(type))) this.#dueMs = nowMs + QUIET_MS
    if (nowMs < this.#dueMs) return []
    this.#dueMs = Number.POSITIVE_INFINITY
    return [{ type: 'settled' }]
  }
}
