/** The API of iroh-gossip-discovery, for those who know it: a thin face over {@link GossipDiscovery}. */
import type { Libp2p, PeerId } from '@libp2p/interface'
import { between } from '../core/index.ts'
import type { PeerLike } from './addrs/addrs.ts'
import type { GossipDiscoveryComponents } from './components.ts'
import { GossipDiscoveryError } from './errors.ts'
import { HOST_CALL_TIMEOUT_MS, within } from './host/within.ts'
import { peersRule, refuseFaulty, topicRule } from './options.ts'
import { LOG_NAME, serviceLog } from './reports/log.ts'
import { GossipDiscovery } from './service.ts'

/** What a node gossips about itself. */
export interface Node {
  /** A label; unlike in the model, two nodes may share one and both stay listed. */
  name: string
  nodeId: PeerId
  /** Number of the newest announcement within the node's run. */
  count: number
}

/** What is known of a neighbor. */
export interface NodeInfo {
  nodeId: PeerId
  /** When its newest announcement was made, ms since 1970. */
  lastSeen: number
}

/** Announcements that fit into an expiration timeout when the builder chooses the pace, until the sender has one of its own. */
const ANNOUNCEMENTS_PER_TIMEOUT = 3
const MAX_INTERVAL_MS = 3_600_000
const DEFAULT_EXPIRATION_TIMEOUT_MS = 30_000

/** Under the names that callers of this API know. */
const EXPIRATION_TIMEOUT = between(1_000, 24 * MAX_INTERVAL_MS)
const UPDATE_RATE = between(100, MAX_INTERVAL_MS)

/**
 * Makes a pair of sender and receiver on a libp2p node that runs already.
 *
 * @example
 * ```ts
 * import { GossipDiscoveryBuilder } from '@gossip-discovery/libp2p'
 *
 * const { sender, receiver } = await new GossipDiscoveryBuilder()
 *   .withExpirationTimeout(30_000)
 *   .buildWithPeers(libp2p, 'my-topic', bootstrapAddrs)
 * void sender.gossip({ name: 'alice', nodeId: libp2p.peerId, count: 0 }, 10_000)
 * console.log(receiver.getNeighbors())
 * ```
 */
export class GossipDiscoveryBuilder {
  #expirationTimeoutMs = DEFAULT_EXPIRATION_TIMEOUT_MS

  /**
   * How long an entry outlives the last announcement, from a second to a day. Default 30 s.
   *
   * @throws {InvalidConfigError} when it is out of these bounds
   */
  withExpirationTimeout(timeoutMs: number): this {
    refuseFaulty({ expirationTimeout: timeoutMs }, { expirationTimeout: EXPIRATION_TIMEOUT })
    this.#expirationTimeoutMs = timeoutMs
    return this
  }

  /**
   * Joins the network of `topic` over the peers; without peers this node is the first. The receiver listens at once, the
   * sender is silent until {@link GossipDiscoverySender.gossip}.
   *
   * @param libp2p - a started node with a pubsub among its services
   * @throws {GossipDiscoveryError} `Gossip` when the node has no pubsub, or takes part in that network already
   * @throws {InvalidConfigError} naming what cannot be taken of topic and peers
   */
  async buildWithPeers(
    libp2p: Libp2p,
    topic: string,
    peers: readonly PeerLike[] = []
  ): Promise<{ sender: GossipDiscoverySender; receiver: GossipDiscoveryReceiver }> {
    const components = componentsOf(libp2p)
    refuseFaulty({ topic, peers }, { topic: topicRule, peers: peersRule })
    const entryTtlMs = this.#expirationTimeoutMs
    const announceIntervalMs = Math.min(entryTtlMs / ANNOUNCEMENTS_PER_TIMEOUT, MAX_INTERVAL_MS)
    const options = { topic, bootstrapPeers: peers, listenOnly: true, entryTtlMs, announceIntervalMs }
    const discovery = new GossipDiscovery(components, options)
    await discovery.start()
    await discovery.afterStart()
    const detach = attach(discovery, libp2p, topic)
    return { sender: new GossipDiscoverySender(discovery, detach), receiver: new GossipDiscoveryReceiver(discovery) }
  }
}

/**
 * Announces this node and joins peers.
 *
 * @example
 * ```ts
 * import type { GossipDiscoverySender } from '@gossip-discovery/libp2p'
 *
 * async function announceForAMinute(sender: GossipDiscoverySender): Promise<void> {
 *   sender.addPeers(bootstrapAddrs)
 *   const node = { name: 'alice', nodeId: libp2p.peerId, count: 0 }
 *   await sender.gossip(node, 5_000, { signal: AbortSignal.timeout(60_000) })
 *   await sender.stop()
 * }
 * ```
 */
export class GossipDiscoverySender {
  readonly #discovery: GossipDiscovery
  readonly #detach: () => void

  /** @param detach - called at the stop: the libp2p node forgets the service */
  constructor(discovery: GossipDiscovery, detach: () => void = () => {}) {
    this.#discovery = discovery
    this.#detach = detach
  }

  /** Joins peers from elsewhere; see {@link GossipDiscovery.addPeers}. */
  addPeers(peers: readonly PeerLike[]): void {
    this.#discovery.addPeers(peers)
  }

