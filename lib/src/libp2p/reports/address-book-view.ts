/** The address book as applications see it: libp2p's types, live, and with events. */
import type { PeerId } from '@libp2p/interface'
import { type Multiaddr, multiaddr } from '@multiformats/multiaddr'
import { TypedEventEmitter } from 'main-event'
import type { AddressBook } from '../../core/book/address-book.ts'
import type { AddressBookEntry } from '../../core/book/entry.ts'
import type { Metadata } from '../../core/record/announcement.ts'
import { peerIdOf } from '../addrs/peer-ids.ts'

/** One peer of the book. */
export interface DiscoveredPeer {
  readonly peerId: PeerId
  /** The label that the peer chose; two peers may share one. */
  readonly name: string
  /** Where the peer says it can be dialled. */
  readonly multiaddrs: Multiaddr[]
  /** Start of the peer's run, ms since 1970. */
  readonly epoch: number
  /** Number of the newest announcement within the run. */
  readonly seq: number
  readonly metadata: Metadata
  /** How old the newest announcement is, in ms. */
  readonly ageMs: number
  /** How long the entry stays if nothing newer comes, in ms. */
  readonly expiresInMs: number
}

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

/**
 * Every peer that is known and has not expired, never the node itself.
 *
 * @example
 * ```ts
 * for (const peer of libp2p.services.discovery.addressBook) console.log(peer.name, peer.peerId.toString())
 * ```
 */
export class AddressBookView extends TypedEventEmitter<AddressBookEvents> implements Iterable<DiscoveredPeer> {
  readonly #book: AddressBook
  readonly #nowMs: () => number

  constructor(book: AddressBook, nowMs: () => number) {
    super()
    this.#book = book
    this.#nowMs = nowMs
  }

  get size(): number {
    return this.#book.size
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

  /** For the service: tells listeners what became of an entry, and returns it as they saw it. */
  emit(type: keyof AddressBookEvents, entry: AddressBookEntry): DiscoveredPeer {
    const peer = this.#peer(entry)
    this.safeDispatchEvent(type, { detail: peer })
    return peer
  }

  #peer(entry: AddressBookEntry): DiscoveredPeer {
    const { peer, name, addrs, epoch, seq, metadata } = entry.record.announcement
    const nowMs = this.#nowMs()
    return {
      peerId: peerIdOf(peer),
      name,
      multiaddrs: addrs.map(addr => multiaddr(addr)),
      epoch,
      seq,
      metadata,
      ageMs: Math.max(0, nowMs - entry.bornAtMs),
      expiresInMs: Math.max(0, entry.expiresAtMs - nowMs)
    }
  }
}
