/** Which connections libp2p is asked to spare when it has too many. */
import { test } from 'tap'
import { addrOf, startNode, type TestNode, until } from '../nodes.ts'

test('a peer that this node chose is tagged in the peer store for as long as the link lasts', async t => {
  const bob = await startNode(t, { name: 'bob' })
  const alice = await startNode(t, { name: 'alice', bootstrapPeers: [addrOf(bob)] })
  await until(async () => (await tagOf(alice, bob)) !== undefined)
  t.equal(await tagOf(alice, bob), 50)
  await bob.stop()
  await until(async () => (await tagOf(alice, bob)) === undefined)
})

async function tagOf(node: TestNode, peer: TestNode): Promise<number | undefined> {
  const known = (await node.peerStore.has(peer.peerId)) ? await node.peerStore.get(peer.peerId) : undefined
  return known?.tags.get('gossip-discovery')?.value
}
