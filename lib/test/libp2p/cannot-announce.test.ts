/** An announcement that cannot be made, or does not leave, is an event, a line in the log and a metric. */
import { multiaddr } from '@multiformats/multiaddr'
import { test } from 'tap'
import { DEFAULT_TOPIC, openAnnouncement } from '../../src/index.ts'
import { inOwnTime, type StubHost, serviceOn, stubHost } from './host/stub-host.ts'

const broken: [what: string, breakHost: (host: StubHost) => void, message: RegExp][] = [
  [
    'a key that signs no more',
    ({ privateKey }) => assign(privateKey, { sign: throws('gone') }),
    /cannot be signed.*gone/
  ],
  [
    'a key whose signature fails',
    ({ privateKey }) => assign(privateKey, { sign: rejects('gone') }),
    /cannot be signed.*gone/
  ],
  [
    'a key that signs with nothing',
    ({ privateKey }) => assign(privateKey, { sign: async () => undefined }),
    /cannot be signed/
  ],
  [
    'a key whose signature is of something else',
    ({ privateKey }) => assign(privateKey, { sign: async () => new Uint8Array(64) }),
    /cannot be signed.*bad-signature/
  ],
  [
    'a key that is taken away',
    host => Object.defineProperty(host.privateKey, 'publicKey', { get: throws('gone') }),
    /cannot be signed.*gone/
  ],
  [
    'a signature that is too long',
    ({ privateKey }) => assign(privateKey, { sign: tooLong }),
    /cannot be signed.*too-large/
  ],
  [
    'a pubsub that throws',
    ({ pubsub }) => assign(pubsub, { publish: throws('not started') }),
    /^pubsub does not take .*: not started$/
  ],
  [
    'a pubsub that fails',
    ({ pubsub }) => assign(pubsub, { publish: rejects('full') }),
    /^pubsub does not take .*: full$/
  ],
  [
    'a pubsub without an answer',
    ({ pubsub }) => assign(pubsub, { publish: async () => undefined }),
    /^pubsub does not take/
  ]
]

for (const [what, breakHost, message] of broken) {
  test(`${what} is told by an event, the log and a metric, once a minute`, async t => {
    const host = await stubHost()
    const { discovery, warnings } = serviceOn(host, { announceIntervalMs: 1_000 })
    breakHost(host)
    await inOwnTime(async time => {
      await time.over(discovery.start().then(async () => await discovery.afterStart()))
      await time.pass(10_000)
      t.match(warnings, [{ code: 'cannot-announce', message }])
      t.equal(warnings.length, 1)
      t.match(host.errors, [/^cannot-announce: /])
      t.equal(host.counters.get(`libp2p_gossip_discovery_warnings_total{${DEFAULT_TOPIC}}`), 1)
      t.same(discovery.stats.warnings, { 'cannot-announce': 1 })
      await time.over(discovery.stop())
    })
  })
}

for (const words of ['PublishError.NoPeersSubscribedToTopic', 'PublishError.InsufficientPeers']) {
  test(`a pubsub that says ${words} is alone, and no reason to warn`, async t => {
    const host = await stubHost()
    assign(host.pubsub, { publish: rejects(words) })
    const { discovery, warnings } = serviceOn(host, { announceIntervalMs: 1_000 })
    await inOwnTime(async time => {
      await time.over(discovery.start().then(async () => await discovery.afterStart()))
      await time.pass(10_000)
      t.same([warnings, host.errors], [[], []])
      await time.over(discovery.stop())
    })
  })
}

test('an address that others could not read is left out, and the node is announced all the same', async t => {
  const host = await stubHost()
  host.addrs = ['/dns4/ex\u200bample.com/tcp/1', '/ip4/192.0.2.1/tcp/4001'].map(addr => multiaddr(addr))
  const { discovery, warnings } = serviceOn(host)
  await inOwnTime(async time => {
    await time.over(discovery.start().then(async () => await discovery.afterStart()))
    await time.pass(1_000)
    const { announcement } = await openAnnouncement(host.published[0]!, DEFAULT_TOPIC)
    t.same(announcement.addrs, ['/ip4/192.0.2.1/tcp/4001'])
    t.same(warnings, [])
    await time.over(discovery.stop())
  })
})

function assign(part: object, change: object): void {
  Object.assign(part, change)
}

function throws(message: string): () => never {
  return () => {
    throw new Error(message)
  }
}

function rejects(message: string): () => Promise<never> {
  return async () => throws(message)()
}

async function tooLong(): Promise<Uint8Array> {
  return new Uint8Array(2_048)
}
