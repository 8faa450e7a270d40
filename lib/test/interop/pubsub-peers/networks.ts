/** Networks of `@libp2p/pubsub-peer-discovery`, as its users have them: a service in place of ours, or beside it. */
import { type GossipSub, type GossipsubOpts, gossipsub } from '@libp2p/gossipsub'
import { type Identify, identify } from '@libp2p/identify'
import type { Libp2p, PeerDiscovery, PeerInfo, PrivateKey } from '@libp2p/interface'
import { type PubsubPeerDiscoveryInit, pubsubPeerDiscovery } from '@libp2p/pubsub-peer-discovery'
import { multiaddr } from '@multiformats/multiaddr'
import { createLibp2p } from 'libp2p'
import type { Test } from 'tap'
import { gossipDiscovery } from '../../../src/index.ts'
import {
  addrOf,
  type NodeOptions,
  type Services,
  startNode,
  type TestNode,
  transport,
  until
} from '../../libp2p/nodes.ts'

export type TheirNode = Libp2p<{ identify: Identify; pubsub: GossipSub; theirs: PeerDiscovery }>

export interface TheirOptions extends PubsubPeerDiscoveryInit {
  privateKey?: PrivateKey
  pubsub?: Partial<GossipsubOpts>
}

/** A started node that speaks only theirs, and dials nobody by itself. It repeats itself each second, since tests are in a hurry. */
export async function startTheirs(t: Test, options: TheirOptions = {}): Promise<TheirNode> {
  const { privateKey, pubsub, ...init } = options
  const node: TheirNode = await createLibp2p({
    ...transport(),
    ...(privateKey !== undefined && { privateKey }),
    services: {
      identify: identify(),
      pubsub: gossipsub(pubsub),
      theirs: pubsubPeerDiscovery({ interval: 1_000, ...init })
    }
  })
  t.teardown(async () => await node.stop())
  return node
}

/** A started node of ours that speaks theirs, too. */
export async function startOurs(t: Test, options: NodeOptions = {}): Promise<TestNode> {
  return await startNode(t, { interop: { pubsubPeerDiscovery: true }, ...options })
}

/** A started node on which both run. */
export async function startBoth(t: Test): Promise<Libp2p<Services & { theirs: PeerDiscovery }>> {
  const node: Libp2p<Services & { theirs: PeerDiscovery }> = await createLibp2p({
    ...transport(),
    services: {
      identify: identify(),
      pubsub: gossipsub(),
      theirs: pubsubPeerDiscovery({ interval: 1_000 }),
      discovery: gossipDiscovery({ interop: { pubsubPeerDiscovery: true } })
    }
  })
  t.teardown(async () => await node.stop())
  return node
}

export async function dial(from: Libp2p, to: Libp2p): Promise<void> {
  await from.dial(multiaddr(addrOf(to)))
}

/** Whom a discovery has told libp2p of, by peer id, with the addresses that were told last. From this call on. */
export function foundBy(discovery: PeerDiscovery): Map<string, string[]> {
  const found = new Map<string, string[]>()
  discovery.addEventListener('peer', ({ detail }: CustomEvent<PeerInfo>) =>
    found.set(
      detail.id.toString(),
      detail.multiaddrs.map(addr => addr.toString())
    )
  )
  return found
}

/** Whether each of them has found all others. */
export function haveFound(founds: readonly Map<string, string[]>[], nodes: readonly Libp2p[]): boolean {
  return founds.every((found, i) => nodes.every((node, j) => i === j || found.has(node.peerId.toString())))
}

/** Resolves once the two are in one mesh of the topic. */
export async function subscribed(node: TheirNode | TestNode, to: Libp2p, topic: string): Promise<void> {
  await until(() => node.services.pubsub.getSubscribers(topic).some(peer => peer.equals(to.peerId)))
}
