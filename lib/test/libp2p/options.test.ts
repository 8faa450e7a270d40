/** The options of the service: taken whole, or refused at once; and what is taken works on the wire. */
import { generateKeyPair } from '@libp2p/crypto/keys'
import { peerIdFromPrivateKey } from '@libp2p/peer-id'
import { multiaddr } from '@multiformats/multiaddr'
import { test } from 'tap'
import { type GossipDiscoveryInit, gossipDiscovery, InvalidConfigError } from '../../src/index.ts'
import { gossipDiscovery as gossipDiscoveryFor2 } from '../../src/libp2p-2/index.ts'
import { keyOf } from '../crafted.ts'
import { serviceOn, stubHost } from './host/stub-host.ts'
import { addrOf, allList, startNode, until } from './nodes.ts'

const LONGEST_TOPIC = 'x'.repeat(994)
const id = peerIdFromPrivateKey(await keyOf(1))

const wrong: [init: object | string, faults: (string | RegExp)[]][] = [
  [{ topic: 7 }, ['topic must be a text, got 7']],
  [{ topic: null }, ['topic must be a text, got null']],
  [{ topic: '' }, ['topic must not be empty, got ""']],
  [{ topic: `${LONGEST_TOPIC}x` }, ['topic must be at most 994 bytes of UTF-8, got 995 bytes']],
  [{ topic: 'é'.repeat(498) }, ['topic must be at most 994 bytes of UTF-8, got 996 bytes']],
  [{ topic: 'x'.repeat(1_100) }, ['topic must be at most 994 bytes of UTF-8, got 1100 bytes']],
  [{ topic: 'team-🚀'.slice(0, 6) }, [/^topic must be valid Unicode.*, got "team-\\u\{d83d\}"$/]],
  [{ topic: 'two\nlines' }, ['topic must not contain control characters, got "two\\u{a}lines"']],
  [{ topic: 'a\0b' }, ['topic must not contain control characters, got "a\\u{0}b"']],
  [{ topic: 'a topic ' }, ['topic must not end in white space, got "a topic "']],
  [{ topic: 'a topic\u3000' }, [/^topic must not end in white space/]],
  [{ snapshot: 'yes' }, ['snapshot must be true or false, got "yes"']],
  [{ topics: ['a'] }, ['there is no option "topics": did you mean topic?']],
  [{ bootstrapPeer: 'a' }, ['there is no option "bootstrapPeer": did you mean bootstrapPeers?']],
  [{ bootstrapPeers: '/ip4/192.0.2.1/tcp/1' }, [/^bootstrapPeers must be an array of peers, got "\/ip4/]],
  [
    {
      bootstrapPeers: [
        'alice',
        '/ip4/192.0.2.1/tcp/1',
        5,
        null,
        '/',
        { id: 5, multiaddrs: [] },
        { id, multiaddrs: ['/a'] }
      ]
    },
    [0, 2, 3, 4, 5, 6].map(i => new RegExp(`^bootstrapPeers\\[${i}\\] must be a multiaddr such as `))
  ],
  [{ topic: 7, snapshot: 1, name: 5, colour: 'red' }, [/^topic/, /^snapshot/, /^name/, /^there is no option "colour"/]],
  [{ name: 'team-🚀'.slice(0, 6) }, [/^name must be valid Unicode.*, got "team-\\u\{d83d\}"$/]],
  [{ metadata: { ['team-🚀'.slice(0, 6)]: 'x' } }, [/^metadata key must be valid Unicode.*, got "team-\\u\{d83d\}"$/]],
  [{ metadata: { team: 'team-🚀'.slice(0, 6) } }, [/^metadata\.team must be valid Unicode.*, got "team-\\u\{d83d\}"$/]],
  ['a topic', ['the options must be an object, got "a topic"']]
]

for (const [init, faults] of wrong) {
  test(`${JSON.stringify(init).slice(0, 80)} is refused at once`, async t => {
    for (const make of [() => gossipDiscovery(init as GossipDiscoveryInit), () => makeFor2(init)]) {
      const error = thrownBy(make)
      t.ok(error instanceof InvalidConfigError, `${error}`)
      const told = (error as InvalidConfigError).faults
      t.equal(told.length, faults.length)
      for (const [i, fault] of faults.entries()) t.match(told[i], fault)
    }
  })
}

test('libp2p 2 needs its own multiaddr', async t => {
  t.throws(() => gossipDiscoveryFor2({ name: 'alice' } as never), {
    name: 'InvalidConfigError',
    message: /^multiaddr must be /
  })
})

test('peers to start from may be addresses, texts or objects, and peers in their book', async t => {
  const addr = multiaddr('/ip4/192.0.2.1/tcp/1')
  const bootstrapPeers = [addr, addr.toString(), `${addr}/p2p/${id}`, { id, multiaddrs: [addr] }]
  t.doesNotThrow(() => gossipDiscovery({ bootstrapPeers }))
})

test('a service is told once which of its peers are none, while it runs as well', async t => {
  const { discovery } = serviceOn(await stubHost())
  for (const peers of ['/ip4/192.0.2.1/tcp/1', undefined, [undefined], [{ id }]]) {
    t.throws(() => discovery.addPeers(peers as never), { name: 'TypeError', message: /^peers(\[0\])? must be / })
  }
})

for (const topic of [LONGEST_TOPIC, 'ein Thema mit Ümlauten 🚀', ' a topic', '/gossip-discovery/1/'] as const) {
  test(`two nodes of the topic ${topic.slice(0, 30)} find each other`, async t => {
    const alice = await startNode(t, { name: 'alice', topic })
    const bob = await startNode(t, { name: 'bob', topic, bootstrapPeers: [addrOf(alice)] })
    await until(() => allList(alice, bob))
  })
}

test('a key that no receiver takes is refused before anything is announced under it', async t => {
  const host = await stubHost()
  Object.assign(host, { privateKey: await generateKeyPair('RSA', 1024) })
  const message = /^Serialization: the key must be Ed25519, secp256k1, or RSA of 2048 to 4096 bits, got RSA$/
  t.throws(() => serviceOn(host), { code: 'Serialization', message })
  const { discovery } = serviceOn(host, { listenOnly: true })
  await discovery.start()
  t.throws(() => discovery.announceEvery(1_000), { code: 'Serialization', message })
  await discovery.stop()
})

function makeFor2(init: object | string): unknown {
  if (typeof init === 'string') return gossipDiscovery(init as GossipDiscoveryInit)
  return gossipDiscoveryFor2({ ...(init as GossipDiscoveryInit), multiaddr })
}

function thrownBy(action: () => unknown): unknown {
  try {
    return action()
  } catch (error) {
    return error
  }
}
