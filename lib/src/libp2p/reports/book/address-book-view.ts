/** The address book as applications see it: libp2p's types, live, and with events. */
import type { PeerId } from '@libp2p/interface'
import { TypedEventEmitter } from 'main-event'
import { type AddressBook, type AddressBookEntry, type PeerKey, Recent } from '../../../core/index.ts'
import { type AddressBookBatch, BookBatches } from './book-batches.ts'
import {
  type AddressBookChange,
  type AddressBookEvents,
  type AddressBookPeerEvents,
  BookChanges,
  type BookLoop
} from './book-changes.ts'
import {
  type DiscoveredPeer,
  type DiscoveredPeerJSON,
  discoveredPeer,
  discoveredPeerJson,
  peerLabel
} from './discovered-peer.ts'

/** Peers that are gone are dialled for a while. The log calls so many of them by their names, and twice as many at most. */
const NAMES_KEPT = 256

/**
 * Every peer that is known and has not expired, never the node itself.
 *
 * @example
 * ```ts
 * const { addressBook } = libp2p.services.discovery
 * for (const peer of addressBook) console.log(peer.name, peer.peerId.toString())
 * console.log(JSON.stringify(addressBook))
 * ```
 */
export class AddressBookView extends TypedEventEmitter<AddressBookEvents> implements Iterable<DiscoveredPeer> {
  readonly #book: AddressBook
  readonly #nowMs: () => number
  readonly #isPartner: (peer: PeerKey) => boolean
  /** BOUNDED by the book. */
  readonly #suspected = new Set<PeerKey>()
  /** BOUNDED by `NAMES_KEPT`, twice. */
  readonly #formerNames = new Recent<PeerKey, { readonly name: string }>(NAMES_KEPT)
  /** BOUNDED by the loops of the application. */
  readonly #loops = new Set<BookLoop<unknown>>()
  /** BOUNDED by the calls of the application that wait. */
  readonly #watchers = new Set<() => void>()
  #isSettled = false

  constructor(book: AddressBook, nowMs: () => number, isPartner: (peer: PeerKey) => boolean) {
    super()
    this.#book = book
    this.#nowMs = nowMs
    this.#isPartner = isPartner
  }

  get size(): number {
    return this.#book.size
  }

  /** Whether the book has come to rest: see the event `settled`. False from the next change on, and until the first start. */
  get isSettled(): boolean {
    return this.#isSettled
  }

  has(peerId: PeerId): boolean {
    return this.#book.get(peerId.toString()) !== undefined
  }

  get(peerId: PeerId): DiscoveredPeer | undefined {
    const entry = this.#book.get(peerId.toString())
    return entry === undefined ? undefined : this.#peer(entry)
  }

  *[Symbol.iterator](): Generator<DiscoveredPeer> {
    for (const entry of this.#book.values()) yield this.#peer(entry)
  }

  /** The whole book as `JSON.stringify` writes it. */
  toJSON(): DiscoveredPeerJSON[] {
    return [...this].map(discoveredPeerJson)
  }

  /**
   * What happens from this call on, the events one after the other. Up to 1,024 changes wait for a loop that takes its time; beyond,
   * they are dropped, and a change of type `lost` stands in their place. Ends when the service stops, after what still waited.
   *
   * @example
   * ```ts
   * for await (const change of libp2p.services.discovery.addressBook.changes({ signal: AbortSignal.timeout(60_000) })) {
   *   if (change.type === 'lost') console.log('too slow: read the whole book again')
   *   else console.log(change.type, change.peer.name)
   * }
   * ```
   *
   * @param options - the signal ends the loop by throwing its reason
   */
  changes(options: { signal?: AbortSignal } = {}): AsyncIterableIterator<AddressBookChange, undefined, void> {
    return this.#follow(new BookChanges(options.signal, ended => this.#loops.delete(ended)), options.signal)
  }

  /**
   * What happens from this call on, in batches, for those who act on the book as a whole: a batch ends when the book has settled. Every
   * change is in exactly one batch, in order. Batches that end while a loop is busy become one. Up to 1,024 changes wait; beyond, they
   * are dropped, and a change of type `lost` stands in their place. Ends when the service stops, after what still waited.
   *
   * @example
   * ```ts
   * for await (const { changes, isSettled } of libp2p.services.discovery.addressBook.batches()) {
   *   console.log(`${changes.length} changes at once${isSettled ? '' : ', and more to come'}`)
   * }
   * ```
   *
   * @param options - the signal ends the loop by throwing its reason
   */
  batches(options: { signal?: AbortSignal } = {}): AsyncIterableIterator<AddressBookBatch, undefined, void> {
    return this.#follow(new BookBatches(options.signal, ended => this.#loops.delete(ended)), options.signal)
  }

  /** @internal The peer as it is called in the log: see {@link peerLabel}. */
  label(peer: PeerKey): string {
    return peerLabel(peer, this.#book.get(peer)?.record.announcement.name ?? this.#formerNames.get(peer)?.name)
  }

  /** @internal Tells listeners what became of an entry, and returns it as they saw it. */
  emit(type: keyof AddressBookPeerEvents, entry: AddressBookEntry): DiscoveredPeer {
    const peer = this.#peer(entry)
    this.#isSettled = false
    if (!this.has(peer.peerId)) this.#forget(peer)
    this.safeDispatchEvent(type, { detail: peer })
    for (const loop of this.#loops) loop.add({ type, peer }, this.#nowMs())
    this.touch()
    return peer
  }

  /** @internal The book has come to rest. */
  settle(): void {
    this.#isSettled = true
    this.safeDispatchEvent('settled', { detail: { size: this.size } })
    for (const loop of this.#loops) if (loop instanceof BookBatches) loop.settled()
    this.touch()
  }

  /** @internal The peer may be gone, or has announced again. */
  suspect(peer: PeerKey, isSuspected: boolean): void {
    if (isSuspected && this.#book.has(peer)) this.#suspected.add(peer)
    else this.#suspected.delete(peer)
    this.touch()
  }

  /** @internal Something is otherwise than it was, an event or not. */
  touch(): void {
    for (const watcher of [...this.#watchers]) watcher()
  }

  /** @internal Calls back at each {@link touch}. Returns how to end that. */
  watch(watcher: () => void): () => void {
    this.#watchers.add(watcher)
    return () => this.#watchers.delete(watcher)
  }

  /** @internal The service has stopped: loops come to their end. */
  end(): void {
    this.#isSettled = false
    for (const loop of [...this.#loops]) loop.end()
  }

  #follow<Loop extends BookLoop<unknown>>(loop: Loop, signal: AbortSignal | undefined): Loop {
    if (signal?.aborted !== true) this.#loops.add(loop)
    return loop
  }

  #forget({ peerId, name }: DiscoveredPeer): void {
    const peer = peerId.toString()
    this.#suspected.delete(peer)
    if (name !== '') this.#formerNames.set(peer, { name })
  }

  #peer(entry: AddressBookEntry): DiscoveredPeer {
    const { peer } = entry.record.announcement
    return discoveredPeer(
      entry,
      { isPartner: this.#isPartner(peer), isSuspected: this.#suspected.has(peer) },
      this.#nowMs()
    )
  }
}
