/** On topics that belong to others as well: what is handed on, what is refused (nothing), and what is left when the service stops. */
import { generateKeyPair } from '@libp2p/crypto/keys'
import { peerIdFromPrivateKey } from '@libp2p/peer-id'
import { multiaddr } from '@multiformats/multiaddr'
import fc from 'fast-check'
import { type Test, test } from 'tap'
import { DEFAULT_TOPIC, type GossipDiscovery, type GossipDiscoveryInit } from '../../../src/index.ts'
import { isUsedByUsAlone } from '../../../src/libp2p/interop/foreign-topics.ts'
import { keyOf } from '../../crafted.ts'
import { serviceOn } from '../host/stub-host.ts'
import { said, signed, TheirHost, TOPIC, toldBy } from './their-host.ts'

const interop = { pubsubPeerDiscovery: { topics: [TOPIC] } }
const FOR_THEIRS = [TOPIC, TOPIC]

for (const policy of ['StrictNoSign', undefined]) {
  test(`a pubsub of policy ${policy} is refused with a clear error, and nothing is left registered`, async t => {
    const host = new TheirHost(await keyOf(1))
    Object.assign(host.pubsub, { globalSignaturePolicy: policy })
    const discovery = serviceFor(t, host, { interop })
    await t.rejects(startOf(discovery), {
      name: 'GossipDiscoveryError',
      code: 'Gossip',
      message: `Gossip: interop.pubsubPeerDiscovery needs a gossipsub whose globalSignaturePolicy is StrictSign, got ${policy}`
    })
    t.same(host.registered(), [])
    t.equal(host.messages.listenerCount('subscription-change'), 0)
    const without = serviceFor(t, host, {})
    await startOf(without)
    t.same(host.registeredForTheirs(), [], 'who does not speak theirs needs no signatures')
    await without.stop()
  })
}

test('the stop undoes what the start did', async t => {
  const { host, discovery } = await started(t)
  t.same(host.registeredForTheirs(), FOR_THEIRS)
  await discovery.stop()
  t.same(host.registered(), [])
  t.equal(host.messages.listenerCount('subscription-change'), 0)
  await startOf(discovery)
  t.same(host.registeredForTheirs(), FOR_THEIRS)
  await discovery.stop()
})

test('a start that fails halfway leaves nothing registered, and can be repeated', async t => {
  const host = new TheirHost(await keyOf(1))
  const { subscribe } = host.pubsub
  host.pubsub.subscribe = topic => {
    if (topic === 'second') throw new Error('refused')
    subscribe(topic)
  }
  const discovery = serviceFor(t, host, { interop: { pubsubPeerDiscovery: { topics: [TOPIC, 'second'] } } })
  await t.rejects(startOf(discovery), /^Gossip: libp2p refused a call: refused$/)
  t.same(host.registered(), [])
  host.pubsub.subscribe = subscribe
  await startOf(discovery)
  t.ok(host.topics.has('second'))
  await discovery.stop()
  t.same(host.registered(), [])
})

test('where a topic has a validator already, none is set, what it lets through is heard, and the stop leaves it in place', async t => {
  const host = new TheirHost(await keyOf(1))
  const validator = (): string => 'accept'
  host.topicValidators.set(TOPIC, validator)
  const discovery = serviceFor(t, host, { interop })
  const told = toldBy(discovery)
  await startOf(discovery)
  t.equal(host.topicValidators.get(TOPIC), validator)
  await host.receive(said(await keyOf(2), ['/ip4/127.0.0.1/tcp/4002']))
  t.equal(told.length, 1)
  await discovery.stop()
  t.equal(host.topicValidators.get(TOPIC), validator)
})

test('a validator that the application has set since then is left in place', async t => {
  const { host, discovery } = await started(t)
  const validator = (): string => 'accept'
  host.topicValidators.set(TOPIC, validator)
  await discovery.stop()
  t.equal(host.topicValidators.get(TOPIC), validator)
})

test('a subscription of the application stays when the service stops', async t => {
  const host = new TheirHost(await keyOf(1))
  host.topics.add(TOPIC).add(DEFAULT_TOPIC)
  const discovery = serviceFor(t, host, { interop })
  await startOf(discovery)
  await discovery.stop()
  t.same([...host.topics], [TOPIC, DEFAULT_TOPIC])
})

test('a topic is ours alone where nobody had subscribed to it before', async t => {
  const { host, discovery } = await started(t)
  t.equal(isUsedByUsAlone(host.pubsub, TOPIC), true)
  t.equal(isUsedByUsAlone(host.pubsub, 'another'), false)
  await discovery.stop()
  t.equal(isUsedByUsAlone(host.pubsub, TOPIC), false)
  host.topics.add(TOPIC)
  await startOf(discovery)
  t.equal(isUsedByUsAlone(host.pubsub, TOPIC), false)
})

test('two services on one pubsub share a topic until the last one stops', async t => {
  const { host, discovery: first } = await started(t)
  const second = serviceFor(t, host, { interop, topic: 'another network' })
  await startOf(second)
  await first.stop()
  t.same(host.registeredForTheirs(), FOR_THEIRS)
  t.equal(await host.validate(said(await keyOf(2), [])), 'accept')
  await first.stop()
  t.same(host.registeredForTheirs(), FOR_THEIRS)
  await second.stop()
  t.same(host.registered(), [])
})

