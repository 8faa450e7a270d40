/**
 * Speaks `@libp2p/pubsub-peer-discovery` beside this node's own protocol, so that a network of it can be moved over node by node: says
 * where this node is, hands on what others say, and takes it for a hint whom to dial.
 */
import { publicKeyToProtobuf } from '@libp2p/crypto/keys'
import type { Logger, PeerId, PeerInfo } from '@libp2p/interface'
import { multiaddr } from '@multiformats/multiaddr'
import { BOUNDS, type PeerKey } from '../../core/index.ts'
import { groupOf } from '../addrs/addr-group.ts'
import { addrText } from '../addrs/addr-text.ts'
import { dialAddrs } from '../addrs/addrs.ts'
import type { Dialable } from '../addrs/dialable.ts'
import { monotonicMs } from '../clock.ts'
import type { GossipDiscoveryComponents } from '../components.ts'
import { HOST_CALL_TIMEOUT_MS, within } from '../host/within.ts'
import { ForeignLinks, type ForeignLinksHost } from './foreign-links.ts'
import {
  forwarderOf,
  leaveTopic,
  readPeer,
  type SignedMessage,
  type SigningPubSub,
  signingPubsub,
  useTopic
} from './foreign-topics.ts'
import { encodePeer } from './peer-message.ts'

/** As `@libp2p/pubsub-peer-discovery` does, give or take the jitter. */
const PUBLISH_INTERVAL_MS = 10_000
const PUBLISH_JITTER_MS = 1_000

/** A new subscriber is told after this time, and all that come within it at once. */
const WELCOME_MS = 550
const WELCOME_JITTER_MS = 450

/** Strangers who subscribe again and again do not make this node speak more often. */
const MIN_PUBLISH_INTERVAL_MS = 1_000

const CARE_INTERVAL_MS = 500

/** What this part works with. */
export interface PubsubPeersHost extends Omit<ForeignLinksHost, 'isConnected'> {
  readonly components: GossipDiscoveryComponents
  readonly dialable: Dialable
  readonly log: Logger
  /** Where a connected peer is, as a multiaddr; empty if it is not connected. */
  readonly addrOf: (peer: PeerKey) => string
  /** What this node announces of itself. */
  readonly announcedAddrs: () => readonly string[]
  /** Hands a peer to libp2p. */
  readonly emit: (peer: PeerInfo) => void
}

/** How pubsubs tell that one peer subscribes and unsubscribes. */
type SubscriptionChange = CustomEvent<{ subscriptions: { topic: string; subscribe: boolean }[] }>

export class PubsubPeers {
  readonly #topics: readonly string[]
  readonly #host: PubsubPeersHost
  readonly #links: ForeignLinks
  /** BOUNDED by the topics. */
  #used: string[] = []
  #pubsub: SigningPubSub | undefined
  #timer: ReturnType<typeof setTimeout> | undefined
  #publishAtMs = 0
  #publishedAtMs = Number.NEGATIVE_INFINITY
  #careAtMs = 0

  /** @param topics - at least one */
  constructor(topics: readonly string[], host: PubsubPeersHost) {
    this.#topics = topics
    this.#host = host
    this.#links = new ForeignLinks({ ...host, isConnected: peer => host.addrOf(peer) !== '' })
  }

