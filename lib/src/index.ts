/**
 * A libp2p node finds its peers by gossip and keeps a truthful, expiring address book.
 *
 * @module @gossip-discovery/libp2p
 */
import type { GossipDiscoveryComponents } from './libp2p/components.ts'
import { type GossipDiscoveryInit, resolveOptions } from './libp2p/options.ts'
import { GossipDiscovery } from './libp2p/service.ts'

/**
 * The libp2p service. Needs a pubsub (`@libp2p/gossipsub`, or any with its interface) among the services.
 *
 * @example
 * ```ts
 * import { gossipsub } from '@libp2p/gossipsub'
 * import { identify } from '@libp2p/identify'
 * import { noise } from '@libp2p/noise'
 * import { tcp } from '@libp2p/tcp'
 * import { yamux } from '@libp2p/yamux'
 * import { createLibp2p } from 'libp2p'
 * import { gossipDiscovery } from '@gossip-discovery/libp2p'
 *
 * const libp2p = await createLibp2p({
 *   addresses: { listen: ['/ip4/0.0.0.0/tcp/0'] },
 *   transports: [tcp()],
 *   connectionEncrypters: [noise()],
 *   streamMuxers: [yamux()],
 *   services: { identify: identify(), pubsub: gossipsub(), discovery: gossipDiscovery({ name: 'alice' }) }
 * })
 * libp2p.services.discovery.addressBook.addEventListener('joined', event => console.log(event.detail.name))
 * ```
 *
 * @throws {InvalidConfigError} at once, naming each option that cannot be taken, its value and what is allowed
 */
export function gossipDiscovery(
  init: GossipDiscoveryInit = {}
): (components: GossipDiscoveryComponents) => GossipDiscovery {
  resolveOptions(init)
  return components => new GossipDiscovery(components, init)
}

export { type DiscoveryInit, InvalidConfigError, type Metadata } from './core/index.ts'
export type { PeerLike } from './libp2p/addrs/addrs.ts'
export {
  GossipDiscoveryBuilder,
  GossipDiscoveryReceiver,
  GossipDiscoverySender,
  type Node,
  type NodeInfo
} from './libp2p/builder.ts'
export type { GossipDiscoveryComponents, PubSub, PubSubMessage } from './libp2p/components.ts'
export {
  AnnouncementDecodeError,
  type DecodeFault,
  GossipDiscoveryError,
  type GossipDiscoveryErrorCode,
  type GossipDiscoveryErrorOptions,
  type Mismatch
} from './libp2p/errors.ts'
export type { InteropInit } from './libp2p/interop/interop-options.ts'
export { DEFAULT_TOPIC, type GossipDiscoveryInit } from './libp2p/options.ts'
export { openAnnouncement, signAnnouncement } from './libp2p/records/announcement-codec.ts'
export type { RejectReason } from './libp2p/records/receiver.ts'
export { AddressBookView } from './libp2p/reports/book/address-book-view.ts'
export type { AddressBookBatch } from './libp2p/reports/book/book-batches.ts'
export type {
  AddressBookChange,
  AddressBookEvents,
  AddressBookPeerEvents,
  AddressBookSettled
} from './libp2p/reports/book/book-changes.ts'
export type { DiscoveredPeer, DiscoveredPeerJSON } from './libp2p/reports/book/discovered-peer.ts'
export type { GossipDiscoveryEvents, GossipDiscoveryStats } from './libp2p/reports/reports.ts'
export type { GossipDiscoveryWarning, GossipDiscoveryWarningCode, WarningCounts } from './libp2p/reports/warnings.ts'
export { GossipDiscovery } from './libp2p/service.ts'
export { SYNC_PROTOCOL } from './libp2p/sync/sync-streams.ts'