  addPeer(peer: PeerLike): void {
    this.#discovery.addPeer(peer)
  }

  /**
   * Announces the node at once and every `updateRateMs`, until the signal aborts or {@link stop}; resolves then.
   *
   * @throws {GossipDiscoveryError} `NodeIdMismatch` with `expected` and `actual` when the node is not this one: nobody announces
   *   another
   * @throws {GossipDiscoveryError} `Serialization` when the name cannot be sent
   * @throws {GossipDiscoveryError} `ChannelSend` after {@link stop}
   * @throws {InvalidConfigError} when the rate is out of its bounds, 100 ms to an hour
   */
  async gossip(node: Node, updateRateMs: number, options: { signal?: AbortSignal } = {}): Promise<void> {
    const { peerId: expected } = this.#discovery
    const { name, nodeId: actual } = node
    if (!expected.equals(actual)) {
      const mismatch = () => ({ expected, actual })
      throw new GossipDiscoveryError('NodeIdMismatch', `expected ${expected}, got ${actual}`, { mismatch })
    }
    refuseFaulty({ updateRateMs }, { updateRateMs: UPDATE_RATE })
    if (!this.#discovery.isStarted()) throw new GossipDiscoveryError('ChannelSend', 'the sender was stopped')
    this.#discovery.update({ name })
    this.#discovery.announceEvery(updateRateMs)
    await this.#discovery.stopped(options.signal)
    if (this.#discovery.isStarted()) this.#discovery.announceEvery(undefined)
  }

  /** Says farewell, and ends sender and receiver. The libp2p node itself goes on. */
  async stop(): Promise<void> {
    this.#detach()
    await this.#discovery.beforeStop()
    await this.#discovery.stop()
  }
}

/**
 * Keeps the map of neighbors.
 *
 * @example
 * ```ts
 * import type { GossipDiscoveryReceiver } from '@gossip-discovery/libp2p'
 *
 * function show(receiver: GossipDiscoveryReceiver): void {
 *   for (const [name, nodeId] of receiver.getNeighbors()) console.log(name, nodeId.toString())
 *   for (const { lastSeen } of receiver.neighborMap.values()) console.log(new Date(lastSeen))
 * }
 * ```
 */
export class GossipDiscoveryReceiver {
  readonly #discovery: GossipDiscovery

  constructor(discovery: GossipDiscovery) {
    this.#discovery = discovery
  }

  /** Every neighbor by its peer id in text form; a copy. */
  get neighborMap(): Map<string, NodeInfo> {
    const now = Date.now()
    return new Map(
      [...this.#discovery.addressBook].map(peer => [
        peer.peerId.toString(),
        { nodeId: peer.peerId, lastSeen: now - peer.ageMs }
      ])
    )
  }

  /** Names and ids of all neighbors. */
  getNeighbors(): [name: string, nodeId: PeerId][] {
    return [...this.#discovery.addressBook].map(peer => [peer.name, peer.peerId])
  }

  /** Drops what has expired at this moment, which also happens by itself; returns how many went. */
  cleanupExpiredNodes(): number {
    return this.#discovery.cleanupExpired()
  }

  /** Resolves when receiving has ended; the map is kept up to date whether or not anybody waits. */
  async updateMap(): Promise<void> {
    await this.#discovery.stopped()
  }
}

// A service gets its host's components from libp2p; a node that is running already carries them.
function componentsOf(libp2p: Libp2p): GossipDiscoveryComponents {
  const { components } = libp2p as Libp2p & { components?: object }
  if (components === undefined) throw new GossipDiscoveryError('Gossip', 'not a libp2p node made by createLibp2p')
  const services = Object.values(libp2p.services as Record<string, unknown>)
  const pubsub = services.find(service => typeof (service as { subscribe?: unknown }).subscribe === 'function')
  if (pubsub === undefined) throw new GossipDiscoveryError('Gossip', 'no pubsub among the services: add gossipsub()')
  // What is not named here is looked up in the node, which has it behind a proxy.
  return Object.create(components, { pubsub: { value: pubsub } })
}

/**
 * What libp2p does for a service that it made itself: it keeps the addresses found, and stops and starts it along with the node.
 * Returns how to undo that.
 */
function attach(discovery: GossipDiscovery, libp2p: Libp2p, topic: string): () => void {
  const log = serviceLog(libp2p.logger.forComponent(LOG_NAME), libp2p.peerId, peer => discovery.addressBook.label(peer))
  discovery.addEventListener('peer', ({ detail: { id, multiaddrs } }) => {
    const merging = libp2p.peerStore.merge(id, { multiaddrs })
    const tell = (error: unknown): void => log.error('could not keep the addresses of %p - %e', id, error)
    within(HOST_CALL_TIMEOUT_MS, 'keeping the addresses', merging).catch(tell)
  })
  const { components } = libp2p as Libp2p & { components: Record<string, unknown> }
  const name = `gossipDiscovery:${topic}`
  components[name] = discovery
  return () => {
    // Libp2p's proxy for components knows no delete, and throws for what is undefined.
    if (components[name] === discovery) components[name] = false
  }
}
