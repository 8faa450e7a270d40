/** The changes of the address book one after the other, for a loop that takes its time, and what such loops have in common. */
import type { DiscoveredPeer } from './discovered-peer.ts'

/** What becomes of the peers in the book; replayed in order, these events give the book. */
export interface AddressBookPeerEvents {
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

/** All events of the address book. */
export interface AddressBookEvents extends AddressBookPeerEvents {
  /**
   * The book has come to rest: nothing in it has changed for 0.5 s. Told once after each series of changes, within a second of the
   * last one, and 5 s after the start where nobody is found. Heartbeats are no changes.
   */
  settled: CustomEvent<AddressBookSettled>
}

/** What the book holds at rest. */
export interface AddressBookSettled {
  /** Peers that are listed. */
  readonly size: number
}

/**
 * What became of a peer. `lost` comes in place of changes that waited for a loop that was too slow: begin again with the whole book
 * then, and go on with what follows.
 */
export type AddressBookChange =
  | { readonly type: keyof AddressBookPeerEvents; readonly peer: DiscoveredPeer }
  | { readonly type: 'lost'; readonly changes: number }

/** Changes that wait for a loop. Enough for a network of a thousand that joins at once; some 2 MB at worst. */
export const MAX_WAITING = 1_024

/** Keeps what happens until somebody asks for it: of changes one by one, and of batches. */
export abstract class BookLoop<Item> implements AsyncIterableIterator<Item, undefined, void> {
  /** BOUNDED by `MAX_WAITING`. */
  protected waiting: AddressBookChange[] = []
  readonly #signal: AbortSignal | undefined
  readonly #onEnd: (loop: BookLoop<unknown>) => void
  /** BOUNDED by the calls of {@link next} that are under way: one in a loop. */
  #readers: (() => void)[] = []
  #lost = 0
  #state: 'open' | 'ended' | 'aborted' = 'open'

  /** @param onEnd - called once nothing more is wanted */
  constructor(signal: AbortSignal | undefined, onEnd: (loop: BookLoop<unknown>) => void) {
    this.#signal = signal
    this.#onEnd = onEnd
    if (signal?.aborted === true) this.#state = 'aborted'
    else signal?.addEventListener('abort', this.#onAbort, { once: true })
  }

  [Symbol.asyncIterator](): this {
    return this
  }

  /** Something has happened, at this time. */
  add(change: AddressBookChange, _nowMs: number): void {
    if (this.#state !== 'open') return
    if (this.waiting.length >= MAX_WAITING) {
      this.#lost += this.waiting.length
      this.waiting = []
      this.forget()
    }
    this.waiting.push(change)
    this.wake()
  }

  /** Nothing more will happen; what waits can still be read. */
  end(): void {
    this.#close('ended')
  }

  /**
   * @throws the reason of the signal once it aborts
   */
  async next(): Promise<IteratorResult<Item, undefined>> {
    while (true) {
      if (this.#state === 'aborted') throw this.#signal?.reason
      const value = this.take(this.#state === 'ended')
      if (value !== undefined) return { done: false, value }
      if (this.#state === 'ended') return { done: true, value: undefined }
      await new Promise<void>(resolve => this.#readers.push(resolve))
    }
  }

  /** The loop was left. */
  async return(): Promise<IteratorResult<Item, undefined>> {
    this.#clear()
    this.#close('ended')
    return { done: true, value: undefined }
  }

  /** What the loop is given next, out of {@link waiting}; `isLast` when nothing follows. */
  protected abstract take(isLast: boolean): Item | undefined

  /** What waited is lost. */
  protected forget(): void {}

  /** The word that stands in place of changes that were lost, once. */
  protected takeLost(): AddressBookChange[] {
    const changes = this.#lost
    this.#lost = 0
    return changes === 0 ? [] : [{ type: 'lost', changes }]
  }

  /** Lets those who wait look again. */
  protected wake(): void {
    const readers = this.#readers
    this.#readers = []
    for (const resume of readers) resume()
  }

  readonly #onAbort = (): void => {
    this.#clear()
    this.#close('aborted')
  }

  #clear(): void {
    this.waiting = []
    this.#lost = 0
    this.forget()
  }

  #close(state: 'ended' | 'aborted'): void {
    if (this.#state !== 'open') return
    this.#state = state
    this.#signal?.removeEventListener('abort', this.#onAbort)
    this.#onEnd(this)
    this.wake()
  }
}

export class BookChanges extends BookLoop<AddressBookChange> {
  protected take(): AddressBookChange | undefined {
    return this.takeLost()[0] ?? this.waiting.shift()
  }
}
