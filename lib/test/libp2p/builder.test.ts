/** The API of the model, over real nodes. */
import { gossipsub } from '@libp2p/gossipsub'
import { identify } from '@libp2p/identify'
import type { Startable } from '@libp2p/interface'
import { createLibp2p } from 'libp2p'
import { type Test, test } from 'tap'
import { PATIENCE_MS, settled } from '../../../scripts/tests/until.ts'
import {
  GossipDiscoveryBuilder,
  type GossipDiscoveryError,
  type GossipDiscoveryReceiver,
  type GossipDiscoverySender,
  type Node,
  SYNC_PROTOCOL
} from '../../src/index.ts'
import { addrOf, transport, until } from './nodes.ts'
import type { Stranger } from './stranger.ts'

const TOPIC = 'model'

test('two nodes that gossip list each other as neighbors', async t => {
  const [alice, bob] = await gossipingPair(t)
  t.same(
    alice.receiver.getNeighbors().map(([name, id]) => [name, id.toString()]),
    [['bob', bob.libp2p.peerId.toString()]]
  )
  const info = bob.receiver.neighborMap.get(alice.libp2p.peerId.toString())
  t.ok(info?.nodeId.equals(alice.libp2p.peerId))
  t.ok(Math.abs(Date.now() - info!.lastSeen) < PATIENCE_MS)
})

test('the map of neighbors is a copy', async t => {
  const [alice] = await gossipingPair(t)
  alice.receiver.neighborMap.clear()
  t.equal(alice.receiver.neighborMap.size, 1)
})

test('a sender is silent until it is told to gossip, and its receiver listens all the same', async t => {
  const alice = await build(t)
  const bob = await build(t, [addrOf(alice.libp2p)])
  void alice.sender.gossip(nodeOf(alice, 'alice'), 1_000)
  await until(() => names(bob).includes('alice'))
  t.same(names(alice), [])
})

test('who stops gossiping by its signal leaves the map, and can begin again', async t => {
  const alice = await build(t)
  const bob = await build(t, [addrOf(alice.libp2p)])
  const stop = new AbortController()
  const gossiping = alice.sender.gossip(nodeOf(alice, 'alice'), 1_000, { signal: stop.signal })
  await until(() => names(bob).includes('alice'))
  stop.abort()
  await settled(gossiping, () => 'the sender goes on')
  await until(() => names(bob).length === 0)
  void alice.sender.gossip(nodeOf(alice, 'alice again'), 1_000)
  await until(() => names(bob).includes('alice again'))
})

test('a sender that stops says farewell, and the libp2p node goes on', async t => {
  const [alice, bob] = await gossipingPair(t)
  const updated = alice.receiver.updateMap()
  await alice.sender.stop()
  await settled(updated, () => 'the map is not updated')
  await until(() => names(bob).length === 0)
  t.equal(alice.libp2p.status, 'started')
  t.throws(() => alice.sender.addPeer(addrOf(bob.libp2p)), /^ChannelSend: /)
})

test('a neighbor that falls silent is cleaned up when its time is over', async t => {
  const alice = await build(t)
  const bob = await build(t, [addrOf(alice.libp2p)], 1_000)
  void bob.sender.gossip(nodeOf(bob, 'bob'), 300)
  await until(() => names(alice).includes('bob'))
  for (const connection of bob.libp2p.getConnections()) connection.abort(new Error('cut off'))
  await bob.libp2p.stop()
  await until(() => names(alice).length === 0)
  t.equal(alice.receiver.cleanupExpiredNodes(), 0, 'it had happened by itself')
})

test('a neighbor can be dialled by its id, though nobody else has told of its addresses', async t => {
  const relay = await build(t)
  const [alice, bob] = [await build(t, [addrOf(relay.libp2p)]), await build(t, [addrOf(relay.libp2p)])]
  void alice.sender.gossip(nodeOf(alice, 'alice'), 1_000)
  await until(() => names(bob).includes('alice'))
  await Promise.all(bob.libp2p.getConnections(alice.libp2p.peerId).map(async connection => await connection.close()))
  t.equal((await bob.libp2p.dial(alice.libp2p.peerId)).status, 'open')
})

