import { type ChildProcess, spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { generateKeyPair } from '@libp2p/crypto/keys'
import { isPeerId, type PeerInfo } from '@libp2p/interface'
import { peerIdFromPrivateKey } from '@libp2p/peer-id'
import { createLibp2p } from 'libp2p'
import { type Test, test } from 'tap'
import type { DiscoveredPeer } from '../../src/index.ts'
import { keyOf } from '../crafted.ts'
import { addrOf, allList, eventsOf, namesOf, startNode, type TestNode, transport, until } from './nodes.ts'

test('two nodes find each other, with name, addresses and metadata as announced', async t => {
  const alice = await startNode(t, { name: 'alice', metadata: { role: 'relay', key: Uint8Array.of(1, 2) } })
  const bob = await startNode(t, { name: 'bob', bootstrapPeers: [addrOf(alice)] })
  await until(() => allList(alice, bob))
  const seen = bob.services.discovery.addressBook.get(alice.peerId)!
  t.equal(seen.name, 'alice')
  t.same(
    seen.multiaddrs.map(addr => `${addr}/p2p/${alice.peerId}`),
    [addrOf(alice)]
  )
  t.same(
    [...seen.metadata],
    [
      ...new Map<string, string | Uint8Array>([
        ['role', 'relay'],
        ['key', Uint8Array.of(1, 2)]
      ])
    ].sort()
  )
  t.equal(seen.epoch, alice.services.discovery.epoch)
  t.ok(seen.expiresInMs > 0 && seen.ageMs >= 0)
  t.notOk(bob.services.discovery.addressBook.has(bob.peerId), 'nobody lists itself')
})

test('three nodes in a line all list each other', async t => {
  const a = await startNode(t, { name: 'a', targetConnections: 1 })
  const b = await startNode(t, { name: 'b', targetConnections: 1, bootstrapPeers: [addrOf(a)] })
  const c = await startNode(t, { name: 'c', targetConnections: 1, bootstrapPeers: [addrOf(b)] })
  await until(() => allList(a, b, c))
  t.equal(a.getConnections(c.peerId).length, 0, 'though the ends have no connection')
})

test('a late joiner has the whole book before any heartbeat', async t => {
  const options = { announceIntervalMs: 3_600_000 }
  const a = await startNode(t, { ...options, name: 'a' })
  const b = await startNode(t, { ...options, name: 'b', bootstrapPeers: [addrOf(a)] })
  await until(() => allList(a, b))
  const late = await startNode(t, { ...options, name: 'late', bootstrapPeers: [addrOf(b)] })
  await until(() => allList(a, b, late))
})

test('found peers are handed to libp2p as any discovery does', async t => {
  const alice = await startNode(t, { name: 'alice' })
  const relay = await startNode(t, { name: 'relay', bootstrapPeers: [addrOf(alice)] })
  const bob = await startNode(t, { name: 'bob', targetConnections: 1 })
  const found: PeerInfo[] = []
  bob.services.discovery.addEventListener('peer', event => found.push(event.detail))
  bob.services.discovery.addPeer(addrOf(relay))
  await until(() => allList(alice, relay, bob))
  t.same(found.map(({ id }) => id.toString()).sort(), [alice, relay].map(node => node.peerId.toString()).sort())
  for (const { id, multiaddrs } of found) {
    t.ok(isPeerId(id))
    t.not(multiaddrs.length, 0)
  }
  const connection = await bob.dial(alice.peerId)
  t.equal(connection.status, 'open', 'a peer that was only heard of can be dialled by its id')
})

test('a farewell is told as such, at once, and the peer does not come back', async t => {
  const [alice, bob, charlie] = await threeNodes(t)
  const events = [eventsOf(alice), eventsOf(charlie)]
  await bob.stop()
  await until(
    () => allList(alice, charlie),
    () => events
  )
  t.same(events, [['left bob'], ['left bob']])
})

test('a node whose process is killed expires everywhere, and no other event is told', async t => {
  const alice = await startNode(t, { name: 'alice' })
  const charlie = await startNode(t, { name: 'charlie', bootstrapPeers: [addrOf(alice)] })
  const bob = await startProcess(t, 1, alice)
  await until(() => [alice, charlie].every(node => node.services.discovery.addressBook.size === 2))
  const events = [eventsOf(alice), eventsOf(charlie)]
  bob.kill('SIGKILL')
  await until(
    () => allList(alice, charlie),
    () => events
  )
  t.same(events, [['expired bob'], ['expired bob']])
})

test('a restart with the same key replaces the entry, with a greater epoch', async t => {
  const alice = await startNode(t, { name: 'alice' })
  const former = await startProcess(t, 2, alice)
  await until(() => namesOf(alice).includes('bob'))
  const [{ epoch, peerId }] = [...alice.services.discovery.addressBook] as [DiscoveredPeer]
  const events = eventsOf(alice)
  former.kill('SIGKILL')
  const again = await startNode(t, { name: 'bob again', privateKey: await keyOf(2), bootstrapPeers: [addrOf(alice)] })
  t.ok(again.peerId.equals(peerId))
  await until(() => namesOf(alice).includes('bob again'))
  t.equal(alice.services.discovery.addressBook.size, 1)
  t.ok(again.services.discovery.epoch > epoch)
  t.equal(alice.services.discovery.addressBook.get(peerId)?.epoch, again.services.discovery.epoch)
  t.equal(events.at(-1), 'updated bob again')
})

test('a peer that has moved can be dialled by its id where it is', async t => {
  const relay = await startNode(t, { name: 'relay' })
  const alice = await startNode(t, { name: 'alice', targetConnections: 1, bootstrapPeers: [addrOf(relay)] })
  const former = await startProcess(t, 3, relay)
  await until(() => namesOf(alice).includes('bob'))
  former.kill('SIGKILL')
  const privateKey = await keyOf(3)
  const moved = await startNode(t, { name: 'moved', privateKey, targetConnections: 1, bootstrapPeers: [addrOf(relay)] })
  await until(() => namesOf(alice).includes('moved'))
  t.equal((await alice.dial(moved.peerId)).remoteAddr.toString().split('/p2p/')[0], addrOf(moved).split('/p2p/')[0])
})

test('two nodes of one name are two entries', async t => {
  const alice = await startNode(t, { name: 'alice' })
  const twins = [
    await startNode(t, { name: 'twin', bootstrapPeers: [addrOf(alice)] }),
    await startNode(t, { name: 'twin', bootstrapPeers: [addrOf(alice)] })
  ]
  await until(() => allList(alice, ...twins))
  t.same(namesOf(alice), ['twin', 'twin'])
})

test('a peer added at run time is joined', async t => {
  const [alice, bob] = [await startNode(t, { name: 'alice' }), await startNode(t, { name: 'bob' })]
  t.equal(alice.services.discovery.addressBook.size, 0)
  bob.services.discovery.addPeer(alice.getMultiaddrs()[0]!)
  await until(() => allList(alice, bob))
  const charlie = await startNode(t, { name: 'charlie' })
  charlie.services.discovery.addPeers([{ id: bob.peerId, multiaddrs: bob.getMultiaddrs() }, addrOf(alice)])
  await until(() => allList(alice, bob, charlie))
})

test('a bootstrap peer that starts late is joined when it comes', async t => {
  const privateKey = await generateKeyPair('Ed25519')
  const { addresses } = transport()
  const [listen] = addresses!.listen!.map(addr => addr.replace(/0$/, '4001'))
  const bootstrapPeers = [`${listen}/p2p/${peerIdFromPrivateKey(privateKey)}`]
  const early = await startNode(t, { name: 'early', dialBackoffMs: 50, bootstrapPeers })
  const late = await startNode(t, { name: 'late', privateKey, addresses: { listen: [listen!] } })
  await until(() => allList(early, late))
})

test('a libp2p node that was stopped and is started again is listed again, as another run', async t => {
  const alice = await startNode(t, { name: 'alice' })
  const bob = await startNode(t, { name: 'bob', bootstrapPeers: [addrOf(alice)] })
  await until(() => allList(alice, bob))
  const { epoch } = bob.services.discovery
  await bob.stop()
  await until(() => allList(alice))
  await bob.start()
  bob.services.discovery.addPeer(addrOf(alice))
  await until(() => allList(alice, bob))
  t.ok(bob.services.discovery.epoch > epoch)
})

test('a change of name and metadata is told everywhere as an update', async t => {
  const [alice, bob, charlie] = await threeNodes(t)
  const events = eventsOf(charlie)
  bob.services.discovery.update({ name: 'robert', metadata: { load: '0.5' } })
  await until(() => [alice, charlie].every(node => namesOf(node).includes('robert')))
  t.same([...charlie.services.discovery.addressBook.get(bob.peerId)!.metadata], [['load', '0.5']])
  t.same(events, ['updated robert'])
})

test('a node that only listens lists everybody and is listed by nobody', async t => {
  const [alice, bob] = await threeNodes(t)
  const listener = await startNode(t, { name: 'listener', listenOnly: true, bootstrapPeers: [addrOf(alice)] })
  await until(() => listener.services.discovery.addressBook.size === 3)
  t.notOk(namesOf(alice).includes('listener') || namesOf(bob).includes('listener'))
  t.equal(listener.services.discovery.isStarted(), true)
})

test('networks of different topics stay apart, though their nodes are connected', async t => {
  const alice = await startNode(t, { name: 'alice', topic: 'one' })
  const bob = await startNode(t, { name: 'bob', topic: 'one', bootstrapPeers: [addrOf(alice)] })
  const eve = await startNode(t, { name: 'eve', topic: 'two', bootstrapPeers: [addrOf(alice), addrOf(bob)] })
  const frank = await startNode(t, { name: 'frank', topic: 'two', bootstrapPeers: [addrOf(eve), addrOf(alice)] })
  await until(() => allList(alice, bob) && allList(eve, frank))
  t.not(alice.getConnections(eve.peerId).length, 0)
})

test('a peer without the protocol is harmless', async t => {
  const stranger = await createLibp2p(transport())
  t.teardown(async () => await stranger.stop())
  const alice = await startNode(t, { name: 'alice', bootstrapPeers: [addrOf(stranger)], dialBackoffMs: 50 })
  const bob = await startNode(t, { name: 'bob', bootstrapPeers: [addrOf(alice)] })
  await until(() => allList(alice, bob) && alice.getConnections(stranger.peerId).length > 0)
  t.equal(alice.services.discovery.stats.partners, 1)
})

for (const globalSignaturePolicy of ['StrictSign', 'StrictNoSign'] as const) {
  test(`nodes find each other by gossip under ${globalSignaturePolicy}`, async t => {
    const options = { pubsub: { globalSignaturePolicy }, announceIntervalMs: 300 }
    const alice = await startNode(t, { ...options, name: 'alice' })
    const bob = await startNode(t, { ...options, name: 'bob', bootstrapPeers: [addrOf(alice)] })
    await until(() => allList(alice, bob))
    const { seq } = bob.services.discovery.addressBook.get(alice.peerId)!
    await until(() => bob.services.discovery.addressBook.get(alice.peerId)!.seq > seq + 2)
    t.same(
      Object.keys(bob.services.discovery.stats.rejected).filter(reason => reason !== 'stale'),
      []
    )
  })
}

test('a process that says farewell within one call may end right after it', async t => {
  const alice = await startNode(t, { name: 'alice' })
  const events = eventsOf(alice)
  const bob = await startProcess(t, 4, alice)
  await until(() => events.includes('joined bob'))
  bob.stdin!.write('leave')
  await until(() => alice.services.discovery.addressBook.size === 0)
  t.equal(events.at(-1), 'left bob')
})

async function threeNodes(t: Test): Promise<[TestNode, TestNode, TestNode]> {
  const alice = await startNode(t, { name: 'alice' })
  const bob = await startNode(t, { name: 'bob', bootstrapPeers: [addrOf(alice)] })
  const charlie = await startNode(t, { name: 'charlie', bootstrapPeers: [addrOf(bob)] })
  await until(() => allList(alice, bob, charlie))
  return [alice, bob, charlie]
}

/** A node in a process of its own, that can be killed. */
async function startProcess(t: Test, seed: number, bootstrapPeer: TestNode): Promise<ChildProcess> {
  const script = fileURLToPath(new URL('node.ts', import.meta.url))
  const args = ['--conditions=@gossip/source', script, 'bob', String(seed), addrOf(bootstrapPeer)]
  const child = spawn(process.execPath, args, { stdio: ['pipe', 'ignore', 'inherit'] })
  t.teardown(() => child.kill('SIGKILL'))
  return child
}
