/**
 * The topics of `@libp2p/pubsub-peer-discovery` on this node's pubsub. They belong to others as well: to the application, to another
 * service of this package, to whoever sends messages of another format there. So nothing is refused, and nothing of others is undone.
 */
import { publicKeyToProtobuf } from '@libp2p/crypto/keys'
import type { PeerId, PublicKey } from '@libp2p/interface'
import { equals } from 'uint8arrays/equals'
import type { PubSub, PubSubMessage, TopicValidation } from '../components.ts'
import { GossipDiscoveryError } from '../errors.ts'
import { signerKey } from '../records/keys/signer-key.ts'
import { decodePeer, MAX_MESSAGE_BYTES, type PeerMessage } from './peer-message.ts'

/** A pubsub under `StrictSign`. */
export interface SigningPubSub extends Omit<PubSub, 'addEventListener' | 'removeEventListener'> {
  getTopics(): string[]
  getSubscribers(topic: string): PeerId[]
  // biome-ignore lint/suspicious/noExplicitAny: the packages' events have no common ancestor.
  addEventListener(type: string, listener: (event: any) => void): void
  // biome-ignore lint/suspicious/noExplicitAny: see above
  removeEventListener(type: string, listener: (event: any) => void): void
}

/** A message whose author was verified. */
export interface SignedMessage extends PubSubMessage {
  readonly from: PeerId
  readonly key: PublicKey
}

/** Says whether the bytes of a forwarder may be handed on at this moment. */
export type Admits = (forwarder: PeerId, bytes: number) => boolean

/** What gossipsub sends along with each message: author, number, topic and signature. */
const MESSAGE_OVERHEAD_BYTES = 200

/** A topic in use by services of this package. */
interface Use {
  services: number
  /** Undefined where the application's validator is in place. */
  readonly validator: unknown
  /** Whether these services subscribed to it; else the application had. */
  readonly hasSubscribed: boolean
}

/** By pubsub and topic. BOUNDED by the topics that services on that pubsub are configured with. */
const uses = new WeakMap<object, Map<string, Use>>()

/** Who handed a message on, until it is delivered. */
const forwarders = new WeakMap<PubSubMessage, PeerId>()

/**
 * @throws {GossipDiscoveryError} `Gossip` where messages have no verified author: anybody could speak for anybody
 */
export function signingPubsub(pubsub: PubSub): SigningPubSub {
  const { globalSignaturePolicy } = pubsub as { globalSignaturePolicy?: unknown }
  if (globalSignaturePolicy === 'StrictSign') return pubsub as unknown as SigningPubSub
  throw new GossipDiscoveryError(
    'Gossip',
    `interop.pubsubPeerDiscovery needs a gossipsub whose globalSignaturePolicy is StrictSign, got ${globalSignaturePolicy}`
  )
}

/** Subscribes to the topic, and sets a validator where there is none. Shared with other services that use the same pubsub. */
export function useTopic(pubsub: SigningPubSub, topic: string, admits: Admits): void {
  const ofPubsub = uses.get(pubsub) ?? new Map<string, Use>()
  uses.set(pubsub, ofPubsub)
  const use = ofPubsub.get(topic)
  if (use !== undefined) {
    use.services++
    return
  }
  const { topicValidators } = pubsub
  const validator = topicValidators.get(topic) === undefined ? validatorOf(admits) : undefined
  if (validator !== undefined) topicValidators.set(topic, validator)
  const hasSubscribed = !pubsub.getTopics().includes(topic)
  ofPubsub.set(topic, { services: 1, validator, hasSubscribed })
  if (hasSubscribed) pubsub.subscribe(topic)
}

/** Undoes what {@link useTopic} did, once no other service uses the topic. */
export function leaveTopic(pubsub: SigningPubSub, topic: string): void {
  const use = uses.get(pubsub)?.get(topic)
  if (use === undefined || --use.services > 0) return
  uses.get(pubsub)?.delete(topic)
  const { topicValidators } = pubsub
  if (use.validator !== undefined && topicValidators.get(topic) === use.validator) topicValidators.delete(topic)
  if (use.hasSubscribed) pubsub.unsubscribe(topic)
}

/** Whether this node is subscribed to a topic for services of this package alone: then it is no reason to keep a connection. */
export function isUsedByUsAlone(pubsub: object, topic: string): boolean {
  return uses.get(pubsub)?.get(topic)?.hasSubscribed === true
}

/** Who handed the message on; its author where the application's validator has looked at it. */
export function forwarderOf(message: SignedMessage): PeerId {
  return forwarders.get(message) ?? message.from
}

/** What the author says of itself; else whether that cannot be read, or it speaks for another peer. */
export function readPeer({ data, key }: SignedMessage): PeerMessage | 'unreadable' | 'forged' {
  const peer = data.byteLength > MAX_MESSAGE_BYTES ? undefined : decodePeer(data)
  if (peer === undefined) return 'unreadable'
  if (equals(peer.key, publicKeyToProtobuf(key))) return peer
  // Of a message of another format, the first field is no key.
  return signerKey(peer.key) === undefined ? 'unreadable' : 'forged'
}

/** Never rejects: a forwarder is not to blame for what others say on a topic that is not ours. */
function validatorOf(admits: Admits): (forwarder: PeerId, message: SignedMessage) => TopicValidation {
  return (forwarder, message) => {
    const { byteLength } = message.data
    const isSmall = byteLength <= MAX_MESSAGE_BYTES
    if (!isSmall || !admits(forwarder, byteLength + MESSAGE_OVERHEAD_BYTES)) return 'ignore'
    forwarders.set(message, forwarder)
    return readPeer(message) === 'forged' ? 'ignore' : 'accept'
  }
}
