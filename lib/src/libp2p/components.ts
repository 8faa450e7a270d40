/** What the service uses of its host, and no more. */
import type {
  ComponentLogger,
  ConnectionGater,
  Libp2pEvents,
  Metrics,
  PeerId,
  PeerStore,
  PrivateKey,
  TypedEventTarget
} from '@libp2p/interface'
import type { AddressManager, ConnectionManager, Registrar, TransportManager } from '@libp2p/interface-internal'
import type { DNS } from '@multiformats/dns'
import type { Datastore } from 'interface-datastore'

/** What every gossipsub and floodsub of js-libp2p offers, whichever package it comes from. */
export interface PubSub {
  readonly topicValidators: TopicValidators
  /** The protocols of its streams; under which of the two names depends on the package. */
  readonly protocols?: readonly string[]
  readonly multicodecs?: readonly string[]
  /** Gossipsub: topics that this node publishes to without a subscription, and peers that it stays connected to. */
  readonly fanout?: ReadonlyMap<string, unknown>
  readonly direct?: ReadonlySet<string>
  /** Those that this node subscribes to. */
  getTopics(): string[]
  getSubscribers(topic: string): PeerId[]
  subscribe(topic: string): void
  unsubscribe(topic: string): void
  publish(topic: string, data: Uint8Array): Promise<{ recipients: PeerId[] }>
  addEventListener(type: 'message', listener: (event: CustomEvent<PubSubMessage>) => void): void
  removeEventListener(type: 'message', listener: (event: CustomEvent<PubSubMessage>) => void): void
}

/** A message as pubsub delivers it. */
export interface PubSubMessage {
  readonly topic: string
  readonly data: Uint8Array
}

/** `reject` lowers the forwarder's score, `ignore` only stops the message. */
export type TopicValidation = 'accept' | 'ignore' | 'reject'

/** A map from topics to validators, as far as it is used; each pubsub package has types of its own for them. */
export interface TopicValidators {
  // biome-ignore lint/suspicious/noExplicitAny: the packages' message types and result enums have no common ancestor.
  set(topic: string, validator: (propagationSource: any, message: any) => any): unknown
  get(topic: string): unknown
  delete(topic: string): boolean
}

/** The parts of the host that the service uses; libp2p hands them to it. */
export interface GossipDiscoveryComponents {
  peerId: PeerId
  privateKey: PrivateKey
  logger: ComponentLogger
  events: TypedEventTarget<Libp2pEvents>
  addressManager: AddressManager
  connectionManager: ConnectionManager
  connectionGater?: ConnectionGater
  /** For several addresses of one peer side by side; without it they are dialled one after another. */
  transportManager?: Pick<TransportManager, 'dial' | 'dialTransportForMultiaddr'>
  registrar: Registrar
  peerStore: PeerStore
  datastore: Datastore
  pubsub: PubSub
  dns?: DNS
  metrics?: Metrics
}

/** The words of gossipsub and floodsub, of all versions, for a topic that no connected peer subscribes to. */
export function isNobodyThere(error: unknown): boolean {
  return /NoPeersSubscribed|InsufficientPeers|no peers/i.test(String(error))
}
