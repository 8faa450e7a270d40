/** Which connections libp2p is asked to spare when it has too many. */
import type { PeerStore } from '@libp2p/interface'
import { test } from 'tap'
import { DEFAULT_TOPIC } from '../../../src/index.ts'
import { linkTagOf, PartnerTags } from '../../../src/libp2p/host/partner-tags.ts'
import type { Warnings } from '../../../src/libp2p/reports/warnings.ts'
import { addrOf, startNode, type TestNode, until } from '../nodes.ts'

test('a peer that this node chose is tagged in the peer store for as long as the link lasts', async t => {
  const bob = await startNode(t, { name: 'bob' })
  const alice = await startNode(t, { name: 'alice', bootstrapPeers: [addrOf(bob)] })
  await until(async () => (await tagOf(alice, bob)) !== undefined)
  t.equal(await tagOf(alice, bob), 50)
  await bob.stop()
  await until(async () => (await tagOf(alice, bob)) === undefined)
})

test('a peer that dialled this node is tagged, too, with a tag that is worth nothing', async t => {
  const bob = await startNode(t, { name: 'bob' })
  const alice = await startNode(t, { name: 'alice', bootstrapPeers: [addrOf(bob)] })
  await until(async () => (await tagOf(bob, alice)) !== undefined && (await tagOf(alice, bob)) !== undefined)
  t.equal(await tagOf(bob, alice), 0)
})

test('networks other than the default one have tags of their own', async t => {
  t.equal(linkTagOf(DEFAULT_TOPIC), 'gossip-discovery')
  t.equal(linkTagOf('/staging'), 'gossip-discovery:/staging')
})

test('tags are renewed before they end, and told only when something changes', async t => {
  const told: [name: string, tag: unknown][] = []
  const overlay = { partners: new Set<string>(), isChosen: (peer: string) => peer === CHOSEN }
  const merge = async (_: unknown, { tags }: { tags: Record<string, unknown> }) => told.push(...Object.entries(tags))
  const tags = new PartnerTags({ merge } as unknown as PeerStore, 'ours', overlay, {} as Warnings)
  const update = async (nowMs: number) => {
    told.length = 0
    await Promise.all(tags.update(nowMs))
    return told.map(([, tag]) => tag)
  }
  overlay.partners.add(CHOSEN)
  t.same(await update(0), [{ value: 50, ttl: 120_000 }])
  t.same(await update(59_999), [])
  t.same(await update(60_000), [{ value: 50, ttl: 120_000 }])
  overlay.partners.add(INBOUND)
  t.same(await update(61_000), [{ value: 0, ttl: 120_000 }])
  t.same((await update(120_000)).length, 2, 'both, together')
  overlay.partners.clear()
  t.same(await update(121_000), [undefined, undefined])
  t.same(await update(200_000), [])
})

const CHOSEN = '12D3KooWK99VoVxNE7XzyBwXEzW7xhK7Gpv85r9F3V3fyKSUKPH5'
const INBOUND = '12D3KooWJWoaqZhDaoEFshF7Rh1bpY9ohihFhzcW6d69Lr2NASuq'

async function tagOf(node: TestNode, peer: TestNode): Promise<number | undefined> {
  const known = (await node.peerStore.has(peer.peerId)) ? await node.peerStore.get(peer.peerId) : undefined
  return known?.tags.get('gossip-discovery')?.value
}
