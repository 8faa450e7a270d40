/** The libp2p service: libp2p's life cycle, events and conventions around the core and its driver. */
import {
  type Connection,
  type Logger,
  type PeerDiscovery,
  type PeerDiscoveryEvents,
  type PeerId,
  type PeerInfo,
  peerDiscoverySymbol,
  type Startable,
  type Stream,
  serviceDependencies
} from '@libp2p/interface'
import { peerIdFromString } from '@libp2p/peer-id'
import { TypedEventEmitter } from 'main-event'
import {
  type Content,
  Discovery,
  type DiscoveryInit,
  InvalidConfigError,
  type PeerKey,
  resolveConfig
} from '../core/index.ts'
import { groupOf } from './addr-group.ts'
import { AddressBookView } from './address-book-view.ts'
import { announcedAddrs, dialTarget, type PeerLike } from './addrs.ts'
import { monotonicMs } from './clock.ts'
import type { GossipDiscoveryComponents, PubSubMessage } from './components.ts'
import { Driver, type Report } from './driver.ts'
import { GossipDiscoveryError } from './errors.ts'
import { DiscoveryMetrics } from './metrics.ts'
import { Receiver, type ReceiverCounts } from './records/receiver.ts'
import { Snapshot } from './snapshot.ts'
import { SyncStreams } from './sync/sync-streams.ts'

/**
 * The network that a node joins if none is named.
 *
 * @example
 * ```ts
 * import { DEFAULT_TOPIC, gossipDiscovery } from 'libp2p-gossip-discovery'
 *
 * const discovery = gossipDiscovery({ topic: `${DEFAULT_TOPIC}/staging` })
 * ```
 */
export const DEFAULT_TOPIC = '/gossip-discovery/1'

/** Under which the service logs, for `DEBUG`. */
export const LOG_NAME = 'libp2p:gossip-discovery'

/** Longest time that a stopping node spends on its farewell. */
const FAREWELL_TIMEOUT_MS = 1_000

/** A first announcement waits so long for the transports to listen, so that it carries addresses. */
const LISTEN_GRACE_MS = 250

/** What an application may choose of the service; everything has a default. */
export interface GossipDiscoveryInit extends DiscoveryInit {
  /** The network: nodes of one topic find each other. Default `/gossip-discovery/1`. */
  topic?: string
  /** Addresses to start from, dialled until each was reached once, and again whenever the node is alone. */
  bootstrapPeers?: PeerLike[]
  /**
   * Keep some of the book in libp2p's datastore, so that a restarted node finds its network without a bootstrap peer. Only
   * of use with a datastore that outlives the process. Default false.
   */
  snapshot?: boolean
}

/** What has gone through the service since it was made. */
export interface GossipDiscoveryStats extends ReceiverCounts {
  /** Announcements that this node published. */
  published: number
  /** Peers with an open sync stream. */
  partners: number
}

/** What the service tells of; `peer` is for libp2p itself. */
export interface GossipDiscoveryEvents extends PeerDiscoveryEvents {
  /** This node announced itself; pubsub handed it to so many peers. */
  announced: CustomEvent<{ seq: number; recipients: number }>
}

/**
 * The libp2p service; made by {@link gossipDiscovery}.
 *
 * @example
 * ```ts
 * const { discovery } = libp2p.services
 * discovery.addPeers(['/dns4/bootstrap.example.com/tcp/4001'])
 * discovery.update({ metadata: { role: 'storage' } })
 * discovery.addEventListener('announced', ({ detail }) => console.log(`heard by ${detail.recipients}`))
 * console.log(discovery.addressBook.size, discovery.stats.rejected)
 * ```
 */
export class GossipDiscovery extends TypedEventEmitter<GossipDiscoveryEvents> implements PeerDiscovery, Startable {
  readonly addressBook: AddressBookView
  readonly #components: GossipDiscoveryComponents
  readonly #log: Logger
  readonly #topic: string
  readonly #core: Discovery
  readonly #driver: Driver
  readonly #receiver: Receiver
  readonly #metrics: DiscoveryMetrics
  readonly #snapshot: Snapshot | undefined
  readonly #partners: SyncStreams
  #published = 0
  /** From the start to the farewell. */
  #isInNetwork = false

