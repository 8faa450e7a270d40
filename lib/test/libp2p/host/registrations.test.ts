/** Whatever fails, and in whatever order the life cycle is called: a service that does not run has nothing registered. */
import type { Connection, Stream } from '@libp2p/interface'
import { peerIdFromPrivateKey } from '@libp2p/peer-id'
import fc from 'fast-check'
import { test } from 'tap'
import { resolveConfig } from '../../../src/core/config.ts'
import { DEFAULT_TOPIC, type GossipDiscovery, openAnnouncement, signAnnouncement } from '../../../src/index.ts'
import { makeParts } from '../../../src/libp2p/parts.ts'
import { announcementOf, keyOf } from '../../crafted.ts'
import { inOwnTime, never, refused, type StubHost, serviceOn, stubHost } from './stub-host.ts'

const ALL = [
  '/gossip-discovery/sync/1.0.0//gossip-discovery/1',
  DEFAULT_TOPIC,
  DEFAULT_TOPIC,
  ...['connection:open', 'transport:listening', 'self:peer:update', 'peer:discovery', 'peer:update', 'message']
]

const fail = (): never => {
  throw new Error('refused')
}

const broken: [what: string, part: (host: StubHost) => object, name: string, failure: () => unknown][] = [
  ['the stream handler', host => host.registrar, 'handle', refused],
  ['the validator', host => host.topicValidators, 'set', fail],
  ['the listener of messages', host => host.pubsub, 'addEventListener', fail],
  ['the listener of connections', host => host.events, 'addEventListener', fail],
  ['the subscription', host => host.pubsub, 'subscribe', fail],
  ['the connections', host => host.connectionManager, 'getConnections', fail]
]

for (const [what, partOf, name, failure] of broken) {
  test(`a start that fails at ${what} leaves nothing registered, and can be repeated`, async t => {
    const host = await stubHost()
    const part = partOf(host) as Record<string, unknown>
    const working = part[name]
    part[name] = failure
    const { discovery } = serviceOn(host)
    await t.rejects(startOf(discovery), { name: 'GossipDiscoveryError', code: 'Gossip', message: /refused$/ })
    t.same(host.registered(), [])
    t.equal(discovery.isStarted(), false)
    part[name] = working
    await startOf(discovery)
    t.same(host.registered(), ALL)
    await discovery.stop()
  })
}

test('a handler that libp2p registered before it failed is taken back', async t => {
  const host = await stubHost()
  const { handle } = host.registrar
  host.registrar.handle = async (...args) => {
    await handle(...args)
    await refused()
  }
  await t.rejects(serviceOn(host).discovery.start(), /^Gossip: libp2p refused the sync protocol: refused$/)
  t.same(host.registered(), [])
})

const unwilling: [what: string, part: (host: StubHost) => object, name: string, left: string[]][] = [
  ['the stream handler', host => host.registrar, 'unhandle', [ALL[0]!]],
  ['the topic', host => host.pubsub, 'unsubscribe', [DEFAULT_TOPIC]],
  ['the validator', host => host.topicValidators, 'delete', [DEFAULT_TOPIC]],
  ['the listener of messages', host => host.pubsub, 'removeEventListener', ['message']]
]

for (const [what, partOf, name, left] of unwilling) {
  test(`a stop that the host refuses for ${what} undoes everything else`, async t => {
    const host = await stubHost()
    const { discovery } = serviceOn(host)
    await startOf(discovery)
    Object.assign(partOf(host), { [name]: fail })
    await discovery.stop()
    t.same(host.registered(), left)
    t.equal(discovery.isStarted(), false)
  })
}

test('a second service of one topic is refused, and the first one keeps what it registered', async t => {
  const host = await stubHost()
  const [first, second] = [serviceOn(host).discovery, serviceOn(host).discovery]
  await startOf(first)
  await t.rejects(second.start(), /^Gossip: this node takes part in the network of topic ".*" already$/)
  await second.stop()
  t.same(host.registered(), ALL)
  await first.stop()
  t.same(host.registered(), [])
})

test('two starts at once register once, and a stop during the start stops', async t => {
  const host = await stubHost()
  const { discovery } = serviceOn(host)
  const starts = [discovery.start(), discovery.start()]
  const stop = discovery.stop()
  await Promise.all([...starts, discovery.afterStart(), stop])
  t.same(host.registered(), [])
  t.equal(discovery.isStarted(), false)
  await Promise.all([discovery.start(), discovery.start(), discovery.afterStart(), discovery.afterStart()])
  t.same(host.registered(), ALL)
  await Promise.all([discovery.stop(), discovery.stop()])
  t.same(host.registered(), [])
})

test('in whatever order the life cycle is called, without waiting, it ends as the last calls say', async t => {
  const call = fc.constantFrom('start', 'afterStart', 'beforeStop', 'stop', 'leave')
  await fc.assert(
    fc.asyncProperty(fc.array(call, { maxLength: 12 }), async calls => {
      const host = await stubHost()
      const { discovery } = serviceOn(host)
      await Promise.all(calls.map(async name => await discovery[name]()))
      await discovery.stop()
      if (host.registered().length > 0 || discovery.isStarted()) throw new Error('something is left after the stop')
      await startOf(discovery)
      if (host.registered().join() !== ALL.join()) throw new Error('something is missing after the start')
      await discovery.stop()
    }),
    { numRuns: 50 }
  )
  t.pass('for 50 random orders')
})

