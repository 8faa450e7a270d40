/** One peer of the book as applications see it, in libp2p's types. */
import type { PeerId } from '@libp2p/interface'
import { type Multiaddr, multiaddr } from '@multiformats/multiaddr'
import { type AddressBookEntry, type Metadata, type PeerKey, STANDING } from '../../../core/index.ts'
import { peerIdFromText, peerIdOf } from '../../addrs/peer-ids.ts'

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
  /** Whether this node has it from the peer itself: the two are partners, or nobody more trusted has told of it. */
  readonly firstHand: boolean
  /** Who handed the peer's record on, which is signed all the same: the most trusted of all that did. Undefined if first hand. */
  readonly forwarder: PeerId | undefined
  /** Whether the peer may be gone: somebody could not reach it, and it has not answered yet. */
  readonly suspected: boolean
}

/** {@link DiscoveredPeer} in values that JSON has. */
export interface DiscoveredPeerJSON extends Omit<DiscoveredPeer, 'peerId' | 'multiaddrs' | 'metadata' | 'forwarder'> {
  readonly peerId: string
  readonly multiaddrs: string[]
  /** Texts as they are, bytes in base64. */
  readonly metadata: Record<string, string | { base64: string }>
  /** Left out where the peer is known first hand. */
  readonly forwarder?: string
}

/** What this node knows of a peer besides its entry. */
export interface PeerState {
  readonly isPartner: boolean
  readonly isSuspected: boolean
}

export function discoveredPeer(entry: AddressBookEntry, state: PeerState, nowMs: number): DiscoveredPeer {
  const { record, bornAtMs, expiresAtMs, standing, forwarder } = entry
  const { peer, name, addrs, epoch, seq, metadata } = record.announcement
  const firstHand = state.isPartner || standing === STANDING.firstHand || standing === STANDING.reached
  return {
    peerId: peerIdOf(peer),
    name,
    multiaddrs: addrs.map(addr => multiaddr(addr)),
    epoch,
    seq,
    metadata,
    ageMs: Math.max(0, nowMs - bornAtMs),
    expiresInMs: Math.max(0, expiresAtMs - nowMs),
    firstHand,
    forwarder: firstHand || forwarder === undefined ? undefined : peerIdFromText(forwarder),
    suspected: state.isSuspected
  }
}

export function discoveredPeerJson(discovered: DiscoveredPeer): DiscoveredPeerJSON {
  const { peerId, multiaddrs, metadata, forwarder, ...plain } = discovered
  const pairs = [...metadata].map(([key, value]) => [
    key,
    typeof value === 'string' ? value : { base64: base64(value) }
  ])
  return {
    peerId: peerId.toString(),
    ...plain,
    multiaddrs: multiaddrs.map(addr => addr.toString()),
    metadata: Object.fromEntries(pairs),
    ...(forwarder !== undefined && { forwarder: forwarder.toString() })
  }
}

/** A peer in a line of the log: by its id, and by the name that it chose if it has one. A name cannot look like what follows it. */
export function peerLabel(peer: PeerKey, name: string | undefined): string {
  if (name === undefined || name === '') return peer
  return `${peer} (${/["()]/.test(name) ? JSON.stringify(name) : name})`
}

function base64(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes))
}