  /**
   * Called when pubsub has started. {@link end} undoes it, also what was done before it failed.
   *
   * @throws {GossipDiscoveryError} `Gossip` when pubsub does not sign
   */
  begin(): void {
    const pubsub = signingPubsub(this.#host.components.pubsub)
    this.#pubsub = pubsub
    for (const topic of this.#topics) {
      this.#used.push(topic)
      useTopic(pubsub, topic, this.#admits)
    }
    pubsub.addEventListener('message', this.#onMessage)
    pubsub.addEventListener('subscription-change', this.#onSubscriptionChange)
    this.#run()
  }

  /** Never fails: what the host refuses is in the log. */
  end(): void {
    const pubsub = this.#pubsub
    if (pubsub === undefined) return
    this.#pubsub = undefined
    clearTimeout(this.#timer)
    this.#host.hints.filter(() => false)
    this.#links.clear()
    const used = this.#used
    this.#used = []
    const steps = [
      () => pubsub.removeEventListener('message', this.#onMessage),
      () => pubsub.removeEventListener('subscription-change', this.#onSubscriptionChange),
      ...used.map(topic => () => leaveTopic(pubsub, topic))
    ]
    for (const step of steps) {
      try {
        step()
      } catch (error) {
        this.#host.log('ending pubsub-peer-discovery failed - %e', error)
      }
    }
  }

  readonly #admits = (forwarder: PeerId, bytes: number): boolean => {
    const { budgets } = this.#host.core
    const nowMs = monotonicMs()
    if (budgets.foreign.admits(this.#payerOf(forwarder), bytes, nowMs)) return true
    budgets.dropped(nowMs)
    return false
  }

  readonly #onMessage = ({ detail }: CustomEvent<SignedMessage>): void => {
    if (!this.#topics.includes(detail.topic)) return
    try {
      this.#hear(detail)
    } catch (error) {
      this.#host.log.error('pubsub-peer-discovery - %e', error)
    }
    // The timers of a page in the background are late; messages are not.
    if (monotonicMs() >= this.#publishAtMs) this.#run()
  }

  readonly #onSubscriptionChange = ({ detail }: SubscriptionChange): void => {
    if (!detail.subscriptions.some(({ topic, subscribe }) => subscribe && this.#topics.includes(topic))) return
    const welcomeAtMs = monotonicMs() + anyAround(WELCOME_MS, WELCOME_JITTER_MS)
    const atMs = Math.max(welcomeAtMs, this.#publishedAtMs + MIN_PUBLISH_INTERVAL_MS)
    this.#publishAtMs = Math.min(this.#publishAtMs, atMs)
    this.#arm()
  }

  #hear(message: SignedMessage): void {
    const { components, core, dialable, hints, log, emit } = this.#host
    const said = readPeer(message)
    if (typeof said === 'string' || message.from.equals(components.peerId)) return
    const peer = message.from.toString()
    // Its own record is there, which says it better.
    if (core.book.get(peer) !== undefined) return
    const nowMs = monotonicMs()
    let hint = hints.heardAgain(peer, message.data, nowMs)
    if (hint === undefined) {
      if (!core.budgets.hints.admits(this.#payerOf(forwarderOf(message)), 1, nowMs)) return
      hint = hints.add(peer, message.data, bareAddrs(peer, said.addrs), nowMs)
    }
    if (hint.isTold) return
    // Whether an address may be dialled depends on where this node is, which it learns when it has started.
    const addrs = hint.addrs.filter(addr => dialable.endpointOf(addr) !== 'forbidden').slice(0, BOUNDS.addrs)
    if (addrs.length === 0) return
    hint.addrs = addrs
    hint.isTold = true
    log('heard of %p on %s', peer, message.topic)
    emit({ id: message.from, multiaddrs: dialAddrs({ id: peer, addrs }) })
  }

  /** What goes wrong is in the log: it must not end the program. */
  #run(): void {
    const nowMs = monotonicMs()
    try {
      if (nowMs >= this.#publishAtMs) this.#publish(nowMs)
      if (nowMs >= this.#careAtMs) this.#care(nowMs)
    } catch (error) {
      this.#host.log.error('pubsub-peer-discovery - %e', error)
    }
    this.#arm()
  }

  #care(nowMs: number): void {
    this.#careAtMs = nowMs + CARE_INTERVAL_MS
    const { core, hints } = this.#host
    hints.filter(peer => core.book.get(peer) === undefined)
    const subscribers = this.#topics.flatMap(topic => this.#subscribers(topic))
    this.#links.care(
      subscribers.map(peer => peer.toString()),
      nowMs
    )
  }

  #arm(): void {
    clearTimeout(this.#timer)
    const waitMs = Math.min(this.#publishAtMs, this.#careAtMs) - monotonicMs()
    this.#timer = setTimeout(() => this.#run(), Math.max(0, waitMs))
  }

  #publish(nowMs: number): void {
    this.#publishAtMs = nowMs + MIN_PUBLISH_INTERVAL_MS
    const { components, core, driver, announcedAddrs } = this.#host
    // Before its first announcement a node may have no addresses; one that only listens or has left makes none, or a farewell.
    if (core.own?.announcement.leaving !== false) return
    this.#publishAtMs = nowMs + anyAround(PUBLISH_INTERVAL_MS, PUBLISH_JITTER_MS)
    this.#publishedAtMs = nowMs
    const suffix = `/p2p/${components.peerId.toString()}`
    const key = publicKeyToProtobuf(components.privateKey.publicKey)
    const bytes = encodePeer({ key, addrs: announcedAddrs().map(addr => multiaddr(addr + suffix).bytes) })
    for (const topic of this.#topics) {
      if (this.#subscribers(topic).length > 0) driver.run(this.#publishOn(topic, bytes))
    }
  }

  async #publishOn(topic: string, bytes: Uint8Array): Promise<void> {
    const { components, log } = this.#host
    const publishing = components.pubsub.publish(topic, bytes)
    await within(HOST_CALL_TIMEOUT_MS, 'publishing a peer', publishing).catch(error =>
      log.trace('%s - %e', topic, error)
    )
  }

  #subscribers(topic: string): PeerId[] {
    return this.#pubsub?.getSubscribers(topic) ?? []
  }

  #payerOf(forwarder: PeerId): { connection: PeerKey; group: string } {
    const connection = forwarder.toString()
    return { connection, group: groupOf(this.#host.addrOf(connection)) }
  }
}

/** Those that can be read, without the peer's own id. One that leads to another peer is none of its addresses. */
function bareAddrs(peer: PeerKey, addrs: readonly Uint8Array[]): string[] {
  const suffix = `/p2p/${peer}`
  const bare = addrs.map(bytes => {
    const text = addrText(bytes) ?? ''
    return text.endsWith(suffix) ? text.slice(0, -suffix.length) : text
  })
  return [...new Set(bare)].filter(addr => addr !== '' && dialAddrs({ id: peer, addrs: [addr] }).length > 0)
}

function anyAround(value: number, jitter: number): number {
  return value + (2 * Math.random() - 1) * jitter
}
