/** The libp2p service: what an application calls, and libp2p's life cycle. */
import {
  type PeerDiscovery,
  type PeerId,
  peerDiscoverySymbol,
  type Startable,
  serviceCapabilities,
  serviceDependencies
} from '@libp2p/interface'
import { TypedEventEmitter } from 'main-event'
import { changeFaults, metadataOf, resolveConfig } from '../core/index.ts'
import type { PeerLike } from './addrs/addrs.ts'
import { isPlausible, monotonicMs, wallClockMs } from './clock.ts'
import type { GossipDiscoveryComponents } from './components.ts'
import { GossipDiscoveryError } from './errors.ts'
import { PageLife } from './host/page-life.ts'
import { HOST_CALL_TIMEOUT_MS, STOP_STEP_TIMEOUT_MS, within } from './host/within.ts'
import { dialTargets, type GossipDiscoveryInit, resolveOptions } from './options.ts'
import { makeParts, type Parts } from './parts.ts'
import { refuseFaults, refuseUnsendable } from './records/sendable.ts'
import type { AddressBookView } from './reports/book/address-book-view.ts'
import { bookUntil } from './reports/book/book-until.ts'
import type { GossipDiscoveryEvents, GossipDiscoveryStats } from './reports/reports.ts'

export { DEFAULT_TOPIC, type GossipDiscoveryInit } from './options.ts'

/** A first announcement waits so long for the transports to listen, so that it carries addresses. */
const LISTEN_GRACE_MS = 250

/**
 * The libp2p service; made by {@link gossipDiscovery}.
 *
 * @example
 * ```ts
 * const { discovery } = libp2p.services
 * discovery.addPeers(['/dns4/bootstrap.example.com/tcp/4001'])
 * discovery.update({ metadata: { role: 'storage' } })
 * discovery.addEventListener('announced', ({ detail }) => console.log(`heard by ${detail.recipients}`))
 * discovery.addEventListener('warning', ({ detail }) => console.error(`${detail.code}: ${detail.message}`))
 * console.log(discovery.addressBook.size, discovery.stats.rejected)
 * ```
 */
export class GossipDiscovery extends TypedEventEmitter<GossipDiscoveryEvents> implements PeerDiscovery, Startable {
  readonly addressBook: AddressBookView
  readonly #components: GossipDiscoveryComponents
  readonly #parts: Parts
  readonly #pageLife: PageLife
  /** Registered with the host after `start`, a part of the network after `afterStart`, out of it from the farewell on. */
  #stage: 'out' | 'registered' | 'joined' = 'out'
  /** Settles when the step of the life cycle that is under way is over. */
  #step: Promise<unknown> = Promise.resolve()