  constructor(components: GossipDiscoveryComponents, init: GossipDiscoveryInit = {}) {
    super()
    const config = resolveConfig(init)
    if (init.topic === '') throw new InvalidConfigError('topic must not be empty')
    this.#components = components
    this.#log = components.logger.forComponent(LOG_NAME)
    this.#topic = init.topic ?? DEFAULT_TOPIC
    const self = { peer: components.peerId.toString(), epoch: Date.now() }
    this.#core = new Discovery(config, self, { random: Math.random, groupOf }, monotonicMs())
    this.#metrics = new DiscoveryMetrics(components.metrics, {
      bookEntries: () => this.#core.book.size,
      partners: () => this.#partners.size
    })
    this.#receiver = new Receiver(this.#core, this.#topic, this.#log, this.#metrics)
    if (init.snapshot === true) {
      this.#snapshot = new Snapshot(components.datastore, this.#topic, this.#core.book, this.#log)
    }
    const connections = (peer: PeerKey): Connection[] =>
      components.connectionManager.getConnections(peerIdFromString(peer))
    this.#partners = new SyncStreams(this.#topic, this.#receiver, this.#log, this.#metrics, connections, input =>
      this.#driver.handle(input)
    )
    const host = { components, topic: this.#topic, partners: this.#partners, log: this.#log, metrics: this.#metrics }
    this.#driver = new Driver(this.#core, host, this.#onReport)
    this.addressBook = new AddressBookView(this.#core.book, monotonicMs)
    for (const peer of init.bootstrapPeers ?? []) this.#core.overlay.addNamed(dialTarget(peer))
  }

  readonly [peerDiscoverySymbol] = this

  readonly [serviceDependencies]: string[] = ['@libp2p/pubsub']

  readonly [Symbol.toStringTag] = 'libp2p-gossip-discovery'

  get peerId(): PeerId {
    return this.#components.peerId
  }

  /** Start of this run, ms since 1970. */
  get epoch(): number {
    return this.#core.version.epoch
  }

  /** The addresses that this node announces. */
  get announcedAddrs(): string[] {
    return announcedAddrs(this.#components.addressManager.getAddresses(), this.#components.peerId)
  }

  get stats(): GossipDiscoveryStats {
    return { ...this.#receiver.counts(), published: this.#published, partners: this.#partners.size }
  }

  isStarted(): boolean {
    return this.#driver.stopping !== undefined
  }

  /**
   * Called by libp2p.
   *
   * @throws {GossipDiscoveryError} `Gossip` when another service on this node has the same topic
   */
  async start(): Promise<void> {
    if (this.isStarted()) return
    const { pubsub, events } = this.#components
    await this.#handleStreams()
    this.#isInNetwork = true
    if (this.#core.hasLeft) this.#core.restart(Date.now(), monotonicMs())
    this.#driver.start(LISTEN_GRACE_MS)
    pubsub.topicValidators.set(this.#topic, (forwarder: PeerId, message: PubSubMessage) =>
      this.#receiver.validate(forwarder.toString(), message)
    )
    pubsub.addEventListener('message', this.#onMessage)
    events.addEventListener('connection:open', this.#onConnectionOpen)
    events.addEventListener('transport:listening', this.#onAddresses)
    events.addEventListener('self:peer:update', this.#onAddresses)
    events.addEventListener('peer:discovery', this.#onPeerDiscovery)
  }

  /** Called by libp2p once every service has started. */
  async afterStart(): Promise<void> {
    this.#components.pubsub.subscribe(this.#topic)
    this.#onAddresses()
    for (const connection of this.#components.connectionManager.getConnections()) this.#open(connection)
    for (const target of (await this.#snapshot?.load()) ?? []) {
      this.#driver.handle({ type: 'peer-found', target, named: false })
    }
  }

  /** Called by libp2p while connections are still open: says farewell. */
  async beforeStop(): Promise<void> {
    if (!this.#isInNetwork) return
    this.#isInNetwork = false
    await this.leave()
    // Later would be too late: services stop side by side, connections among them, and a stopped pubsub throws.
    await this.#components.registrar.unhandle(this.#partners.protocol)
    await this.#partners.close()
    this.#components.pubsub.unsubscribe(this.#topic)
  }

  /** Called by libp2p. Resolves when nothing that was begun is left. */
  async stop(): Promise<void> {
    if (!this.isStarted()) return
    // Whoever stops this service alone may skip that step.
    await this.beforeStop()
    const { pubsub, events } = this.#components
    pubsub.removeEventListener('message', this.#onMessage)
    pubsub.topicValidators.delete(this.#topic)
    events.removeEventListener('connection:open', this.#onConnectionOpen)
    events.removeEventListener('transport:listening', this.#onAddresses)
    events.removeEventListener('self:peer:update', this.#onAddresses)
    events.removeEventListener('peer:discovery', this.#onPeerDiscovery)
    await this.#partners.close()
    await this.#snapshot?.stop()
    await this.#driver.stop()
  }

  /**
   * Dials a peer and makes it part of the network; retried until it was reached once.
   *
   * @throws {GossipDiscoveryError} `ChannelSend` when the service is not running
   * @throws {TypeError} when a text is no multiaddr
   */
  addPeer(peer: PeerLike): void {
    this.addPeers([peer])
  }

  /** {@link addPeer} for each. */
  addPeers(peers: readonly PeerLike[]): void {
    const targets = peers.map(dialTarget)
    if (!this.isStarted())
      throw new GossipDiscoveryError('ChannelSend', 'peers can be added only while the service runs')
    for (const target of targets) this.#driver.handle({ type: 'peer-found', target, named: true })
  }

  /**
   * Changes the label or the metadata; announced at once.
   *
   * @throws {RangeError} naming the bound that it breaks
   */
  update(change: { name?: string; metadata?: Record<string, string | Uint8Array> }): void {
    const content: { -readonly [Key in keyof Content]?: Content[Key] } = {}
    if (change.name !== undefined) content.name = change.name
    if (change.metadata !== undefined) content.metadata = new Map(Object.entries(change.metadata))
    this.#driver.handle({ type: 'content-changed', content })
  }

  /**
   * Announces at another pace, at once for a start, or no more if undefined; ends or begins `listenOnly`.
   *
   * @throws {InvalidConfigError} when the interval is out of its bounds
   */
  announceEvery(announceIntervalMs: number | undefined): void {
    if (announceIntervalMs !== undefined) resolveConfig({ announceIntervalMs })
    this.#driver.handle({ type: 'pace-changed', announceIntervalMs })
  }

  /** Resolves when the service stops or the signal aborts. */
  async stopped(signal?: AbortSignal): Promise<void> {
    const { stopping } = this.#driver
    if (stopping === undefined || signal?.aborted === true) return
    const signals = signal === undefined ? [stopping] : [stopping, signal]
    await new Promise(resolve => AbortSignal.any(signals).addEventListener('abort', resolve, { once: true }))
  }

  /** Takes out what has expired at this moment; this also happens by itself, on time. Returns how many went. */
  cleanupExpired(): number {
    const before = this.#core.book.size
    this.#driver.handle({ type: 'tick' })
    return before - this.#core.book.size
  }

  /** Says farewell: every book drops this node at once. Nothing is announced afterwards. */
  async leave(): Promise<void> {
    const farewell = this.#driver.leave().then(async () => await this.#partners.flushed())
    await withinMs(farewell, FAREWELL_TIMEOUT_MS)
  }

  async #handleStreams(): Promise<void> {
    const options = { maxInboundStreams: 1, maxOutboundStreams: 1, runOnLimitedConnection: true }
    try {
      await this.#components.registrar.handle(this.#partners.protocol, this.#onInboundStream, options)
    } catch (cause) {
      const message = `this node takes part in the network of topic ${JSON.stringify(this.#topic)} already`
      throw new GossipDiscoveryError('Gossip', message, { cause })
    }
  }

  readonly #onMessage = (event: CustomEvent<PubSubMessage>): void => {
    if (event.detail.topic !== this.#topic) return
    const gossip = this.#receiver.take(event.detail)
    if (gossip !== undefined) this.#driver.handle(gossip)
  }

  readonly #onConnectionOpen = (event: CustomEvent<Connection>): void => {
    this.#open(event.detail)
  }

  /** The dialler opens the stream: one a connection is enough. */
  #open(connection: Connection): void {
    if (connection.direction === 'outbound') this.#driver.run(this.#partners.open(connection))
  }

  readonly #onInboundStream = (stream: Stream, connection: Connection): void => {
    void this.#partners.serve(stream, connection, false)
  }

  readonly #onAddresses = (): void => {
    const addrs = this.announcedAddrs
    if (addrs.join() === this.#core.content.addrs.join()) return
    this.#driver.handle({ type: 'content-changed', content: { addrs } })
  }

  /** What mdns and bootstrap find; what this service found is in the book already. */
  readonly #onPeerDiscovery = (event: CustomEvent<PeerInfo>): void => {
    const { id } = event.detail
    if (id.equals(this.#components.peerId) || this.addressBook.has(id)) return
    this.#driver.handle({ type: 'peer-found', target: dialTarget(event.detail), named: false })
  }

  readonly #onReport = (report: Report): void => {
    switch (report.type) {
      case 'ignored':
        this.#receiver.count(report.reason)
        break
      case 'suspected':
      case 'refuted':
        this.#metrics.suspicion(report.type)
        this.#log('%s %s', report.type, report.peer)
        break
      case 'published':
        this.#published++
        this.safeDispatchEvent('announced', { detail: { seq: report.seq, recipients: report.recipients } })
        break
      case 'warned':
        this.#log.error('%s: %s', report.warning.code, report.warning.message)
        break
      default: {
        if (report.type === 'expired') this.#receiver.forget(report.entry.record)
        const peer = this.addressBook.emit(report.type, report.entry)
        this.#metrics.announcement(report.type)
        this.#log('%s %p', report.type, peer.peerId)
        // An update may bring other addresses.
        if (report.type !== 'joined' && report.type !== 'updated') break
        this.safeDispatchEvent('peer', { detail: { id: peer.peerId, multiaddrs: peer.multiaddrs } })
      }
    }
  }
}

async function withinMs(task: Promise<unknown>, timeoutMs: number): Promise<void> {
  let timer: ReturnType<typeof setTimeout> | undefined
  const timeout = new Promise<void>(resolve => {
    timer = setTimeout(resolve, timeoutMs)
  })
  await Promise.race([task, timeout])
  clearTimeout(timer)
}
