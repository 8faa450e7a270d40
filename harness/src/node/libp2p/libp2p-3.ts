import { type GossipDiscovery, gossipDiscovery } from '@gossip-discovery/libp2p'
import { gossipsub } from '@libp2p/gossipsub'
import { type Identify, identify } from '@libp2p/identify'
import type { Libp2p } from '@libp2p/interface'
import { noise } from '@libp2p/noise'
import { type TCPSocketOptions, tcp } from '@libp2p/tcp'
import { yamux } from '@libp2p/yamux'
import { createLibp2p } from 'libp2p'
import type { NodeOptions } from '../options.ts'
import type { NodeState } from '../state.ts'
import { nativeCrypto } from './native-crypto.ts'
import { discoveryInit, fastMsgIdFn, localAddressOf, privateKeyOf } from './settings.ts'

type NodeServices = { identify: Identify; pubsub: ReturnType<ReturnType<typeof gossipsub>>; discovery: GossipDiscovery }

/** A node of libp2p 3 with production defaults. */
export async function createNode(options: NodeOptions, state: NodeState | undefined): Promise<Libp2p<NodeServices>> {
  return await createLibp2p({
    start: false,
    privateKey: await privateKeyOf(state?.keyFile ?? options.keyFile),
    ...(state !== undefined && { datastore: state.datastore }),
    addresses: { listen: options.listen },
    transports: [tcp({ dialOpts: localAddressOf(options.listen) as TCPSocketOptions })],
    connectionEncrypters: [noise({ crypto: nativeCrypto })],
    streamMuxers: [yamux()],
    peerDiscovery: options.mdns ? await (await import('./multicast.ts')).mdnsIfPossible() : [],
    services: {
      identify: identify(),
      // The record carries its own signature: a second one, verified for every copy, only costs (docs/ARCHITECTURE.md).
      pubsub: gossipsub({ globalSignaturePolicy: 'StrictNoSign', allowPublishToZeroTopicPeers: true, fastMsgIdFn }),
      discovery: gossipDiscovery(discoveryInit(options))
    }
  })
}