  constructor(components: GossipDiscoveryComponents, init: GossipDiscoveryInit = {}) {
    super()
    const { config, topic, snapshot, bootstrapPeers, foreignTopics } = resolveOptions(init)
    this.#components = components
    if (!config.listenOnly) refuseUnsendable(config, components)
    this.#parts = makeParts({
      ...{ components, config, topic, snapshot, foreignTopics },
      emit: (type, detail) => this.safeDispatchEvent(type, { detail })
    })
    this.#pageLife = new PageLife(this.#parts.core, this.#parts.driver)
    this.addressBook = this.#parts.addressBook
    for (const target of bootstrapPeers) this.#parts.core.overlay.addNamed(target)
  }

  readonly [peerDiscoverySymbol] = this

  readonly [serviceCapabilities]: string[] = ['@libp2p/peer-discovery', '@gossip-discovery/libp2p']

  readonly [serviceDependencies]: string[] = ['@libp2p/pubsub']

  readonly [Symbol.toStringTag] = '@gossip-discovery/libp2p'

  get peerId(): PeerId {
    return this.#components.peerId
  }

  /** Start of this run, ms since 1970. */
  get epoch(): number {
    return this.#parts.core.version.epoch
  }

  /** The addresses that this node announces. */
  get announcedAddrs(): string[] {
    return this.#parts.events.announcedAddrs
  }

  get stats(): GossipDiscoveryStats {
    const { receiver, reports, partners, warnings } = this.#parts
    const { published } = reports
    return { ...receiver.counts(), published, partners: partners.size, warnings: warnings.counts() }
  }

  isStarted(): boolean {
    return this.#parts.driver.stopping !== undefined
  }

  /**
   * Called by libp2p. Nothing is left registered when it fails.
   *
   * @throws {GossipDiscoveryError} `Gossip` when another service or the application has the same topic, or the host refuses
   * @throws {GossipDiscoveryError} `Timeout` when the host does not answer
   */
  async start(): Promise<void> {
    await this.#inTurn(async () => {
      if (!this.isStarted()) await this.#start()
    })
  }

  /**
   * Called by libp2p once every service has started. Stops the service when it fails.
   *
   * @throws {GossipDiscoveryError} `Gossip` when pubsub or libp2p refuses a call, or pubsub does not sign and `interop` needs it
   */
  async afterStart(): Promise<void> {
    await this.#inTurn(async () => {
      if (this.#stage === 'registered') await this.#joinNetwork()
    })
  }

  /** Called by libp2p while connections are still open: says farewell. */
  async beforeStop(): Promise<void> {
    await this.#inTurn(async () => await this.#leaveNetwork())
  }

  /** Called by libp2p. Resolves when nothing that was begun is left, within seconds even if the host does not answer. */
  async stop(): Promise<void> {
    await this.#inTurn(async () => await this.#stop())
  }

  /**
   * Dials a peer and makes it part of the network; retried until it was reached once.
   *
   * @throws {GossipDiscoveryError} `ChannelSend` when the service is not running
   * @throws {TypeError} naming what is no peer
   */
  addPeer(peer: PeerLike): void {
    this.addPeers([peer])
  }

  /** {@link addPeer} for each. */
  addPeers(peers: readonly PeerLike[]): void {
    const targets = dialTargets(peers)
    if (!this.isStarted())
      throw new GossipDiscoveryError('ChannelSend', 'peers can be added only while the service runs')
    for (const target of targets) this.#parts.driver.handle({ type: 'peer-found', target, source: 'named' })
  }

  /**
   * Changes the label or the metadata, which is copied; announced at once.
   *
   * @throws {GossipDiscoveryError} `Serialization` when it could not be sent: names field, bound and value, and changes nothing
   */
  update(change: { name?: string; metadata?: Required<GossipDiscoveryInit>['metadata'] }): void {
    refuseFaults(changeFaults(change))
    const { name, metadata } = this.#parts.core.content
    const content = { name: change.name ?? name, metadata: metadataOf(change.metadata ?? metadata) }
    refuseUnsendable(content, this.#components)
    this.#parts.driver.handle({ type: 'content-changed', content })
  }

  /**
   * Announces at another pace, at once for a start, or no more if undefined; ends or begins `listenOnly`.
   *
   * @throws {GossipDiscoveryError} `ChannelSend` when the service is not running
   * @throws {GossipDiscoveryError} `Serialization` when nothing can be announced under this node's key
   * @throws {InvalidConfigError} when the interval is out of its bounds
   */
  announceEvery(announceIntervalMs: number | undefined): void {
    if (announceIntervalMs !== undefined) resolveConfig({ announceIntervalMs })
    if (!this.isStarted())
      throw new GossipDiscoveryError('ChannelSend', 'the pace can be changed only while the service runs')
    if (announceIntervalMs !== undefined) refuseUnsendable(this.#parts.core.content, this.#components)
    this.#parts.driver.handle({ type: 'pace-changed', announceIntervalMs })
  }

  /**
   * Resolves once the book is as you want it: at once, or when it has become so. Asked again after each change, and when a peer is
   * suspected or has shown that it lives.
   *
   * @example
   * ```ts
   * await libp2p.services.discovery.until(book => book.size >= 3, { signal: AbortSignal.timeout(10_000) })
   * ```
   *
   * @throws {GossipDiscoveryError} `ChannelSend` when the service does not run, or stops meanwhile
   * @throws the reason of the signal when it aborts, and whatever the condition throws
   */
  async until(condition: (book: AddressBookView) => boolean, options: { signal?: AbortSignal } = {}): Promise<void> {
    await bookUntil(this.addressBook, condition, { stopping: this.#parts.driver.stopping, signal: options.signal })
  }

  /** Resolves when the service stops or the signal aborts. */
  async stopped(signal?: AbortSignal): Promise<void> {
    const { stopping } = this.#parts.driver
    if (stopping === undefined || signal?.aborted === true) return
    const signals = signal === undefined ? [stopping] : [stopping, signal]
    await new Promise(resolve => AbortSignal.any(signals).addEventListener('abort', resolve, { once: true }))
  }

  /** Takes out what has expired at this moment; this also happens by itself, on time. Returns how many went. */
  cleanupExpired(): number {
    const before = this.#parts.core.book.size
    this.#parts.driver.handle({ type: 'tick' })
    return before - this.#parts.core.book.size
  }

  /**
   * Says farewell: every book drops this node at once. Nothing is announced afterwards. Waits a second at most for pubsub and
   * partners to take it.
   */
  async leave(): Promise<void> {
    const { driver, partners, log } = this.#parts
    const farewell = driver.leave().then(async () => await partners.flushed())
    await within(STOP_STEP_TIMEOUT_MS, 'saying farewell', farewell).catch(error => log('%e', error))
  }

  /** {@link leave} within this call, for a process that ends with it. In a browser the service calls it when the page goes. */
  leaveNow(): void {
    this.#parts.driver.leaveNow()
  }

  /** Starts and stops follow one another, in whatever order and however often they are called. */
  async #inTurn(step: () => Promise<void>): Promise<void> {
    const turn = this.#step.then(step)
    this.#step = turn.catch(() => {})
    await turn
  }

  async #start(): Promise<void> {
    const { core, driver, partners, registrations, warnings } = this.#parts
    partners.begin()
    try {
      await registrations.begin()
    } catch (error) {
      await partners.close()
      throw error
    }
    const epoch = wallClockMs()
    core.restart(epoch, monotonicMs())
    this.#stage = 'registered'
    driver.start(LISTEN_GRACE_MS)
    if (isPlausible(epoch)) return
    const message = `the clock shows ${new Date(epoch).toISOString()}: others may take this run for an earlier one; set the clock`
    warnings.tellSeldom('cannot-announce', message)
  }

  async #joinNetwork(): Promise<void> {
    const { driver, events, pubsubPeers, registrations, snapshot } = this.#parts
    try {
      registrations.subscribe()
      pubsubPeers?.begin()
      events.catchUp()
      this.#pageLife.begin()
    } catch (cause) {
      await this.#stop()
      if (cause instanceof GossipDiscoveryError) throw cause
      throw new GossipDiscoveryError('Gossip', `libp2p refused a call: ${(cause as Error).message}`, { cause })
    }
    this.#stage = 'joined'
    snapshot?.begin()
    // The start does not wait for the disk.
    driver.run(this.#dialSnapshot())
  }

  async #dialSnapshot(): Promise<void> {
    const { driver, snapshot } = this.#parts
    for (const target of (await snapshot?.load()) ?? []) {
      if (this.#stage === 'joined') driver.handle({ type: 'peer-found', target, source: 'snapshot' })
    }
  }

  async #leaveNetwork(): Promise<void> {
    if (this.#stage === 'out') return
    this.#stage = 'out'
    const { log, partners, pubsubPeers, registrations } = this.#parts
    this.#pageLife.end()
    pubsubPeers?.end()
    await this.leave()
    // Later would be too late: services stop side by side, connections among them, and a stopped pubsub throws.
    await registrations.endStreams()
    await within(HOST_CALL_TIMEOUT_MS, 'closing the sync streams', partners.close()).catch(error => log('%e', error))
    await registrations.unsubscribe()
  }

  async #stop(): Promise<void> {
    if (!this.isStarted()) return
    const { driver, registrations, snapshot } = this.#parts
    // An application that stops this service alone may skip `beforeStop`.
    await this.#leaveNetwork()
    await registrations.end()
    await snapshot?.stop()
    await driver.stop()
    this.addressBook.end()
  }
}