test('a libp2p node that stops takes its sender along, with a farewell', async t => {
  const [alice, bob] = await gossipingPair(t)
  const updated = bob.receiver.updateMap()
  await bob.libp2p.stop()
  await settled(updated, () => 'the map is not updated')
  await until(() => names(alice).length === 0)
})

test('a sender that was stopped does not come back with its libp2p node', async t => {
  const { libp2p, sender } = await build(t)
  await sender.stop()
  await libp2p.stop()
  await libp2p.start()
  t.notOk(libp2p.getProtocols().some(protocol => protocol.startsWith(SYNC_PROTOCOL)))
  t.throws(() => sender.addPeer(addrOf(libp2p)), /^ChannelSend: /)
  await sender.stop()
})

test('what could not be built is no part of the node, and can be built later', async t => {
  const libp2p = await startLibp2p(t)
  const pubsub = libp2p.services.pubsub as unknown as Startable
  await pubsub.stop()
  await t.rejects(new GossipDiscoveryBuilder().buildWithPeers(libp2p, TOPIC), /^Gossip: pubsub refused to subscribe: /)
  t.notOk(libp2p.getProtocols().some(protocol => protocol.startsWith(SYNC_PROTOCOL)))
  await pubsub.start()
  const built = await new GossipDiscoveryBuilder().buildWithPeers(libp2p, TOPIC)
  await built.sender.stop()
})

test('nobody gossips in the name of another', async t => {
  const [alice, bob] = await gossipingPair(t)
  const error: GossipDiscoveryError = await alice.sender.gossip(nodeOf(bob, 'bob'), 1_000).catch(error => error)
  t.match(error, { code: 'NodeIdMismatch', message: /^NodeIdMismatch: expected / })
  t.ok(error.expected?.equals(alice.libp2p.peerId))
  t.ok(error.actual?.equals(bob.libp2p.peerId))
  await t.rejects(
    alice.sender.gossip(nodeOf(alice, 'x'.repeat(65)), 1_000),
    /^Serialization: name must be at most 64 bytes/
  )
  await t.rejects(
    alice.sender.gossip(nodeOf(alice, 'alice'), 1),
    /^updateRateMs must be between 100 and 3600000, got 1$/
  )
})

test('what a sender refuses changes nothing', async t => {
  const [alice, bob] = await gossipingPair(t)
  await t.rejects(alice.sender.gossip(nodeOf(alice, 'renamed'), 1), { name: 'InvalidConfigError' })
  await t.rejects(alice.sender.gossip(nodeOf(alice, 'team-🚀'.slice(0, 6)), 1_000), { code: 'Serialization' })
  await alice.sender.stop()
  await t.rejects(alice.sender.gossip(nodeOf(alice, 'renamed'), 1_000), { code: 'ChannelSend' })
  await until(() => names(bob).length === 0)
})

test('a peer may be named by its id alone, as in the model', async t => {
  const alice = await build(t)
  const { peerId } = await startLibp2p(t)
  const libp2p = await startLibp2p(t)
  const { sender } = await new GossipDiscoveryBuilder().buildWithPeers(libp2p, TOPIC, [
    alice.libp2p.peerId,
    `${peerId}`
  ])
  t.teardown(async () => await sender.stop())
  t.doesNotThrow(() => sender.addPeers([alice.libp2p.peerId, `${peerId}`, `/p2p/${peerId}`]))
  t.throws(() => sender.addPeer(`${peerId}x`), /^peers\[0\] must be a multiaddr .*, a peer id, or /)
})

test('every timeout that the builder takes can be built with', async t => {
  for (const timeoutMs of [1_000, 10_800_001, 86_400_000]) {
    const { sender } = await build(t, [], timeoutMs)
    await sender.stop()
  }
})

