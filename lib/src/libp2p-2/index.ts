/**
 * The same service for libp2p 2, whose gossipsub is `@chainsafe/libp2p-gossipsub` 14.
 *
 * @module @gossip-discovery/libp2p/libp2p-2
 */
import type { PeerInfo } from '@libp2p/interface'
import type { Multiaddr } from '@multiformats/multiaddr'
import { InvalidConfigError } from '../core/index.ts'
import { resolveOptions } from '../libp2p/options.ts'
import type { GossipDiscoveryEvents } from '../libp2p/reports/reports.ts'
import { GossipDiscovery, type GossipDiscoveryInit } from '../libp2p/service.ts'
import { dressed, type HostAddr, type Libp2p2Components } from './host.ts'

export type { Libp2p2Components } from './host.ts'

/** What libp2p 2 needs besides; all else is as with libp2p 3. */
export interface Libp2p2Init extends GossipDiscoveryInit {
  /** `multiaddr` of the host's own `@multiformats/multiaddr` 12: libp2p 2 dials no address of another version. */
  multiaddr: (addr: string) => unknown
}

/**
 * The libp2p service for a host of libp2p 2. It speaks with nodes of libp2p 3, and has the same options, events and book.
 *
 * @example
 * ```ts
 * import { multiaddr } from '@multiformats/multiaddr'
 * import { gossipDiscovery } from '@gossip-discovery/libp2p/libp2p-2'
 *
 * const services = { discovery: gossipDiscovery({ name: 'alice', multiaddr }) }
 * ```
 *
 * @throws {InvalidConfigError} at once, naming each option that cannot be taken, its value and what is allowed
 */
export function gossipDiscovery(init: Libp2p2Init): (components: Libp2p2Components) => GossipDiscovery {
  const { multiaddr, ...options } = init
  if (typeof multiaddr !== 'function')
    throw new InvalidConfigError('multiaddr must be that of @multiformats/multiaddr 12')
  resolveOptions(options)
  const hostAddr = (addr: Multiaddr): unknown => multiaddr(addr.toString())
  return components => new Libp2p2Discovery(components, options, hostAddr)
}

/** Hands peers to the host under addresses of the host's version. */
class Libp2p2Discovery extends GossipDiscovery {
  readonly #hostAddr: HostAddr

  constructor(components: Libp2p2Components, init: GossipDiscoveryInit, hostAddr: HostAddr) {
    super(dressed(components, hostAddr), init)
    this.#hostAddr = hostAddr
  }

  override safeDispatchEvent<Detail>(type: keyof GossipDiscoveryEvents, init: CustomEventInit<Detail> = {}): boolean {
    if (type !== 'peer') return super.safeDispatchEvent(type, init)
    const { id, multiaddrs } = init.detail as PeerInfo
    return super.safeDispatchEvent(type, { detail: { id, multiaddrs: multiaddrs.map(this.#hostAddr) } })
  }
}