test('the validator of our own topic takes the place of none, and the error says so', async t => {
  const host = new TheirHost(await keyOf(1))
  const validator = (): string => 'accept'
  host.topicValidators.set('chat', validator)
  const discovery = serviceFor(t, host, { topic: 'chat' })
  await t.rejects(discovery.start(), /^Gossip: topic "chat" has a validator of the application: .* a topic of its own$/)
  t.same([...host.topicValidators], [['chat', validator]])
  t.same([...host.protocols, ...host.topics], [])
})

test('a peer that speaks of itself is handed on, whatever its kind of key', async t => {
  const { host, discovery } = await started(t)
  const told = toldBy(discovery)
  for (const kind of ['Ed25519', 'secp256k1', 'RSA'] as const) {
    const key = await generateKeyPair(kind as 'Ed25519')
    t.equal(await host.receive(said(key, ['/ip4/127.0.0.1/tcp/4002'])), 'accept', kind)
    t.equal(told.at(-1)?.id, peerIdFromPrivateKey(key).toString(), kind)
  }
  await discovery.stop()
})

test('a peer that speaks for another is ignored, and not held against its forwarder', async t => {
  const { host, discovery } = await started(t)
  const told = toldBy(discovery)
  const forged = said(await keyOf(2), ['/ip4/127.0.0.1/tcp/4002'], await keyOf(3))
  t.equal(await host.receive(forged, peerIdFromPrivateKey(await keyOf(4))), 'ignore')
  host.messages.safeDispatchEvent('message', { detail: forged })
  t.same(told, [], 'nor is it heard where another validator lets it through')
  await discovery.stop()
})

const dialects: [what: string, bytes: Uint8Array][] = [
  ['JSON', new TextEncoder().encode('{"peerId":"12D3KooW","addrs":["/ip4/192.0.2.1/tcp/1"]}')],
  ['a protobuf of another kind', Uint8Array.from([0x0a, 0x03, 0x61, 0x62, 0x63, 0x12, 0x01, 0x07])],
  ['an announcement that is wrapped', Uint8Array.from([0x1a, 0x04, 0x0a, 0x02, 0x08, 0x01])],
  ['nothing', new Uint8Array()],
  ['4 KiB', new Uint8Array(4_096).fill(0xff)]
]

for (const [what, bytes] of dialects) {
  test(`${what}, which we cannot read, is handed on to those who can`, async t => {
    const { host, discovery } = await started(t)
    const told = toldBy(discovery)
    t.equal(await host.receive(signed(await keyOf(2), bytes)), 'accept')
    t.same(told, [])
    await discovery.stop()
  })
}

test('more than 4 KiB are not handed on, and not held against the forwarder', async t => {
  const { host, discovery } = await started(t)
  t.equal(await host.validate(signed(await keyOf(2), new Uint8Array(4_097))), 'ignore')
  await discovery.stop()
})

test('whatever is said there, nobody is rejected for it', async t => {
  const { host, discovery } = await started(t)
  const author = await keyOf(2)
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ maxLength: 200 }), async bytes => {
      const validation = await host.receive(signed(author, bytes))
      if (validation !== 'accept' && validation !== 'ignore') throw new Error(`${validation}`)
    }),
    { numRuns: 500 }
  )
  t.pass('for random bytes')
  await discovery.stop()
})

test('a flood from one group of addresses is stopped in time, and others are heard', async t => {
  const { host, discovery } = await started(t)
  const [flooder, other] = [await keyOf(2), await keyOf(3)]
  const addrs = new Map([
    [peerIdFromPrivateKey(flooder).toString(), '/ip4/192.0.2.1/tcp/1'],
    [peerIdFromPrivateKey(other).toString(), '/ip4/198.51.100.1/tcp/1']
  ])
  host.connectionManager.getConnections = ((peer: unknown) => [
    { remoteAddr: multiaddr(addrs.get(String(peer)) ?? '/ip4/203.0.113.1/tcp/1'), streams: [] }
  ]) as never
  let passed = 0
  for (let i = 0; i < 2_000; i++) {
    if ((await host.validate(signed(flooder, new Uint8Array(4_000)))) === 'accept') passed++
  }
  t.ok(passed >= 100, `${passed} at once are no flood yet`)
  t.ok(passed < 1_500, `${passed} messages of 4 kB were handed on`)
  t.equal(await host.validate(said(other, ['/ip4/198.51.100.1/tcp/1'])), 'accept')
  await discovery.stop()
})

async function started(t: Test): Promise<{ host: TheirHost; discovery: GossipDiscovery }> {
  const host = new TheirHost(await keyOf(1))
  const discovery = serviceFor(t, host, { interop })
  await startOf(discovery)
  return { host, discovery }
}

/** Stopped with the test, whatever fails in it. */
function serviceFor(t: Test, host: TheirHost, init: GossipDiscoveryInit): GossipDiscovery {
  const { discovery } = serviceOn(host, init)
  t.teardown(async () => await discovery.stop())
  return discovery
}

async function startOf(discovery: GossipDiscovery): Promise<void> {
  await discovery.start()
  await discovery.afterStart()
}