test('networks of two topics can be joined by one node', async t => {
  const alice = await build(t)
  const second = await new GossipDiscoveryBuilder().buildWithPeers(alice.libp2p, 'another')
  t.teardown(async () => await second.sender.stop())
  const bob = await build(t, [addrOf(alice.libp2p)])
  const libp2p = await startLibp2p(t)
  const charlie = await new GossipDiscoveryBuilder().buildWithPeers(libp2p, 'another', [addrOf(alice.libp2p)])
  t.teardown(async () => await charlie.sender.stop())
  void alice.sender.gossip(nodeOf(alice, 'alice here'), 1_000)
  void second.sender.gossip(nodeOf(alice, 'alice there'), 1_000)
  await until(() => names(bob).includes('alice here') && names(charlie).includes('alice there'))
  t.same([names(bob), names(charlie)], [['alice here'], ['alice there']])
})

test('a second node of one topic on one libp2p node is refused in a clear sentence', async t => {
  const { libp2p } = await build(t)
  await t.rejects(
    new GossipDiscoveryBuilder().buildWithPeers(libp2p, TOPIC),
    /^Gossip: this node takes part in the network of topic "model" already$/
  )
})

test('what cannot be built says why', async t => {
  const libp2p = await startLibp2p(t)
  const bare = await createLibp2p(transport())
  t.teardown(async () => await bare.stop())
  await t.rejects(new GossipDiscoveryBuilder().buildWithPeers(bare, TOPIC), /^Gossip: no pubsub among the services/)
  await t.rejects(new GossipDiscoveryBuilder().buildWithPeers({} as never, TOPIC), /^Gossip: not a libp2p node/)
  for (const timeoutMs of [100, 86_400_001, Number.NaN, '5000' as never]) {
    t.throws(() => new GossipDiscoveryBuilder().withExpirationTimeout(timeoutMs), {
      name: 'InvalidConfigError',
      message: /^expirationTimeout must be (a number )?between 1000 and 86400000, got /
    })
  }
  for (const [topic, peers, message] of wrong) {
    await t.rejects(new GossipDiscoveryBuilder().buildWithPeers(libp2p, topic, peers), {
      name: 'InvalidConfigError',
      message
    })
  }
})

const wrong: [topic: string, peers: string[], message: RegExp][] = [
  [TOPIC, ['/ip4/192.0.2.1/tcp/1', 'bob'], /^peers\[1\] must be a multiaddr .*, got "bob"$/],
  [TOPIC, 'bob' as never, /^peers must be an array of peers, got "bob"$/],
  [7 as never, [], /^topic must be a text, got 7$/],
  ['x'.repeat(1_100), [], /^topic must be at most 994 bytes of UTF-8, got 1100 bytes$/]
]

interface Built {
  libp2p: Stranger
  sender: GossipDiscoverySender
  receiver: GossipDiscoveryReceiver
}

async function gossipingPair(t: Test): Promise<[Built, Built]> {
  const alice = await build(t)
  const bob = await build(t, [addrOf(alice.libp2p)])
  void alice.sender.gossip(nodeOf(alice, 'alice'), 1_000)
  void bob.sender.gossip(nodeOf(bob, 'bob'), 1_000)
  await until(() => names(alice).includes('bob') && names(bob).includes('alice'))
  return [alice, bob]
}

async function build(t: Test, peers: string[] = [], timeoutMs = 30_000): Promise<Built> {
  const libp2p = await startLibp2p(t)
  const built = await new GossipDiscoveryBuilder().withExpirationTimeout(timeoutMs).buildWithPeers(libp2p, TOPIC, peers)
  t.teardown(async () => await built.sender.stop())
  return { libp2p, ...built }
}

async function startLibp2p(t: Test): Promise<Stranger> {
  const libp2p: Stranger = await createLibp2p({
    ...transport(),
    services: { identify: identify(), pubsub: gossipsub() }
  })
  t.teardown(async () => await libp2p.stop())
  return libp2p
}

function nodeOf({ libp2p }: Built, name: string): Node {
  return { name, nodeId: libp2p.peerId, count: 0 }
}

function names({ receiver }: { receiver: GossipDiscoveryReceiver }): string[] {
  return receiver.getNeighbors().map(([name]) => name)
}
