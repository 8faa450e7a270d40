/** Nodes of ours and nodes of `@libp2p/pubsub-peer-discovery` in one network, and how the one becomes the other. */
import { TOPIC } from '@libp2p/pubsub-peer-discovery'
import { multiaddr } from '@multiformats/multiaddr'
import { test } from 'tap'
import { keyOf } from '../../crafted.ts'
import { addrOf, allList, type TestNode, until } from '../../libp2p/nodes.ts'
import { startNode2 } from '../libp2p-2.ts'
import { dial, foundBy, haveFound, startBoth, startOurs, startTheirs, type TheirNode } from './networks.ts'

test('their nodes that are connected through ours alone find each other, and find ours, and ours find theirs', async t => {
  const ours = [await startOurs(t, { name: 'a' })]
  for (const name of ['b', 'c', 'd']) ours.push(await startOurs(t, { name, bootstrapPeers: [addrOf(ours[0]!)] }))
  await until(() => allList(...ours))
  const theirs: TheirNode[] = []
  for (const neighbour of ours) {
    const node = await startTheirs(t)
    theirs.push(node)
    await dial(node, neighbour)
  }
  const founds = theirs.map(node => foundBy(node.services.theirs))
  const oursFound = ours.map(node => foundBy(node.services.discovery))
  await until(
    () => haveFound(founds, theirs),
    () => founds.map(({ size }) => size)
  )
  await until(() => founds.every(found => ours.every(({ peerId }) => found.has(peerId.toString()))))
  await until(() => oursFound.every(found => theirs.every(({ peerId }) => found.has(peerId.toString()))))
  for (const { peerId } of theirs) t.notOk(ours.some(node => node.services.discovery.addressBook.has(peerId)))
  t.ok(allList(...ours), 'a hint is no entry')
  const found = founds[0]!.get(ours[1]!.peerId.toString())!
  t.same(found, [addrOf(ours[1]!)], 'an address of ours ends in its peer id')
  for (const node of ours) t.equal(node.services.discovery.stats.rejected['malformed-envelope'], undefined)
})

test('a node of ours that knows nobody but one of theirs is connected to others of theirs in the end', async t => {
  const first = await startTheirs(t)
  const others = [await startTheirs(t), await startTheirs(t)]
  for (const other of others) await dial(other, first)
  const ours = await startOurs(t, { bootstrapPeers: [addrOf(first)] })
  await until(() => others.every(({ peerId }) => ours.getConnections(peerId).length > 0))
  t.equal(ours.services.discovery.addressBook.size, 0)
  t.equal(ours.services.discovery.stats.partners, 0)
})

test('two nodes of ours that were started from different nodes of theirs become partners', async t => {
  const [left, right] = [await startTheirs(t), await startTheirs(t)]
  await dial(left, right)
  const a = await startOurs(t, { name: 'a', bootstrapPeers: [addrOf(left)] })
  const b = await startOurs(t, { name: 'b', bootstrapPeers: [addrOf(right)] })
  await until(() => allList(a, b))
  t.equal(a.services.discovery.stats.partners, 1)
})

test('a network is moved over node by node, and at no step does anybody lose sight of anybody', async t => {
  const keys = await Promise.all([11, 12, 13, 14].map(keyOf))
  const theirs = new Map<number, TheirNode>()
  const ours = new Map<number, TestNode>()
  for (const [i, privateKey] of keys.entries()) {
    const node = await startTheirs(t, { privateKey })
    if (i > 0) await dial(node, theirs.get(i - 1)!)
    theirs.set(i, node)
  }
  for (const [i, privateKey] of keys.entries()) {
    await theirs.get(i)!.stop()
    theirs.delete(i)
    const neighbours = [...theirs.values(), ...ours.values()].map(addrOf)
    const founds = [...theirs.values()].map(node => foundBy(node.services.theirs))
    ours.set(i, await startOurs(t, { privateKey, name: `${i}`, bootstrapPeers: neighbours.slice(0, 1) }))
    await until(() => allList(...ours.values()))
    const moved = ours.get(i)!.peerId.toString()
    await until(() => founds.every(found => found.has(moved)))
  }
  t.equal(ours.size, 4)
  t.ok(allList(...ours.values()))
})

test('nodes of theirs around a single one of ours find each other as they do around one of theirs', async t => {
  for (const hub of [await startTheirs(t), await startOurs(t)]) {
    const theirs = await Promise.all([1, 2, 3].map(async () => await startTheirs(t)))
    for (const node of theirs) await dial(node, hub)
    const founds = theirs.map(node => foundBy(node.services.theirs))
    await until(
      () => haveFound(founds, theirs),
      () => founds.map(({ size }) => size)
    )
    t.ok(haveFound(founds, theirs))
  }
})

test('both discoveries run on one node, and when ours stops theirs goes on', async t => {
  const both = await startBoth(t)
  const { discovery, theirs, pubsub } = both.services
  const [first, second] = [await startTheirs(t), await startTheirs(t)]
  const [byTheirs, byOurs] = [foundBy(theirs), foundBy(discovery)]
  await dial(first, both)
  const firstId = first.peerId.toString()
  await until(() => byTheirs.has(firstId) && byOurs.has(firstId))
  await discovery.stop()
  t.ok(pubsub.getTopics().includes(TOPIC), 'its subscription is theirs')
  t.equal(pubsub.topicValidators.size, 0)
  await dial(second, both)
  await until(() => byTheirs.has(second.peerId.toString()))
  t.notOk(byOurs.has(second.peerId.toString()))
})

test('a node of ours on libp2p 2 speaks with theirs on libp2p 3', async t => {
  const ours = await startNode2(t, { interop: { pubsubPeerDiscovery: true } })
  const byOurs = foundBy(ours.services.discovery)
  const theirs = await startTheirs(t)
  const byTheirs = foundBy(theirs.services.theirs)
  await theirs.dial(multiaddr(ours.getMultiaddrs().join()))
  await until(() => byTheirs.has(ours.peerId.toString()) && byOurs.has(theirs.peerId.toString()))
  t.same(byTheirs.get(ours.peerId.toString()), [ours.getMultiaddrs().join()])
})
