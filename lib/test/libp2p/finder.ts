/** Another discovery, such as mdns, which finds whom a test says. */
import type { PeerDiscovery, PeerDiscoveryEvents, PeerId } from '@libp2p/interface'
import { peerDiscoverySymbol } from '@libp2p/interface'
import type { Multiaddr } from '@multiformats/multiaddr'
import { TypedEventEmitter } from 'main-event'

export class Finder extends TypedEventEmitter<PeerDiscoveryEvents> implements PeerDiscovery {
  readonly [peerDiscoverySymbol] = this
  readonly [Symbol.toStringTag] = 'finder'

  find(id: PeerId, multiaddrs: Multiaddr[]): void {
    this.safeDispatchEvent('peer', { detail: { id, multiaddrs } })
  }
}
