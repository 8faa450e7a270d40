/** What libp2p knows of the peers of the book: as js-libp2p's examples use it, and for as long as they are listed. */
import type { PeerId, PeerInfo } from '@libp2p/interface'
import { peerIdFromPrivateKey } from '@libp2p/peer-id'
import { multiaddr } from '@multiformats/multiaddr'
import { type Test, test } from 'tap'
import type { AddressBookEntry } from '../../../src/core/book/entry.ts'
import { HandOver } from '../../../src/libp2p/host/hand-over.ts'
import { record } from '../../core/records.ts'
import { keyOf } from '../../crafted.ts'
import { addrOf, allList, startNode, type TestNode, transport, until } from '../nodes.ts'

const HALF_AN_HOUR_MS = 30 * 60_000

test('an application that dials whom libp2p discovers reaches a peer whose addresses come later', async t => {
  const hub = await startNode(t, { name: 'hub' })
  const alice = await startNode(t, { name: 'alice', addresses: { listen: [] }, bootstrapPeers: [addrOf(hub)] })
  const bob = await startNode(t, { name: 'bob', targetConnections: 1 })
  const told: PeerInfo[] = []
  bob.addEventListener('peer:discovery', ({ detail }) => {
    told.push(detail)
    bob.dial(detail.id).catch(error => t.fail(error.message))
  })
  bob.services.discovery.addPeer(addrOf(hub))
  await until(() => allList(hub, alice, bob))
  t.equal(of(alice.peerId, told), undefined, 'it cannot be dialled yet')
  await listen(alice)
  await until(() => bob.getConnections(alice.peerId).length > 0)
  t.same(of(alice.peerId, told)?.multiaddrs.map(String), alice.services.discovery.announcedAddrs)
})

test('a peer can be dialled by its id from the moment that it is listed', async t => {
  const alice = await startNode(t, { name: 'alice' })
  const hub = await startNode(t, { name: 'hub', bootstrapPeers: [addrOf(alice)] })
  await until(() => allList(alice, hub))
  const bob = await startNode(t, { name: 'bob', targetConnections: 1 })
  const reached: string[] = []
  bob.services.discovery.addressBook.addEventListener('joined', ({ detail }) => {
    bob.dial(detail.peerId).then(
      () => reached.push(detail.name),
      error => t.fail(error.message)
    )
  })
  bob.services.discovery.addPeer(addrOf(hub))
  await until(() => reached.length === 2)
})

test('what only this service told libp2p of a peer goes with the peer, and the rest stays', async t => {
  const { handOver, node, id, stored } = await listedBy(t)
  await node.peerStore.merge(id, { multiaddrs: [multiaddr('/ip4/198.51.100.1/tcp/1')] })
  handOver.listed(entry(id, ['/ip4/198.51.100.1/tcp/1', '/ip4/198.51.100.2/tcp/2']))
  await until(async () => (await stored()).length === 2)
  handOver.listed(entry(id, ['/ip4/198.51.100.3/tcp/3']))
  await until(async () => (await stored()).join() === '/ip4/198.51.100.1/tcp/1,/ip4/198.51.100.3/tcp/3')
  handOver.unlisted(entry(id, ['/ip4/198.51.100.3/tcp/3']))
  await until(async () => (await stored()).join() === '/ip4/198.51.100.1/tcp/1')
})

test('a peer of which libp2p knows nothing else is discovered anew when it comes back', async t => {
  const { handOver, node, id } = await listedBy(t)
  const discovered: string[] = []
  node.addEventListener('peer:discovery', ({ detail }) => discovered.push(detail.multiaddrs.join()))
  handOver.listed(entry(id, ['/ip4/198.51.100.1/tcp/1']))
  await until(() => discovered.length === 1)
  handOver.unlisted(entry(id, []))
  await until(async () => !(await node.peerStore.has(id)))
  handOver.listed(entry(id, ['/ip4/198.51.100.2/tcp/2']))
  await until(() => discovered.length === 2)
  t.same(discovered, ['/ip4/198.51.100.1/tcp/1', '/ip4/198.51.100.2/tcp/2'])
})

test('however fast a peer changes, libp2p has its last addresses in the end, and no others', async t => {
  const { handOver, id, stored, told } = await listedBy(t)
  for (let port = 1; port <= 20; port++) {
    handOver.listed(entry(id, [`/ip4/198.51.100.1/tcp/${port}`, '/ip4/198.51.100.1/tcp/99']))
    if (port % 7 === 0) handOver.unlisted(entry(id, []))
  }
  await until(async () => (await stored()).join() === '/ip4/198.51.100.1/tcp/20,/ip4/198.51.100.1/tcp/99')
  t.equal(told.at(-1)?.multiaddrs.length, 2)
})

test('libp2p is told of addresses, and told again only when they have changed', async t => {
  const { handOver, id, told } = await listedBy(t)
  handOver.listed(entry(id, []))
  t.equal(told.length, 0)
  for (let i = 0; i < 3; i++) handOver.listed(entry(id, ['/ip4/198.51.100.1/tcp/1']))
  t.equal(told.length, 1)
  handOver.listed(entry(id, ['/ip4/198.51.100.1/tcp/2']))
  t.equal(told.length, 2)
})

test('libp2p is reminded of the addresses that it would forget', async t => {
  const { handOver, id, stored, node } = await listedBy(t)
  const addr = '/ip4/198.51.100.1/tcp/1'
  handOver.listed(entry(id, [addr]))
  await until(async () => (await stored()).length === 1)
  const discovered: string[] = []
  node.addEventListener('peer:discovery', ({ detail }) => discovered.push(detail.id.toString()))
  const updates: string[] = []
  node.addEventListener('peer:update', ({ detail }) => updates.push(detail.peer.addresses.length.toString()))
  handOver.renew(performance.now())
  handOver.renew(performance.now() + HALF_AN_HOUR_MS)
  await until(() => updates.length > 0)
  await until(async () => (await stored()).join() === addr)
  t.same(discovered, [], 'it is nobody new')
})

/** A hand-over to a real libp2p, and what comes of it. */
async function listedBy(t: Test) {
  const node = await startNode(t)
  const id = peerIdFromPrivateKey(await keyOf(7))
  const told: PeerInfo[] = []
  const handOver = new HandOver(node.peerStore, node.logger.forComponent('test'), peer => {
    told.push(peer)
    // As libp2p does with what a discovery finds.
    void node.peerStore.merge(peer.id, { multiaddrs: peer.multiaddrs })
  })
  const stored = async (): Promise<string[]> => {
    if (!(await node.peerStore.has(id))) return []
    return (await node.peerStore.get(id)).addresses.map(({ multiaddr }) => multiaddr.toString()).sort()
  }
  return { handOver, node, id, stored, told }
}

function entry(id: PeerId, addrs: string[]): AddressBookEntry {
  const listed = record({ peer: id.toString(), addrs })
  return { record: listed, bornAtMs: 0, expiresAtMs: 30_000, forwarder: undefined, group: '', standing: 0 }
}

function of(id: PeerId, found: readonly PeerInfo[]): PeerInfo | undefined {
  return found.find(peer => peer.id.equals(id))
}

/** From here on the node listens. */
async function listen(node: TestNode): Promise<void> {
  const { components } = node as unknown as {
    components: { transportManager: { listen(addrs: unknown[]): Promise<void> } }
  }
  await components.transportManager.listen((transport().addresses?.listen ?? []).map(addr => multiaddr(addr)))
}
