/** The discovery service on a host that connects to nobody: what gossip delivers goes in, and nothing comes out. */

import {
  DEFAULT_TOPIC,
  type GossipDiscoveryComponents,
  gossipDiscovery,
  type PubSubMessage
} from '@gossip-discovery/libp2p'
import { generateKeyPair } from '@libp2p/crypto/keys'
import { MeasureError } from './measure-error.ts'

export interface Sink {
  /**
   * Hands the service a message as gossipsub does: first to its validator, then, once accepted, as an event.
   *
   * @throws {MeasureError} when it is not accepted
   */
  deliver(data: Uint8Array): Promise<void>
  close(): Promise<void>
}

type Validator = (forwarder: unknown, message: PubSubMessage) => Promise<string>

export async function createSink(): Promise<Sink> {
  const privateKey = await generateKeyPair('Ed25519')
  const { publicKey } = await generateKeyPair('Ed25519')
  // A public key has the text form of its peer id, which a peer id keeps.
  const forwarderText = publicKey.toString()
  const forwarder = { toString: () => forwarderText }
  const topicValidators = new Map<string, Validator>()
  const pubsub = Object.assign(new EventTarget(), {
    topicValidators,
    subscribe() {},
    unsubscribe() {},
    publish: async () => ({ recipients: [] })
  })
  const host = {
    privateKey,
    peerId: privateKey.publicKey,
    logger: { forComponent: () => Object.assign(() => {}, { error() {}, trace() {} }) },
    events: new EventTarget(),
    addressManager: { getAddresses: () => [] },
    peerStore: { get: unknownPeer, merge: async () => {}, patch: async () => {}, delete: async () => {} },
    // The one dial that the service has under way lasts until it stops.
    connectionManager: { getConnections: () => [], openConnection: untilAborted },
    registrar: { handle: async () => {}, unhandle: async () => {} },
    pubsub
  }
  const service = gossipDiscovery()(host as unknown as GossipDiscoveryComponents)
  await service.start()
  const validate = topicValidators.get(DEFAULT_TOPIC)!
  return {
    async deliver(data) {
      const message = { topic: DEFAULT_TOPIC, data }
      const result = await validate(forwarder, message)
      if (result !== 'accept') throw new MeasureError(`the service did not accept an announcement: ${result}`)
      pubsub.dispatchEvent(new CustomEvent('message', { detail: message }))
    },
    async close() {
      await service.beforeStop()
      await service.stop()
    }
  }
}

async function untilAborted(_: unknown, { signal }: { signal: AbortSignal }): Promise<never> {
  return await new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)))
}

async function unknownPeer(): Promise<never> {
  throw Object.assign(new Error('no such peer'), { name: 'NotFoundError' })
}