test('what is called before the start announces nothing, and the first announcement says it', async t => {
  const host = await stubHost()
  const { discovery } = serviceOn(host, { name: 'before' })
  await inOwnTime(async time => {
    discovery.update({ name: 'after' })
    t.equal(discovery.cleanupExpired(), 0)
    t.throws(() => discovery.announceEvery(1_000), /^ChannelSend: /)
    await time.pass(60_000)
    t.equal(host.published.length, 0)
    await time.over(startOf(discovery))
    await time.pass(1_000)
    await time.over(discovery.stop())
  })
  const [first, farewell] = await Promise.all(
    host.published.map(async bytes => await openAnnouncement(bytes, DEFAULT_TOPIC))
  )
  t.match(first?.announcement, { name: 'after', seq: 1, leaving: false })
  t.match(farewell?.announcement, { name: 'after', seq: 2, leaving: true })
})

test('after the stop nothing runs: no timer, no announcement, no stream', async t => {
  const host = await stubHost()
  const { discovery } = serviceOn(host, { announceIntervalMs: 1_000, snapshot: true })
  await inOwnTime(async time => {
    await time.over(startOf(discovery))
    await time.over(discovery.afterStart())
    const other = await keyOf(2)
    const { envelope } = await signAnnouncement(announcementOf(other, { ttlMs: 3_600_000 }), other, DEFAULT_TOPIC)
    await host.deliver(DEFAULT_TOPIC, envelope, peerIdFromPrivateKey(other))
    const onStream = host.protocols.get(ALL[0]!) as (stream: Stream, connection: Connection) => void
    await time.over(discovery.stop())
    const before = host.published.length
    t.equal(host.stored.size, 1)
    host.stored.clear()
    await time.pass(120_000)
    t.equal(host.published.length, before)
    t.equal(host.stored.size, 0, 'nor is a snapshot written, though the service was told twice that all have started')
    const aborted: Error[] = []
    const stream = { abort: (error: Error) => aborted.push(error) } as unknown as Stream
    onStream(stream, { remotePeer: host.components.peerId } as unknown as Connection)
    t.equal(aborted.length, 1)
    t.equal(discovery.stats.partners, 0)
  })
})

test('each start is another run, with a greater epoch, and the farewell of the former is not repeated', async t => {
  const host = await stubHost()
  const { discovery } = serviceOn(host)
  const epochs: number[] = []
  for (let run = 0; run < 3; run++) {
    await startOf(discovery)
    epochs.push(discovery.epoch)
    await discovery.stop()
  }
  t.same(epochs, [...new Set(epochs)].sort())
})

test('a signature that comes after the stop is not published by the next run', async t => {
  const host = await stubHost()
  const sign = host.privateKey.sign.bind(host.privateKey)
  const { discovery } = serviceOn(host, { announceIntervalMs: 1_000 })
  await inOwnTime(async time => {
    const signed = Promise.withResolvers<void>()
    host.privateKey.sign = async (...args) => {
      await signed.promise
      return await sign(...args)
    }
    await time.over(startOf(discovery))
    await time.pass(500)
    await time.over(discovery.stop())
    host.privateKey.sign = never
    await time.over(startOf(discovery))
    signed.resolve()
    await time.pass(500)
    t.equal(host.published.length, 0)
    await time.over(discovery.stop())
  })
})

test('a message that is under examination when the service stops is not taken', async t => {
  const host = await stubHost()
  const init = { components: host.components, config: resolveConfig(), topic: DEFAULT_TOPIC, snapshot: false }
  const { core, driver, receiver } = makeParts({ ...init, emit: () => {} })
  const key = await keyOf(2)
  const recordOf = async (seq: number) =>
    await signAnnouncement(announcementOf(key, { seq, name: `${seq}` }), key, DEFAULT_TOPIC)
  const { peer } = announcementOf(key)
  const { envelope } = await recordOf(100)
  const validate = async () => await receiver.validate(peer, { topic: DEFAULT_TOPIC, data: envelope })
  const records = await Promise.all(Array.from({ length: 30 }, async (_, i) => await recordOf(i + 1)))
  const handled: string[] = []
  const handle = driver.handle.bind(driver)
  await inOwnTime(async time => {
    core.restart(1, performance.now())
    driver.start(0)
    // The peer has used up its rate: what it says next stops here, and the validator itself hands it to the core.
    for (const record of records) driver.handle({ type: 'gossip', from: peer, record })
    driver.handle = input => {
      handled.push(input.type)
      handle(input)
    }
    await time.over(driver.stop())
    await validate()
    t.notOk(handled.includes('gossip'))
    driver.start(0)
    await validate()
    t.ok(handled.includes('gossip'), 'while it runs, it does')
    await time.over(driver.stop())
  })
})

test('a key that signs in another order publishes no announcement after a later one', async t => {
  const host = await stubHost()
  const sign = host.privateKey.sign.bind(host.privateKey)
  const { discovery } = serviceOn(host)
  const first = Promise.withResolvers<void>()
  let signatures = 0
  host.privateKey.sign = async (...args) => {
    if (signatures++ === 0) await first.promise
    return await sign(...args)
  }
  await inOwnTime(async time => {
    await time.over(startOf(discovery))
    await time.pass(1_000)
    discovery.update({ name: 'later' })
    await time.pass(1_000)
    first.resolve()
    await time.pass(1_000)
    const published = await Promise.all(host.published.map(async bytes => await openAnnouncement(bytes, DEFAULT_TOPIC)))
    t.same(
      published.map(({ announcement: { name, seq } }) => ({ name, seq })),
      [{ name: 'later', seq: 2 }]
    )
    await time.over(discovery.stop())
  })
})

async function startOf(discovery: GossipDiscovery): Promise<void> {
  await discovery.start()
  await discovery.afterStart()
}
