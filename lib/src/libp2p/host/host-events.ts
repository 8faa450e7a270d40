/** What the service does when its host calls: messages, streams, connections, addresses, and peers that others found. */
import type { Connection, Logger, PeerInfo, PeerUpdate, Stream } from '@libp2p/interface'
import type { Discovery } from '../../core/discovery.ts'
import type { PeerKey } from '../../core/record/announcement.ts'
import { type AddrChoice, chosenAddrs, dialTarget } from '../addrs/addrs.ts'
import type { GossipDiscoveryComponents, PubSubMessage, TopicValidation } from '../components.ts'
import type { Driver } from '../driver.ts'
import type { Hints } from '../interop/hints.ts'
import type { Receiver } from '../records/receiver.ts'
import type { AddressBookView } from '../reports/book/address-book-view.ts'
import type { Warnings } from '../reports/warnings.ts'
import type { SyncStreams } from '../sync/sync-streams.ts'
import { passed } from './within.ts'

/** Time for a direct connection to come of a circuit. A guess: some round trips. */
const DIRECT_WAIT_MS = 1_000

interface Parts {
  readonly components: GossipDiscoveryComponents
  readonly topic: string
  readonly core: Discovery
  readonly driver: Driver
  readonly receiver: Receiver
  readonly partners: SyncStreams
  readonly addressBook: AddressBookView
  readonly warnings: Warnings
  readonly log: Logger
  readonly hints: Hints
}

/** Peers that other discoveries have found lately, whose addresses are listened for. */
const DISCOVERED_KEPT = 256

export class HostEvents {
  readonly #parts: Parts
  /** BOUNDED by `DISCOVERED_KEPT`; the one that was found first makes room. */
  readonly #discovered = new Set<PeerKey>()
  /** The addresses that are not announced, as the log was told. */
  #cut = ''

  constructor(parts: Parts) {
    this.#parts = parts
  }

  /** The addresses that this node announces. */
  get announcedAddrs(): string[] {
    return [...this.#chooseAddrs().announced]
  }

  /** What happened before the host's events were listened to. */
  catchUp(): void {
    this.onAddresses()
    for (const connection of this.#parts.components.connectionManager.getConnections()) this.#open(connection)
  }

  readonly validate = (forwarder: PeerKey, message: PubSubMessage): TopicValidation | Promise<TopicValidation> =>
    this.#parts.receiver.validate(forwarder, message)

  readonly onMessage = (event: CustomEvent<PubSubMessage>): void => {
    const { topic, receiver, driver } = this.#parts
    if (event.detail.topic !== topic) return
    const gossip = receiver.take(event.detail)
    if (gossip !== undefined) driver.handle(gossip)
  }

  readonly onInboundStream = (stream: Stream, connection: Connection): void => {
    void this.#parts.partners.serve(stream, connection, false)
  }

  readonly onConnectionOpen = (event: CustomEvent<Connection>): void => {
    this.#open(event.detail)
  }

  readonly onAddresses = (): void => {
    const { core, driver, warnings, log } = this.#parts
    try {
      const { announced: addrs, left } = this.#chooseAddrs()
      const cut = [...left].map(([addr, why]) => `${addr} (${why})`).join(', ')
      if (cut !== this.#cut && cut !== '') log('does not announce %s', cut)
      this.#cut = cut
      if (addrs.join() === core.content.addrs.join()) return
      driver.handle({ type: 'content-changed', content: { addrs } })
    } catch (error) {
      const { message } = error as Error
      warnings.tellSeldom(
        'cannot-announce',
        `this node's new addresses cannot be announced, others see the old: ${message}`
      )
    }
  }

  /** What mdns and bootstrap find; what this service told libp2p of is in the book, or among its hints. */
  readonly onPeerDiscovery = (event: CustomEvent<PeerInfo>): void => {
    this.#discovered.add(event.detail.id.toString())
    const [first] = this.#discovered
    if (this.#discovered.size > DISCOVERED_KEPT) this.#discovered.delete(first!)
    this.#found(event.detail)
  }

  /** Libp2p tells of a peer once. Others of its addresses come as updates: a list of bootstrap peers has one in each entry. */
  readonly onPeerUpdate = (event: CustomEvent<PeerUpdate>): void => {
    const { peer, previous } = event.detail
    if (previous === undefined || !this.#discovered.has(peer.id.toString())) return
    const known = new Set(previous.addresses.map(({ multiaddr }) => multiaddr.toString()))
    const multiaddrs = peer.addresses.map(({ multiaddr }) => multiaddr)
    if (multiaddrs.some(addr => !known.has(addr.toString()))) this.#found({ id: peer.id, multiaddrs })
  }

  #found(peer: PeerInfo): void {
    const { components, addressBook, driver, hints } = this.#parts
    if (peer.multiaddrs.length === 0 || peer.id.equals(components.peerId)) return
    if (addressBook.has(peer.id) || hints.has(peer.id.toString())) return
    driver.handle({ type: 'peer-found', target: dialTarget(peer), source: 'found' })
  }

  #chooseAddrs(): AddrChoice {
    const { addressManager, peerId } = this.#parts.components
    return chosenAddrs(addressManager.getAddresses(), peerId)
  }

  /** The dialler opens the stream: one a connection is enough. This node's own dials open it themselves, and at once. */
  #open(connection: Connection): void {
    const { driver, partners } = this.#parts
    if (connection.direction !== 'outbound') return
    driver.run(connection.limits === undefined ? partners.open(connection) : this.#openCircuit(connection))
  }

  /** A circuit that others dialled may only serve to make a direct connection, as WebRTC and hole punching do: that one is preferred. */
  async #openCircuit(connection: Connection): Promise<void> {
    const { components, driver, partners } = this.#parts
    await passed(DIRECT_WAIT_MS, driver.stopping)
    const connections = components.connectionManager.getConnections(connection.remotePeer)
    const isOnly = connections.every(({ limits }) => limits !== undefined)
    if (isOnly && connection.status === 'open') await partners.open(connection)
  }
}
