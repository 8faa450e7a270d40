/** Nodes that others reach through a relay alone, as those behind a NAT: they listen on `<relay>/p2p-circuit`. */
import { circuitRelayServer, circuitRelayTransport } from '@libp2p/circuit-relay-v2'
import { gossipsub } from '@libp2p/gossipsub'
import { identify } from '@libp2p/identify'
import { createLibp2p } from 'libp2p'
import type { Test } from 'tap'
import { type GossipDiscoveryInit, gossipDiscovery } from '../../src/index.ts'
import { addrOf, type TestNode, transport } from './nodes.ts'
import { startedBehind } from './relayed/relayed.ts'

/** A relay that takes part in the network. Its limits on a circuit are the default ones: 128 KiB, two minutes. */
export async function startRelay(t: Test, init: GossipDiscoveryInit = {}): Promise<TestNode> {
  const services = {
    identify: identify(),
    pubsub: gossipsub(),
    discovery: gossipDiscovery({ name: 'relay', ...init }),
    relay: circuitRelayServer({ reservations: { maxReservations: 100 } })
  }
  const relay = await createLibp2p({ ...transport(), services })
  t.teardown(async () => await relay.stop())
  return relay
}

/** A node with no address but those through the relay, which is its bootstrap peer, too. */
export async function startRelayed(t: Test, relay: TestNode, init: GossipDiscoveryInit = {}): Promise<TestNode> {
  const { transports = [], ...options } = transport()
  const node: TestNode = await startedBehind({
    ...options,
    addresses: { listen: [`${addrOf(relay)}/p2p-circuit`] },
    transports: [...transports, circuitRelayTransport()],
    services: {
      identify: identify(),
      pubsub: gossipsub(),
      discovery: gossipDiscovery({ bootstrapPeers: [addrOf(relay)], ...init })
    }
  })
  t.teardown(async () => await node.stop())
  return node
}
