import { test } from 'tap'
import { GossipDiscovery, type GossipDiscoveryInit } from '../../../src/index.ts'
import { pubsubPeerTopics } from '../../../src/libp2p/interop/interop-options.ts'
import { resolveOptions } from '../../../src/libp2p/options.ts'
import { stubHost } from '../host/stub-host.ts'

const theirs = [
  '_peer-discovery._p2p._pubsub',
  'my-app._peer-discovery._p2p._pubsub',
  'a.b._peer-discovery._p2p._pubsub',
  'universal-connectivity-browser-peer-discovery'
]

for (const topic of theirs) {
  test(`a network of ours cannot have their topic ${topic}, whether it speaks theirs or not`, async t => {
    const { components } = await stubHost()
    for (const interop of [undefined, {}, { pubsubPeerDiscovery: true }, { pubsubPeerDiscovery: { topics: ['x'] } }]) {
      const init = { topic, ...(interop !== undefined && { interop }) }
      t.throws(() => new GossipDiscovery(components, init), {
        name: 'InvalidConfigError',
        message: /^topic must be of this network alone, and not of @libp2p\/pubsub-peer-discovery: .*, got "/
      })
    }
  })
}

test('nor a topic that was chosen for theirs', t => {
  const interop = { pubsubPeerDiscovery: { topics: ['x', 'mine'] } }
  const message = 'interop.pubsubPeerDiscovery.topics[1] must be another than the topic of this network, got "mine"'
  t.throws(() => resolveOptions({ topic: 'mine', interop }), { name: 'InvalidConfigError', message })
  t.same(resolveOptions({ topic: 'mine too', interop }).foreignTopics, ['x', 'mine'])
  const unnamed = { interop: { pubsubPeerDiscovery: { topics: ['/gossip-discovery/1'] } } }
  t.throws(() => resolveOptions(unnamed), { name: 'InvalidConfigError' })
  t.end()
})

test('a topic that only looks like theirs is ours', t => {
  for (const topic of ['my_peer-discovery._p2p._pubsub', '_peer-discovery._p2p._pubsub.mine', '/gossip-discovery/1']) {
    t.equal(resolveOptions({ topic }).topic, topic)
  }
  t.end()
})

test('true stands for the topics that everybody uses; the topics that are chosen stand in their place, each once', t => {
  t.same(pubsubPeerTopics({ pubsubPeerDiscovery: true }), [theirs[0], theirs[3]])
  t.same(pubsubPeerTopics({ pubsubPeerDiscovery: { topics: ['x', 'y', 'x'] } }), ['x', 'y'])
  t.same(pubsubPeerTopics({ pubsubPeerDiscovery: false }), [])
  t.same(pubsubPeerTopics({}), [])
  t.same(pubsubPeerTopics(), [])
  t.end()
})

const topics = 'interop.pubsubPeerDiscovery.topics'
const wrong: [interop: unknown, message: string][] = [
  [true, 'interop must be an object with pubsubPeerDiscovery, got true'],
  [null, 'interop must be an object with pubsubPeerDiscovery, got null'],
  [[], 'interop must be an object with pubsubPeerDiscovery, got an array'],
  [{ pubsubPeers: true }, 'interop must have no other option than pubsubPeerDiscovery, got "pubsubPeers"'],
  [{ pubsubPeerDiscovery: 'on' }, 'interop.pubsubPeerDiscovery must be true or an object with topics, got "on"'],
  [
    { pubsubPeerDiscovery: { topic: 'x' } },
    'interop.pubsubPeerDiscovery must have no other option than topics, got "topic"'
  ],
  [{ pubsubPeerDiscovery: {} }, `${topics} must be an array of 1 to 16 topics, got undefined`],
  [{ pubsubPeerDiscovery: { topics: [] } }, `${topics} must be an array of 1 to 16 topics, got 0`],
  [{ pubsubPeerDiscovery: { topics: 'x' } }, `${topics} must be an array of 1 to 16 topics, got "x"`],
  [{ pubsubPeerDiscovery: { topics: Array(17).fill('x') } }, `${topics} must be an array of 1 to 16 topics, got 17`],
  [{ pubsubPeerDiscovery: { topics: ['x', 7] } }, `${topics}[1] must be a text, got 7`],
  [{ pubsubPeerDiscovery: { topics: [''] } }, `${topics}[0] must have 1 to 1024 characters, got 0`],
  [{ pubsubPeerDiscovery: { topics: ['x'.repeat(1025)] } }, `${topics}[0] must have 1 to 1024 characters, got 1025`],
  [{ pubsubPeerDiscovery: { topics: ['\u0000'] } }, `${topics}[0] must not contain control characters, got "\\u{0}"`]
]

for (const [interop, message] of wrong) {
  test(`interop: ${JSON.stringify(interop)?.slice(0, 60)} is refused, and the message says what is allowed`, async t => {
    const { components } = await stubHost()
    const init = { interop } as GossipDiscoveryInit
    t.throws(() => new GossipDiscovery(components, init), { name: 'InvalidConfigError', message })
  })
}
