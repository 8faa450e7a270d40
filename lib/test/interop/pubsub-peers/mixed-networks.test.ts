/** Nodes of ours and nodes of `@libp2p/pubsub-peer-discovery` in one network, and how the one becomes the other. */
import { TOPIC } from '@libp2p/pubsub-peer-discovery'
import { test } from 'tap'
import { keyOf } from '../../crafted.ts'
import { addrOf, allList, type TestNode, until } from '../../libp2p/nodes.ts'
import { dial, foundBy, haveFound, startOurs, startTheirs, type TheirNode } from './networks.ts'

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

test('their discovery and ours run side by side on one node, and both find', async t => {
  const beside = await startOurs(t, { name: 'a' })
  const other = await startTheirs(t)
  const found = foundBy(other.services.theirs)
  await dial(other, beside)
  await until(() => found.has(beside.peerId.toString()))
  await beside.services.discovery.stop()
  t.notOk(beside.services.pubsub.getTopics().includes(TOPIC), 'what it subscribed to, it leaves')
  t.equal(beside.services.pubsub.topicValidators.size, 0)
})
