/**
 * Who uses a connection. Connections belong to the host: the service closes only what it dialled itself, and only while nobody
 * else uses it. A wrong `yes` costs a connection that is idle, a wrong `no` somebody's only way.
 */
import type { AbortOptions, Connection, PeerId } from '@libp2p/interface'
import { isMultiaddr, type Multiaddr } from '@multiformats/multiaddr'
import { isCircuit, relayOf } from '../addrs/addr-group.ts'
import type { GossipDiscoveryComponents } from '../components.ts'
import { isUsedByUsAlone } from '../interop/foreign-topics.ts'
import { HOST_CALL_TIMEOUT_MS, within } from './within.ts'

/** Streams that libp2p opens on every connection by itself. Those of pubsub are named by pubsub. */
const LIBP2P_PROTOCOLS = ['/ipfs/id/1.0.0', '/ipfs/id/push/1.0.0', '/ipfs/ping/1.0.0']

/** What libp2p reports when a dial opens no connection of its own. */
const SHARED_DIALS = ['dial-queue:already-connected', 'dial-queue:already-in-dial-queue']

/** A stream has no name until both sides have agreed on its protocol: libp2p opens some just after a connection, by itself. */
const LOOKS = 10
const LOOK_INTERVAL_MS = 100

/** What this service itself has on a connection. */
interface OwnUse {
  readonly topic: string
  /** Of its sync streams. */
  readonly protocol: string
  /** The name of its tag in the peer store. */
  readonly tag: string
}

/** Tells this service's connections from those of others. */
export class ConnectionUse {
  /** Connections that a dial of this service has opened. */
  readonly #own = new WeakSet<Connection>()
  readonly #components: GossipDiscoveryComponents
  readonly #use: OwnUse

  constructor(components: GossipDiscoveryComponents, use: OwnUse) {
    this.#components = components
    this.#use = use
  }

  /**
   * Dials for this service. A connection that there was already, or that somebody else is dialling, stays theirs.
   *
   * @param peer - who is to answer, if that is known
   */
  async dial(
    target: PeerId | Multiaddr | Multiaddr[],
    peer: PeerId | undefined,
    options: AbortOptions
  ): Promise<Connection> {
    const { connectionManager } = this.#components
    const open = peer && isEveryCircuit(target) ? connectionManager.getConnections(peer).filter(isOpen) : []
    const there = open.find(({ limits }) => limits === undefined) ?? open[0]
    // Libp2p itself would open another circuit beside the connection that there is.
    if (there !== undefined) return there
    const former = new Set(connectionManager.getConnections().map(({ id }) => id))
    let isShared = false
    const connection = await connectionManager.openConnection(target, {
      ...options,
      onProgress: ({ type }) => {
        isShared ||= SHARED_DIALS.includes(type)
      }
    })
    if (!isShared && !former.has(connection.id)) this.#own.add(connection)
    return connection
  }

  /** A connection that this service has opened without {@link dial}. */
  adopt(connection: Connection): void {
    this.#own.add(connection)
  }

  /** Dials for this service, though the peer is connected. */
  async dialAnother(addr: Multiaddr, options: AbortOptions): Promise<Connection> {
    const connection = await this.#components.connectionManager.openConnection([addr], { ...options, force: true })
    this.adopt(connection)
    return connection
  }

  /**
   * Of two connections with one peer, whether this side is to end its own: where only one of them is a circuit, that one goes, else
   * that of the peer with the greater id.
   */
  isTwin(own: Connection, other: Connection): boolean {
    if (own === other) return false
    const [ownIsLimited, otherIsLimited] = [own, other].map(({ limits }) => limits !== undefined)
    if (ownIsLimited !== otherIsLimited) return ownIsLimited === true
    return this.#components.peerId.toString() > own.remotePeer.toString()
  }

  /** Whether this service may close the connection at this moment. */
  async mayClose(connection: Connection): Promise<boolean> {
    if (!this.#own.has(connection) || (await this.isUsed(connection))) return false
    // Somebody may have begun to use it while the peer store was read.
    return !this.#hasUse(connection)
  }

  /** Whether anybody but this service uses the connection: a stream, a tag, a relay reservation, a topic that both subscribe to. */
  async isUsed(connection: Connection): Promise<boolean> {
    for (let looks = 0; looks < LOOKS && isOpening(connection); looks++) {
      await new Promise(resolve => setTimeout(resolve, LOOK_INTERVAL_MS))
    }
    return this.#hasUse(connection) || (await this.#isTagged(connection.remotePeer))
  }

  #hasUse({ streams, remotePeer }: Connection): boolean {
    return (
      streams.some(({ protocol }) => !this.#isExpected(protocol)) ||
      this.#isRelay(remotePeer) ||
      this.#isWantedByPubsub(remotePeer)
    )
  }

  /** Whether every connection has a stream of this protocol, whatever it is for. */
  #isExpected(protocol: string): boolean {
    const { protocols = [], multicodecs = [] } = this.#components.pubsub
    return [this.#use.protocol, ...LIBP2P_PROTOCOLS, ...protocols, ...multicodecs].includes(protocol)
  }

  /** Whether this node listens through the peer, or is about to. */
  #isRelay(peer: PeerId): boolean {
    const { addressManager } = this.#components
    const addrs = [...addressManager.getListenAddrs(), ...addressManager.getAddresses()]
    return addrs.some(addr => relayOf(addr.getComponents()) === peer.toString())
  }

  /** Whether pubsub has more to tell the peer than this service's topic, or was told by the operator to stay connected to it. */
  #isWantedByPubsub(peer: PeerId): boolean {
    const { pubsub } = this.#components
    try {
      const topics = [...pubsub.getTopics(), ...(pubsub.fanout?.keys() ?? [])].filter(topic => !this.#isOurs(topic))
      return (
        pubsub.direct?.has(peer.toString()) === true ||
        topics.some(topic => pubsub.getSubscribers(topic).some(subscriber => subscriber.equals(peer)))
      )
    } catch {
      // Some pubsubs throw once they have stopped.
      return true
    }
  }

  #isOurs(topic: string): boolean {
    return topic === this.#use.topic || isUsedByUsAlone(this.#components.pubsub, topic)
  }

  /** Whether somebody else has marked the peer, be it as worthless: then it means something to somebody. */
  async #isTagged(peer: PeerId): Promise<boolean> {
    const { peerStore } = this.#components
    try {
      const known = await within(HOST_CALL_TIMEOUT_MS, 'reading the tags of a peer', peerStore.get(peer))
      return [...known.tags.keys()].some(tag => tag !== this.#use.tag)
    } catch (error) {
      // A store that does not answer proves nothing; a peer that it does not know has no tags.
      return (error as Error).name !== 'NotFoundError'
    }
  }
}

function isOpening({ streams }: Connection): boolean {
  return streams.some(({ protocol }) => protocol === '')
}

function isOpen({ status }: Connection): boolean {
  return status === 'open'
}

function isEveryCircuit(target: PeerId | Multiaddr | Multiaddr[]): boolean {
  const addrs = Array.isArray(target) ? target : isMultiaddr(target) ? [target] : []
  return addrs.length > 0 && addrs.every(isCircuit)
}
