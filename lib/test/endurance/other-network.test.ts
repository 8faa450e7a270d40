/** Both ends are partners in another network of ours, which has room for all of them. */
import { gossipsub } from '@libp2p/gossipsub'
import { identify } from '@libp2p/identify'
import { createLibp2p } from 'libp2p'
import type { Test } from 'tap'
import { type GossipDiscovery, gossipDiscovery } from '../../src/index.ts'
import { addrOf, type TestNode, transport, until } from '../libp2p/nodes.ts'
import { endures } from './toolkit/endurance.ts'
import { closesOf, NODES, untilSomeAreLetGo } from './toolkit/hub.ts'

endures('a connection between partners of another network is never closed', async t => {
  const hub = await startTwice(t, [])
  const nodes: Awaited<ReturnType<typeof startTwice>>[] = []
  const faults: string[] = []
  while (nodes.length < NODES) {
    const node = await startTwice(t, [addrOf(hub)])
    await until(() => node.services.other.addressBook.has(hub.peerId))
    closesOf(node, hub, faults)
    nodes.push(node)
  }
  await untilSomeAreLetGo(hub, nodes)
  return { faults, look: () => lookAt(hub, faults) }
})

type Twice = TestNode & { services: { other: GossipDiscovery } }

/** A node of two networks. */
async function startTwice(t: Test, bootstrapPeers: string[]): Promise<Twice> {
  const node = await createLibp2p({
    ...transport(),
    services: {
      identify: identify(),
      pubsub: gossipsub(),
      discovery: gossipDiscovery({ bootstrapPeers }),
      other: gossipDiscovery({ topic: 'other', bootstrapPeers, targetConnections: 2 * NODES })
    }
  })
  t.teardown(async () => await node.stop())
  return node
}

/** The hub has kept all as partners there, so that each connection has a use. */
function lookAt({ services: { other } }: Twice, faults: string[]): void {
  const { partners } = other.stats
  if (partners < NODES) faults.push(`${partners} partners are left in the other network`)
}
