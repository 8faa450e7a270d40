/** Nodes of libp2p 2 with @chainsafe/libp2p-gossipsub 14, under the names that package.json gives these packages. */
import { createLibp2p, type Libp2pOptions } from 'libp2p-2'
import { gossipsub } from 'libp2p-2-gossipsub'
import { identify } from 'libp2p-2-identify'
import { multiaddr } from 'libp2p-2-multiaddr'
import { noise } from 'libp2p-2-noise'
import { tcp } from 'libp2p-2-tcp'
import { yamux } from 'libp2p-2-yamux'
import type { Test } from 'tap'
import type { GossipDiscoveryInit } from '../../src/index.ts'
import { gossipDiscovery } from '../../src/libp2p-2/index.ts'
import { transport as transport3 } from '../libp2p/nodes.ts'

/**
 * A started node with the service of this package, stopped with the test.
 *
 * @param host - what else libp2p is made with
 */
export async function startNode2(
  t: Test,
  init: GossipDiscoveryInit,
  host: Pick<Libp2pOptions, 'logger' | 'metrics'> = {}
) {
  const node = await createLibp2p({
    ...transport(),
    ...host,
    services: { identify: identify(), pubsub: gossipsub(), discovery: gossipDiscovery({ ...init, multiaddr }) }
  })
  t.teardown(async () => await node.stop())
  return node
}

/** A started node that knows gossipsub, and nothing of this package. */
export async function startPlainNode2(t: Test) {
  const node = await createLibp2p({ ...transport(), services: { identify: identify(), pubsub: gossipsub() } })
  t.teardown(async () => await node.stop())
  return node
}

export { multiaddr as multiaddr2 }

function transport() {
  return {
    addresses: { listen: transport3().addresses?.listen ?? [] },
    transports: [tcp()],
    connectionEncrypters: [noise()],
    streamMuxers: [yamux()]
  }
}
