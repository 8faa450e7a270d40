import { test } from 'tap'
import { GossipNode, message, record } from './gossip-node.ts'

test('a peer that subscribes is grafted at once, until the mesh has its low-water mark', async t => {
  const node = new GossipNode()
  node.connect(6)
  t.equal(node.sent('graft').length, 4)
  node.heartbeat()
  t.equal(node.sent('graft').length, 4, 'which is enough')
})

test('a mesh below its low-water mark is filled at the heartbeat', async t => {
  const node = new GossipNode()
  node.connect(10)
  for (const peer of node.sent('graft')) node.receive(peer, { type: 'prune' })
  node.clear()
  node.heartbeat()
  t.equal(node.sent('graft').length, 6)
})

test('a pruned peer is left alone for a minute, and a graft of its own is refused', async t => {
  const node = new GossipNode()
  node.connect(1)
  t.same(node.sent('graft'), [1])
  node.receive(1, { type: 'prune' })
  node.clear()
  node.nowMs += 59_000
  node.heartbeat()
  node.receive(1, { type: 'graft' })
  t.same([node.sent('graft'), node.sent('prune')], [[], [1]])
  node.clear()
  node.nowMs += 60_001
  node.heartbeat()
  t.same(node.sent('graft'), [1])
})

test('a full mesh takes no more peers that dialled, but those it dialled itself', async t => {
  const node = new GossipNode()
  node.connect(12)
  for (let peer = 1; peer <= 12; peer++) node.receive(peer, { type: 'graft' })
  node.clear()
  node.add(13, { isDialler: false })
  node.receive(13, { type: 'graft' })
  t.same(node.sent('prune'), [13])
  node.add(14, { isDialler: true })
  node.receive(14, { type: 'graft' })
  t.same(node.sent('prune'), [13], 'the one that it dialled stays')
})

test('a mesh over its high-water mark is cut down to six, two of them dialled from here', async t => {
  const node = new GossipNode()
  for (let peer = 1; peer <= 20; peer++) node.add(peer, { isDialler: true })
  for (let peer = 1; peer <= 20; peer++) node.receive(peer, { type: 'graft' })
  node.clear()
  node.heartbeat()
  t.equal(node.sent('prune').length, 14)
})

test('an announcement of its own floods to all who have subscribed', async t => {
  const node = new GossipNode()
  node.connect(9)
  node.add(10, { isSubscribed: false })
  t.equal(node.gossip.publish(record()), 9)
  t.same(
    node.copies.map(({ to }) => to),
    [1, 2, 3, 4, 5, 6, 7, 8, 9]
  )
})

test('another’s announcement goes on to the mesh, but not back, and only when it is news', async t => {
  const node = new GossipNode()
  node.connect(9)
  const mesh = node.sent('graft')
  const from = mesh[0]!
  node.receiveCopy(from, message())
  t.same(
    node.copies.map(({ to }) => to),
    mesh.filter(peer => peer !== from)
  )
  node.isNews = false
  node.copies.length = 0
  node.receiveCopy(from, message())
  t.same(node.copies, [])
})

test('peers outside the mesh are told of new announcements for three heartbeats', async t => {
  const node = new GossipNode()
  node.connect(6)
  const outside = [1, 2, 3, 4, 5, 6].filter(peer => !node.sent('graft').includes(peer))
  node.heartbeat()
  t.same(node.sent('ihave'), [], 'nothing to tell')
  node.receiveCopy(1, message())
  for (let heartbeat = 1; heartbeat <= 3; heartbeat++) {
    node.clear()
    node.heartbeat()
    t.same(node.sent('ihave').toSorted(), outside)
  }
  node.clear()
  node.heartbeat()
  t.same(node.sent('ihave'), [])
})

test('whoever is told of what it has not seen asks for it, and is sent it while it is remembered', async t => {
  const node = new GossipNode()
  node.connect(2)
  const news = message()
  node.receive(1, { type: 'ihave', messages: [news] })
  t.same(node.sent('iwant'), [1])
  node.receiveCopy(1, news)
  node.clear()
  node.receive(2, { type: 'ihave', messages: [news] })
  t.same(node.sent('iwant'), [], 'it has it')
  const isSent = () => {
    node.copies.length = 0
    node.receive(2, { type: 'iwant', messages: [news] })
    return node.copies.length > 0
  }
  for (let heartbeat = 0; heartbeat < 5; heartbeat++) {
    t.equal(isSent(), true)
    node.heartbeat()
  }
  t.equal(isSent(), false, 'five heartbeats later it is forgotten')
})

test('a peer that is gone is in no mesh', async t => {
  const node = new GossipNode()
  node.connect(3)
  node.gossip.removePeer(2)
  t.equal(node.gossip.publish(record()), 2)
  node.copies.length = 0
  node.receiveCopy(1, message())
  t.same(
    node.copies.map(({ to }) => to),
    [3]
  )
})
