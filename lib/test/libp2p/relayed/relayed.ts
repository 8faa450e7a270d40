/** Nodes that reach each other only through a circuit relay, which takes no part in their network. */
import { type CircuitRelayService, circuitRelayServer, circuitRelayTransport } from '@libp2p/circuit-relay-v2'
import { gossipsub } from '@libp2p/gossipsub'
import { identify } from '@libp2p/identify'
import type { Connection, Libp2p, ServiceMap } from '@libp2p/interface'
import { type Multiaddr, multiaddr } from '@multiformats/multiaddr'
import { createLibp2p, type Libp2pOptions } from 'libp2p'
import type { Test } from 'tap'
import { type GossipDiscoveryInit, gossipDiscovery } from '../../../src/index.ts'
import { addrOf, type TestNode, transport, until } from '../nodes.ts'

export type Relay = Libp2p<{ identify: unknown; relay: CircuitRelayService }>

/** What a circuit may take; undefined for what relays allow by default: 128 KiB, 2 min. */
export interface CircuitLimit {
  bytes?: number
  ms?: number
}

export async function startRelay(t: Test, { bytes, ms }: CircuitLimit = {}): Promise<Relay> {
  const reservations = {
    maxReservations: 100,
    ...(bytes !== undefined && { defaultDataLimit: BigInt(bytes) }),
    ...(ms !== undefined && { defaultDurationLimit: ms })
  }
  const relay = await createLibp2p({
    ...transport(),
    connectionManager: { inboundConnectionThreshold: Number.POSITIVE_INFINITY },
    services: { identify: identify(), relay: circuitRelayServer({ reservations }) }
  })
  t.teardown(async () => await relay.stop())
  return relay
}

/** A node that has a place at the relay when this resolves, and that nobody can dial otherwise, unless it `isDialable`. */
export async function startBehind(
  t: Test,
  relay: Relay,
  init: GossipDiscoveryInit = {},
  { isDialable = false } = {}
): Promise<TestNode> {
  const { transports = [], addresses, ...host } = transport()
  const circuit = `${addrOf(relay)}/p2p-circuit`
  const node: TestNode = await startedBehind({
    ...host,
    addresses: { listen: isDialable ? [circuit, ...addresses!.listen!] : [circuit] },
    transports: [...transports, circuitRelayTransport()],
    services: { identify: identify(), pubsub: gossipsub(), discovery: gossipDiscovery(init) }
  })
  t.teardown(async () => await node.stop())
  await until(() => node.getMultiaddrs().some(isCircuit))
  return node
}

/** Libp2p gives the relay 5 s to take a node that begins to listen there: on a starved host that may need more than one attempt. */
export async function startedBehind<S extends ServiceMap>(options: Libp2pOptions<S>): Promise<Libp2p<S>> {
  let started: Libp2p<S> | undefined
  await until(async () => {
    const node = await createLibp2p({ ...options, start: false })
    try {
      await node.start()
      started = node
    } catch (error) {
      if ((error as Error).name !== 'UnsupportedListenAddressesError') throw error
    }
    return started !== undefined
  })
  return started!
}

/** Where a node can be reached through the relay. */
export function circuitTo(node: Libp2p, relay: Relay): string {
  return multiaddr(addrOf(relay)).encapsulate(`/p2p-circuit/p2p/${node.peerId}`).toString()
}

/** Where a node can be dialled without a relay. */
export function directAddrsOf(node: Libp2p): Multiaddr[] {
  return node.getMultiaddrs().filter(addr => !isCircuit(addr))
}

/** The circuits that end at a node. */
export function circuitsOf(node: Libp2p): Connection[] {
  return node.getConnections().filter(({ limits }) => limits !== undefined)
}

function isCircuit(addr: Multiaddr): boolean {
  return addr.toString().includes('/p2p-circuit')
}
