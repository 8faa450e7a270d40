/** The changes of the address book one after the other, for a loop that takes its time. */
import { BookLoop } from './book-loop.ts'
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
   * The book has come to rest: nothing in it has changed for 0.9 s. Told once after each series of changes, within a second of the
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

export class BookChanges extends BookLoop<AddressBookChange> {
  protected take(): AddressBookChange | undefined {
    return this.takeLost()[0] ?? this.waiting.shift()
  }
}
