/** The options of the service, checked as a whole before anything is made of them. */
import { isPeerId } from '@libp2p/interface'
import { isMultiaddr } from '@multiformats/multiaddr'
import {
  type Complaint,
  type DialTarget,
  type DiscoveryConfig,
  type DiscoveryInit,
  flag,
  InvalidConfigError,
  type OptionRule,
  type OptionRules,
  optionFaults,
  plainText,
  resolveConfig,
  sentences,
  shown
} from '../core/index.ts'
import { dialTarget, type PeerLike } from './addrs/addrs.ts'
import { type InteropInit, interopRule, isTheirTopic, pubsubPeerTopics } from './interop/interop-options.ts'
import { SYNC_PROTOCOL } from './sync/sync-streams.ts'

/**
 * The network that a node joins if none is named.
 *
 * @example
 * ```ts
 * import { DEFAULT_TOPIC, gossipDiscovery } from '@gossip-discovery/libp2p'
 *
 * const discovery = gossipDiscovery({ topic: `${DEFAULT_TOPIC}/staging` })
 * ```
 */
export const DEFAULT_TOPIC = '/gossip-discovery/1'

/** What an application may choose of the service; everything has a default. */
export interface GossipDiscoveryInit extends DiscoveryInit {
  /**
   * The network: nodes of one topic find each other. At most 994 bytes of UTF-8, no control characters, no white space at the end.
   * Default `/gossip-discovery/1`.
   */
  topic?: string
  /** Whom to start from, dialled until each was reached once, and again whenever the node is alone. */
  bootstrapPeers?: readonly PeerLike[]
  /**
   * Keep some of the book in libp2p's datastore, so that a restarted node finds its network without a bootstrap peer. Written 5 s
   * after the first partner of a run, again each after twice the time, up to a minute, and at the stop. Only of use with a datastore
   * that outlives the process. Default false.
   */
  snapshot?: boolean
  /** Other discoveries that this node speaks beside its own, so that their networks can be moved over node by node. Default: none. */
  interop?: InteropInit
}

/** {@link GossipDiscoveryInit} with nothing left open. */
export interface ServiceOptions {
  readonly config: DiscoveryConfig
  readonly topic: string
  readonly snapshot: boolean
  readonly bootstrapPeers: readonly DialTarget[]
  /** Topics of `@libp2p/pubsub-peer-discovery` that this node takes part in. */
  readonly foreignTopics: readonly string[]
}

/** What libp2p negotiates is at most so long, with the line feed that ends it; longer protocols are never agreed on. */
const MAX_PROTOCOL_BYTES = 1024
const MAX_TOPIC_BYTES = MAX_PROTOCOL_BYTES - '\n'.length - `${SYNC_PROTOCOL}/`.length

/** Their messages would be taken for broken records, and the network of theirs would be cut. */
const THEIRS = 'be of this network alone, and not of @libp2p/pubsub-peer-discovery: see interop.pubsubPeerDiscovery'

/** The name of a network, which is a part of what its nodes negotiate. */
export const topicRule: OptionRule = (value, given) => {
  const complaints = plainText(value, given)
  if (complaints.length > 0 || typeof value !== 'string') return complaints
  const bytes = new TextEncoder().encode(value).byteLength
  if (bytes > MAX_TOPIC_BYTES) return [{ must: `be at most ${MAX_TOPIC_BYTES} bytes of UTF-8`, got: `${bytes} bytes` }]
  // Libp2p takes it off the protocols that it reads, and no longer knows them.
  if (value !== value.trimEnd()) return [{ must: 'not end in white space' }]
  if (isTheirTopic(value)) return [{ must: THEIRS }]
  return value === '' ? [{ must: 'not be empty' }] : []
}

/** An array of {@link PeerLike}. */
export const peersRule: OptionRule = value => {
  if (!Array.isArray(value)) return [{ must: 'be an array of peers' }]
  return value.flatMap((peer, i) => peerComplaints(peer).map(complaint => ({ ...complaint, at: `[${i}]` })))
}

/** What the service has besides the core. */
const RULES: OptionRules<Omit<GossipDiscoveryInit, keyof DiscoveryInit>> = {
  topic: topicRule,
  bootstrapPeers: peersRule,
  snapshot: flag,
  interop: interopRule(DEFAULT_TOPIC)
}

/**
 * Fills in defaults, and checks all options at once.
 *
 * @throws {InvalidConfigError} naming each option that cannot be taken, its value and what is allowed
 */
export function resolveOptions(init: GossipDiscoveryInit): ServiceOptions {
  const config = resolveConfig(init, RULES)
  const { topic = DEFAULT_TOPIC, snapshot = false, bootstrapPeers = [] } = init
  const foreignTopics = pubsubPeerTopics(init.interop)
  return { config, topic, snapshot, bootstrapPeers: bootstrapPeers.map(dialTarget), foreignTopics }
}

/**
 * For what is named otherwise than the options of the service.
 *
 * @throws {InvalidConfigError} naming each value that cannot be taken
 */
export function refuseFaulty<Given extends object>(given: Given, rules: OptionRules<Given>): void {
  const faults = optionFaults(given, rules)
  if (faults.length > 0) throw new InvalidConfigError(faults)
}

/**
 * What is to be dialled for peers that an application names while the service runs.
 *
 * @throws {TypeError} naming what is no peer
 */
export function dialTargets(peers: unknown): DialTarget[] {
  const faults = sentences('peers', peers, peersRule(peers, {}))
  if (faults.length > 0) throw new TypeError(faults.join('; '))
  return (peers as PeerLike[]).map(dialTarget)
}

function peerComplaints(peer: unknown): Complaint[] {
  const must = 'be a multiaddr such as /ip4/192.0.2.1/tcp/4001, a peer id, or { id, multiaddrs }'
  return isPeerLike(peer) ? [] : [{ must, got: shown(peer) }]
}

function isPeerLike(peer: unknown): peer is PeerLike {
  if (typeof peer === 'object' && peer !== null && !isMultiaddr(peer) && !isPeerId(peer)) {
    const { id, multiaddrs } = peer as { id?: unknown; multiaddrs?: unknown }
    return isPeerId(id) && Array.isArray(multiaddrs) && multiaddrs.every(isMultiaddr)
  }
  if (typeof peer !== 'string' && typeof peer !== 'object') return false
  try {
    // An address of nothing is one, for libp2p.
    return !dialTarget(peer as PeerLike).addrs.includes('/')
  } catch {
    return false
  }
}
