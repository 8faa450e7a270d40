/** Real libp2p nodes on loopback, each with an address of its own, so that libp2p's limits for one IP do not apply. */
import { type GossipSub, type GossipsubOpts, gossipsub } from '@libp2p/gossipsub'
import { type Identify, identify } from '@libp2p/identify'
import type { Libp2p, PrivateKey } from '@libp2p/interface'
import { noise } from '@libp2p/noise'
import { type TCPSocketOptions, tcp } from '@libp2p/tcp'
import { yamux } from '@libp2p/yamux'
import type { Datastore } from 'interface-datastore'
import { createLibp2p, type Libp2pOptions } from 'libp2p'
import type { Test } from 'tap'
import { type GossipDiscovery, type GossipDiscoveryInit, gossipDiscovery } from '../../src/index.ts'

export type Services = { identify: Identify; pubsub: GossipSub; discovery: GossipDiscovery }
export type TestNode = Libp2p<Services>

export interface NodeOptions extends GossipDiscoveryInit {
  privateKey?: PrivateKey
  pubsub?: Partial<GossipsubOpts>
  addresses?: { listen: string[] }
  datastore?: Datastore
  /** What else libp2p is made with. */
  host?: Pick<Libp2pOptions, 'connectionGater' | 'connectionManager' | 'peerDiscovery' | 'peerRouters'>
}

/** A started node that is stopped with the test. */
export async function startNode(t: Test, options: NodeOptions = {}): Promise<TestNode> {
  const { privateKey, addresses, datastore, pubsub, host, ...init } = options
  const node: TestNode = await createLibp2p({
    ...transport(),
    ...host,
    ...(privateKey !== undefined && { privateKey }),
    ...(addresses !== undefined && { addresses }),
    ...(datastore !== undefined && { datastore }),
    services: { identify: identify(), pubsub: gossipsub(pubsub), discovery: gossipDiscovery(init) }
  })
  t.teardown(async () => await node.stop())
  return node
}

/** Everything of a libp2p node but its services; it listens on `ip` and dials from there. */
export function transport(ip = nextIp()): Libp2pOptions {
  // Handed on to net.connect as it is, though the type names only some of its options.
  const dialOpts = { localAddress: ip } as TCPSocketOptions
  return {
    addresses: { listen: [`/ip4/${ip}/tcp/0`] },
    transports: [tcp({ dialOpts })],
    connectionEncrypters: [noise()],
    streamMuxers: [yamux()]
  }
}

/** Where a node can be dialled. */
export function addrOf(node: Libp2p): string {
  return node.getMultiaddrs()[0]!.toString()
}

export function namesOf(node: TestNode): string[] {
  return [...node.services.discovery.addressBook].map(({ name }) => name).sort()
}

/** Whether each node lists exactly all others. */
export function allList(...nodes: TestNode[]): boolean {
  return nodes.every(node => {
    const { addressBook } = node.services.discovery
    return (
      addressBook.size === nodes.length - 1 && nodes.every(other => other === node || addressBook.has(other.peerId))
    )
  })
}

/** What became of a node's book, such as `joined bob`, from this call on. */
export function eventsOf(node: TestNode): string[] {
  const events: string[] = []
  for (const type of ['joined', 'updated', 'left', 'expired'] as const) {
    node.services.discovery.addressBook.addEventListener(type, event => events.push(`${type} ${event.detail.name}`))
  }
  return events
}

/** Waits for a condition, with a deadline; see there. */
export { until } from '../../../scripts/tests/until.ts'

let nodes = 0

/** Of this process alone, so that test files can run side by side; beyond 254 nodes of blocks that no process has by its number. */
export function nextIp(): string {
  nodes++
  const [block, host] = [Math.floor(nodes / 255), 1 + (nodes % 255)]
  if (block > 0) return `127.${255 - block}.255.${host}`
  return `127.${(process.pid >> 8) & 0x7f}.${process.pid & 0xff}.${host}`
}
