/** A stub host whose pubsub signs, and messages as such a pubsub delivers them. */
import { publicKeyToProtobuf } from '@libp2p/crypto/keys'
import type { PeerId, PeerInfo, PrivateKey } from '@libp2p/interface'
import { peerIdFromPrivateKey } from '@libp2p/peer-id'
import { multiaddr } from '@multiformats/multiaddr'
import type { GossipDiscovery } from '../../../src/index.ts'
import type { SignedMessage } from '../../../src/libp2p/interop/foreign-topics.ts'
import { encodePeer } from '../../../src/libp2p/interop/peer-message.ts'
import { StubHost } from '../host/stub-host.ts'

export const TOPIC = '_peer-discovery._p2p._pubsub'

type Validator = (forwarder: PeerId, message: SignedMessage) => unknown

export class TheirHost extends StubHost {
  /** Peers that take part in {@link TOPIC}. */
  subscribers: PeerId[] = []
  /** What was published on {@link TOPIC}. */
  readonly said: Uint8Array[] = []

  constructor(privateKey: PrivateKey) {
    super(privateKey)
    const { publish } = this.pubsub
    Object.assign(this.pubsub, {
      globalSignaturePolicy: 'StrictSign',
      getTopics: () => [...this.topics],
      getSubscribers: (topic: string) => (topic === TOPIC ? this.subscribers : []),
      publish: async (topic: string, data: Uint8Array) => {
        if (topic !== TOPIC) return await publish(topic, data)
        this.said.push(data)
        return { recipients: [] }
      }
    })
  }

  /** Everything that was registered for the other discovery. */
  registeredForTheirs(): string[] {
    return this.registered().filter(name => name === TOPIC)
  }

  subscribe(peer: PeerId, topic = TOPIC): void {
    this.subscribers.push(peer)
    const detail = { peerId: peer, subscriptions: [{ topic, subscribe: true }] }
    this.messages.dispatchEvent(new CustomEvent('subscription-change', { detail }))
  }

  /** What the validator of the topic says. */
  async validate(message: SignedMessage, forwarder = message.from): Promise<unknown> {
    return await (this.topicValidators.get(message.topic) as Validator)(forwarder, message)
  }

  /** The message arrives, and is delivered if the validator takes it. */
  async receive(message: SignedMessage, forwarder = message.from): Promise<unknown> {
    const validation = await this.validate(message, forwarder)
    if (validation === 'accept') this.messages.safeDispatchEvent('message', { detail: message })
    return validation
  }
}

/** Bytes that a peer signed. */
export function signed(author: PrivateKey, data: Uint8Array, topic = TOPIC): SignedMessage {
  return { topic, data, from: peerIdFromPrivateKey(author), key: author.publicKey }
}

/** A peer says where it is, by default of itself. */
export function said(author: PrivateKey, addrs: readonly string[], subject = author): SignedMessage {
  const key = publicKeyToProtobuf(subject.publicKey)
  return signed(author, encodePeer({ key, addrs: addrs.map(addr => multiaddr(addr).bytes) }))
}

/** The peers that libp2p is told of, in order, from this call on. */
export function toldBy(discovery: GossipDiscovery): { id: string; addrs: string[] }[] {
  const told: { id: string; addrs: string[] }[] = []
  discovery.addEventListener('peer', ({ detail }: CustomEvent<PeerInfo>) =>
    told.push({ id: detail.id.toString(), addrs: detail.multiaddrs.map(addr => addr.toString()) })
  )
  return told
}
