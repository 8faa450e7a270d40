/** The changes of the address book in batches, for those who act on the book as a whole. */
import { type AddressBookChange, BookLoop, MAX_WAITING } from './book-changes.ts'

/**
 * Where changes do not cease, a batch goes on for so long, or has so many changes: it ends with the next one, so that something follows a
 * batch that ends before the book has settled.
 */
export const MAX_BATCH_MS = 5_000
export const MAX_BATCH = MAX_WAITING / 2

/** Changes that belong together. Every change is in exactly one batch, in order. */
export interface AddressBookBatch {
  /** At least one. */
  readonly changes: readonly AddressBookChange[]
  /**
   * Whether the book had settled after the last of them. If not, more changes follow at once: the batch ended because it went on for
   * 5 s, or had 512 changes, or because the service stopped.
   */
  readonly isSettled: boolean
}

/** Where a batch ends that is complete. */
interface End {
  /** Changes that wait and belong to it, or to one before that nobody has taken. */
  readonly changes: number
  readonly isSettled: boolean
}

export class BookBatches extends BookLoop<AddressBookBatch> {
  #end: End | undefined
  /** When the first change came of the batch that has not ended. */
  #begunAtMs = 0

  override add(change: AddressBookChange, nowMs: number): void {
    const isLong = this.#open >= MAX_BATCH || nowMs > this.#begunAtMs + MAX_BATCH_MS
    if (this.#open > 0 && isLong) this.#endBatch(false)
    if (this.#open === 0) this.#begunAtMs = nowMs
    super.add(change, nowMs)
  }

  /** The book has come to rest. */
  settled(): void {
    if (this.waiting.length > 0) this.#endBatch(true)
  }

  protected take(isLast: boolean): AddressBookBatch | undefined {
    const { changes: count, isSettled } = this.#end ?? { changes: isLast ? this.waiting.length : 0, isSettled: false }
    if (count === 0) return undefined
    const changes = [...this.takeLost(), ...this.waiting.splice(0, count)]
    this.#end = undefined
    return { changes, isSettled }
  }

  protected override forget(): void {
    this.#end = undefined
  }

  /** Changes that came after {@link #end}. */
  get #open(): number {
    return this.waiting.length - (this.#end?.changes ?? 0)
  }

  /** Batches that nobody has taken yet become one. */
  #endBatch(isSettled: boolean): void {
    this.#end = { changes: this.waiting.length, isSettled }
    this.wake()
  }
}
