/** The changes of the address book one after the other, for a loop that takes its time. */
import type { DiscoveredPeer } from './discovered-peer.ts'

/** What becomes of the peers in the book; replayed in order, these events give the book. */
export interface AddressBookEvents {
  /** A peer that was not listed. */
  joined: CustomEvent<DiscoveredPeer>
  /** A listed peer restarted, or changed its name, addresses or metadata; heartbeats are silent. */
  updated: CustomEvent<DiscoveredPeer>
  /** A peer said farewell. */
  left: CustomEvent<DiscoveredPeer>
  /** A peer was not heard of within its ttl. */
  expired: CustomEvent<DiscoveredPeer>
  /** The book is full, and another peer was taken in in place of this one. */
  evicted: CustomEvent<DiscoveredPeer>
}

/** Changes that wait for a loop. Enough for a network of a thousand that joins at once; some 2 MB at worst. */
const MAX_WAITING = 1_024

/**
 * What became of a peer. `lost` comes in place of changes that waited for a loop that was too slow: begin again with the whole book
 * then, and go on with what follows.
 */
export type AddressBookChange =
  | { readonly type: keyof AddressBookEvents; readonly peer: DiscoveredPeer }
  | { readonly type: 'lost'; readonly changes: number }

/** Keeps what happens until somebody asks for it. */
export class BookChanges implements AsyncIterableIterator<AddressBookChange, undefined, void> {
  /** BOUNDED by `MAX_WAITING`. */
  readonly #waiting: AddressBookChange[] = []
  readonly #signal: AbortSignal | undefined
  readonly #onEnd: (changes: BookChanges) => void
  /** BOUNDED by the calls of {@link next} that are under way: one in a loop. */
  #readers: (() => void)[] = []
  #lost = 0
  #state: 'open' | 'ended' | 'aborted' = 'open'

  /** @param onEnd - called once nothing more is wanted */
  constructor(signal: AbortSignal | undefined, onEnd: (changes: BookChanges) => void) {
    this.#signal = signal
    this.#onEnd = onEnd
    if (signal?.aborted === true) this.#onAbort()
    else signal?.addEventListener('abort', this.#onAbort, { once: true })
  }

  [Symbol.asyncIterator](): this {
    return this
  }

  /** Something has happened. */
  add(change: AddressBookChange): void {
    if (this.#state !== 'open') return
    if (this.#waiting.length >= MAX_WAITING) {
      this.#lost += this.#waiting.length
      this.#waiting.length = 0
    }
    this.#waiting.push(change)
    this.#wake()
  }

  /** Nothing more will happen; what waits can still be read. */
  end(): void {
    this.#close('ended')
  }

  /**
   * @throws the reason of the signal once it aborts
   */
  async next(): Promise<IteratorResult<AddressBookChange, undefined>> {
    while (true) {
      if (this.#state === 'aborted') throw this.#signal?.reason
      const value = this.#takeFirst()
      if (value !== undefined) return { done: false, value }
      if (this.#state === 'ended') return { done: true, value: undefined }
      await new Promise<void>(resolve => this.#readers.push(resolve))
    }
  }

  /** The loop was left. */
  async return(): Promise<IteratorResult<AddressBookChange, undefined>> {
    this.#waiting.length = 0
    this.#lost = 0
    this.#close('ended')
    return { done: true, value: undefined }
  }

  #takeFirst(): AddressBookChange | undefined {
    if (this.#lost === 0) return this.#waiting.shift()
    const changes = this.#lost
    this.#lost = 0
    return { type: 'lost', changes }
  }

  #wake(): void {
    const readers = this.#readers
    this.#readers = []
    for (const resume of readers) resume()
  }

  readonly #onAbort = (): void => {
    this.#waiting.length = 0
    this.#close('aborted')
  }

  #close(state: 'ended' | 'aborted'): void {
    if (this.#state !== 'open') return
    this.#state = state
    this.#signal?.removeEventListener('abort', this.#onAbort)
    this.#onEnd(this)
    this.#wake()
  }
}
