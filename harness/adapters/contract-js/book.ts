/** The book of an adapter: every change is told by a line, so that the lines, replayed, give the book. */
import type { BookEntry, NodeLine } from '../../src/contract.ts'

export class Book {
  readonly #entries = new Map<string, BookEntry>()
  readonly #write: (line: NodeLine) => void

  constructor(write: (line: NodeLine) => void) {
    this.#write = write
  }

  get entries(): readonly BookEntry[] {
    return [...this.#entries.values()]
  }

  get(peerId: string): BookEntry | undefined {
    return this.#entries.get(peerId)
  }

  has(peerId: string): boolean {
    return this.#entries.has(peerId)
  }

  /** A greater seq alone changes the entry, and is not told. */
  put(entry: BookEntry): void {
    const known = this.#entries.get(entry.peerId)
    this.#entries.set(entry.peerId, entry)
    if (known === undefined) this.#write({ type: 'joined', ...entry })
    else if (!sameButSeq(known, entry)) this.#write({ type: 'updated', ...entry })
  }

  /** @param why - `left` if the peer said farewell */
  remove(peerId: string, why: 'left' | 'expired'): void {
    if (this.#entries.delete(peerId)) this.#write({ type: why, peerId })
  }
}

function sameButSeq(a: BookEntry, b: BookEntry): boolean {
  return JSON.stringify({ ...a, seq: 0 }) === JSON.stringify({ ...b, seq: 0 })
}
