import type { GossipDiscovery } from '@gossip-discovery/libp2p'
import { gossipDiscovery } from '@gossip-discovery/libp2p/libp2p-2'
import { createLibp2p } from 'libp2p-2'
import { gossipsub } from 'libp2p-2-gossipsub'
import { identify } from 'libp2p-2-identify'
import { multiaddr } from 'libp2p-2-multiaddr'
import { noise } from 'libp2p-2-noise'
import { tcp } from 'libp2p-2-tcp'
import { yamux } from 'libp2p-2-yamux'
import type { NodeOptions } from '../options.ts'
import type { ProgramNode } from '../program.ts'
import type { NodeState } from '../state.ts'
import { nativeCrypto } from './native-crypto.ts'
import { discoveryInit, fastMsgIdFn, localAddressOf, privateKeyOf } from './settings.ts'

type TcpOptions = NonNullable<NonNullable<Parameters<typeof tcp>[0]>['dialOpts']>
type Init = Parameters<typeof createLibp2p>[0] & object

/** A node of libp2p 2 with production defaults. It has no mDNS, and refuses to be asked for it. */
export async function createNode(options: NodeOptions, state: NodeState | undefined): Promise<ProgramNode> {
  if (options.mdns) throw new Error('the program on libp2p 2 has no mDNS; leave --mdns out')
  const node = await createLibp2p({
    start: false,
    privateKey: (await privateKeyOf(state?.keyFile ?? options.keyFile)) as NonNullable<Init['privateKey']>,
    // Of a newer interface-datastore, whose keys are the same at run time.
    ...(state !== undefined && { datastore: state.datastore as unknown as NonNullable<Init['datastore']> }),
    addresses: { listen: options.listen },
    transports: [tcp({ dialOpts: localAddressOf(options.listen) as TcpOptions })],
    connectionEncrypters: [noise({ crypto: nativeCrypto })],
    streamMuxers: [yamux()],
    services: {
      identify: identify(),
      pubsub: gossipsub({ globalSignaturePolicy: 'StrictNoSign', allowPublishToZeroTopicPeers: true, fastMsgIdFn }),
      discovery: gossipDiscovery({ ...discoveryInit(options), multiaddr })
    }
  })
  return node as typeof node & { services: { discovery: GossipDiscovery } }
}
