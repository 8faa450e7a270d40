import { test } from 'tap'
import { GossipDiscovery, type GossipDiscoveryInit, InvalidConfigError } from '../../../src/index.ts'
import { pubsubPeerTopics } from '../../../src/libp2p/interop/interop-options.ts'
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
        message: new RegExp(`^topic must be one of this network alone, got "${topic}"`)
      })
    }
  })
}

test('nor a topic that was chosen for theirs', t => {
  const interop = { pubsubPeerDiscovery: { topics: ['x', 'mine'] } }
  t.throws(() => pubsubPeerTopics(interop, 'mine'), InvalidConfigError)
  t.same(pubsubPeerTopics(interop, 'mine too'), ['x', 'mine'])
  t.end()
})

test('a topic that only looks like theirs is ours', t => {
  for (const topic of ['my_peer-discovery._p2p._pubsub', '_peer-discovery._p2p._pubsub.mine', '/gossip-discovery/1']) {
    t.same(pubsubPeerTopics(undefined, topic), [])
  }
  t.end()
})

test('true stands for the topics that everybody uses; the topics that are chosen stand in their place, each once', t => {
  t.same(pubsubPeerTopics({ pubsubPeerDiscovery: true }, 't'), [theirs[0], theirs[3]])
  t.same(pubsubPeerTopics({ pubsubPeerDiscovery: { topics: ['x', 'y', 'x'] } }, 't'), ['x', 'y'])
  t.same(pubsubPeerTopics({ pubsubPeerDiscovery: false }, 't'), [])
  t.same(pubsubPeerTopics({}, 't'), [])
  t.end()
})

const wrong: [interop: unknown, message: RegExp][] = [
  [true, /^interop must be an object, got true$/],
  [null, /^interop must be an object, got null$/],
  [[], /^interop must be an object, got \[\]$/],
  [{ pubsubPeers: true }, /^interop has no option pubsubPeers, only pubsubPeerDiscovery$/],
  [{ pubsubPeerDiscovery: 'on' }, /^interop\.pubsubPeerDiscovery must be true or \{ topics \}, got "on"$/],
  [{ pubsubPeerDiscovery: { topic: 'x' } }, /^interop\.pubsubPeerDiscovery has no option topic, only topics$/],
  [{ pubsubPeerDiscovery: {} }, /topics must be an array of 1 to 16 topics, got undefined$/],
  [{ pubsubPeerDiscovery: { topics: [] } }, /topics must be an array of 1 to 16 topics, got \[\]$/],
  [{ pubsubPeerDiscovery: { topics: 'x' } }, /topics must be an array of 1 to 16 topics, got "x"$/],
  [{ pubsubPeerDiscovery: { topics: Array(17).fill('x') } }, /topics must be an array of 1 to 16 topics, got /],
  [{ pubsubPeerDiscovery: { topics: [7] } }, /topics must be texts of 1 to 1024 characters, got 7$/],
  [{ pubsubPeerDiscovery: { topics: [''] } }, /topics must be texts of 1 to 1024 characters, got ""$/],
  [{ pubsubPeerDiscovery: { topics: ['x'.repeat(1025)] } }, /topics must be texts of 1 to 1024 characters, got "xxx/]
]

for (const [interop, message] of wrong) {
  test(`interop: ${JSON.stringify(interop)?.slice(0, 60)} is refused, and the message says what is allowed`, async t => {
    const { components } = await stubHost()
    const init = { interop } as GossipDiscoveryInit
    t.throws(() => new GossipDiscovery(components, init), { name: 'InvalidConfigError', message })
  })
}
