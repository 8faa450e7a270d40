/** A host that never answers does not hang the service: each call has its limit, and the operator is told. */
import type { Connection } from '@libp2p/interface'
import { defaultLogger } from '@libp2p/logger'
import { peerIdFromPrivateKey } from '@libp2p/peer-id'
import { multiaddr } from '@multiformats/multiaddr'
import { test } from 'tap'
import { resolveConfig } from '../../../src/core/config.ts'
import {
  DEFAULT_TOPIC,
  type GossipDiscovery,
  GossipDiscoveryError,
  SYNC_PROTOCOL,
  signAnnouncement
} from '../../../src/index.ts'
import { ConnectionUse } from '../../../src/libp2p/host/connection-use.ts'
import { within } from '../../../src/libp2p/host/within.ts'
import { makeParts } from '../../../src/libp2p/parts.ts'
import { Partings } from '../../../src/libp2p/sync/partings.ts'
import { announcementOf, keyOf } from '../../crafted.ts'
import { inOwnTime, never, refused, type StubHost, serviceOn, stubHost } from './stub-host.ts'

/** A stop has a few steps, each with its limit. */
const LONGEST_STOP_MS = 10_000

const stuck: [what: string, hang: (host: StubHost) => void][] = [
  ['a publish', ({ pubsub }) => assign(pubsub, { publish: never })],
  ['a question for the snapshot', ({ datastore }) => assign(datastore, { has: never })],
  ['a read of the snapshot', ({ datastore }) => assign(datastore, { has: async () => true, get: never })],
  ['an unregistered handler', ({ registrar }) => assign(registrar, { unhandle: never })],
  ['a dial that heeds no signal', ({ connectionManager }) => assign(connectionManager, { openConnection: never })]
]

for (const [what, hang] of stuck) {
  test(`${what} that never settles hangs neither start nor stop, and the operator is told once`, async t => {
    const host = await stubHost()
    hang(host)
    await inOwnTime(async time => {
      const bootstrapPeers = ['/ip4/127.0.0.1/tcp/1']
      const { discovery, warnings } = serviceOn(host, { snapshot: true, announceIntervalMs: 1_000, bootstrapPeers })
      t.ok((await time.over(startOf(discovery))) < 1_000, 'the start does not wait')
      await time.pass(15_000)
      t.ok((await time.over(discovery.stop())) < LONGEST_STOP_MS)
      t.same(
        warnings.map(({ code }) => code),
        ['host-unresponsive']
      )
      t.match(warnings[0]!.message, / (took longer than \d+ ms|was not over when the node stopped); /)
      t.same(
        host.registered().filter(name => !host.protocols.has(name)),
        []
      )
    })
  })
}

test('a write of the snapshot that never settles does not hang the stop', async t => {
  const host = await stubHost()
  await inOwnTime(async time => {
    const { discovery, warnings } = serviceOn(host, { snapshot: true })
    await time.over(startOf(discovery))
    const key = await keyOf(2)
    const { envelope } = await signAnnouncement(announcementOf(key), key, DEFAULT_TOPIC)
    await host.deliver(DEFAULT_TOPIC, envelope, peerIdFromPrivateKey(key))
    t.equal(discovery.addressBook.size, 1)
    assign(host.datastore, { put: never })
    t.ok((await time.over(discovery.stop())) < LONGEST_STOP_MS)
    t.equal(warnings.length, 1)
    t.match(warnings, [{ code: 'host-unresponsive', message: /^writing the snapshot to the datastore took longer/ }])
  })
})

test('a handler that is never registered ends the start with a clear sentence, and leaves nothing', async t => {
  const host = await stubHost()
  const { handle } = host.registrar
  // As libp2p does it: the handler first, then the peer store, which is on the disk.
  assign(host.registrar, {
    handle: async (protocol: string, handler: unknown) => {
      await handle(protocol, handler)
      await never()
    }
  })
  await inOwnTime(async time => {
    const { discovery } = serviceOn(host)
    const started = discovery.start()
    await time.over(started)
    await t.rejects(started, /^Timeout: registering the sync protocol took longer than 5000 ms$/)
    t.equal(discovery.isStarted(), false)
    t.same(host.registered(), [])
    assign(host.registrar, { handle })
    await time.over(startOf(discovery))
    t.equal(discovery.isStarted(), true, 'and it can be started once the host answers')
    await time.over(discovery.stop())
  })
})

test('a stream that opens too late is aborted, and one that never opens does not hang the stop', async t => {
  const host = await stubHost()
  const aborted: Error[] = []
  const opening = Promise.withResolvers<unknown>()
  const connection = { direction: 'outbound', newStream: () => opening.promise, remotePeer: host.components.peerId }
  host.connections.push(connection as unknown as Connection)
  await inOwnTime(async time => {
    const { discovery } = serviceOn(host)
    await time.over(startOf(discovery))
    t.ok((await time.over(discovery.stop())) < LONGEST_STOP_MS)
    opening.resolve({ abort: (error: Error) => aborted.push(error) })
    await time.pass(50)
    t.equal(aborted.length, 1)
    t.equal(discovery.stats.partners, 0)
  })
})

test('a connection that does not close is aborted', async t => {
  const host = await stubHost()
  const aborted: Error[] = []
  const remotePeer = peerIdFromPrivateKey(await keyOf(2))
  const connection = {
    id: '1',
    streams: [],
    remotePeer,
    status: 'open',
    close: never,
    abort: (error: Error) => aborted.push(error)
  }
  assign(host.connectionManager, { openConnection: async () => connection })
  await inOwnTime(async time => {
    const use = new ConnectionUse(host.components, { topic: DEFAULT_TOPIC, protocol: SYNC_PROTOCOL, tag: 'ours' })
    const dialled = await use.dial([multiaddr('/ip4/192.0.2.1/tcp/1')], remotePeer, {})
    const partings = new Partings({ connections: () => [dialled], use, log: defaultLogger().forComponent('test') })
    t.ok((await time.over(partings.close(remotePeer.toString(), () => false))) < LONGEST_STOP_MS)
    t.match(aborted, [{ message: /^Timeout: closing a connection took longer than/ }])
  })
})

test('a tag that the peer store never takes is told, and hangs nothing', async t => {
  const host = await stubHost()
  assign(host.peerStore, { merge: never })
  await inOwnTime(async time => {
    const told: string[] = []
    const init = { components: host.components, config: resolveConfig(), topic: DEFAULT_TOPIC, snapshot: false }
    const { core, driver } = makeParts({
      ...init,
      emit: (type, detail) => told.push(`${type} ${JSON.stringify(detail)}`)
    })
    core.restart(1, performance.now())
    driver.start(0)
    const peer = peerIdFromPrivateKey(await keyOf(2)).toString()
    const addr = `/ip4/192.0.2.1/tcp/4001/p2p/${peer}`
    driver.handle({ type: 'peer-found', target: { id: peer, addrs: [addr] }, source: 'named' })
    driver.handle({ type: 'partner-opened', peer, initiator: true, addr })
    await time.pass(10_000)
    t.match(
      told.filter(line => line.startsWith('warning')),
      [/^warning .*"host-unresponsive","message":"tagging a peer took longer than 5000 ms; /]
    )
    t.ok((await time.over(driver.stop())) < LONGEST_STOP_MS)
  })
})

test('a signature that never comes is told, and the next announcement is tried on time', async t => {
  const host = await stubHost()
  let signatures = 0
  assign(host.privateKey, {
    sign: () => {
      signatures++
      return never()
    }
  })
  await inOwnTime(async time => {
    const { discovery, warnings } = serviceOn(host, { announceIntervalMs: 1_000 })
    await time.over(startOf(discovery))
    await time.pass(10_000)
    t.equal(warnings.length, 1)
    t.match(warnings, [{ code: 'cannot-announce', message: /signing it took longer than 5000 ms$/ }])
    t.ok(signatures > 5)
    t.equal(host.published.length, 0)
    t.ok((await time.over(discovery.stop())) < LONGEST_STOP_MS)
  })
})

test('a key that cannot sign is told, in the log and the metrics as well, at most once a minute', async t => {
  const host = await stubHost()
  assign(host.privateKey, { sign: refused })
  await inOwnTime(async time => {
    const { discovery, warnings } = serviceOn(host, { announceIntervalMs: 1_000 })
    await time.over(startOf(discovery))
    await time.pass(50_000)
    t.equal(warnings.length, 1)
    t.match(warnings, [{ code: 'cannot-announce', message: /cannot be signed, others do not see it: .*refused$/ }])
    t.match(host.errors, ['cannot-announce: '])
    t.equal(host.counters.get(`libp2p_gossip_discovery_warnings_cannot_announce_total{${DEFAULT_TOPIC}}`), 1)
    t.same(discovery.stats.warnings, { 'cannot-announce': 1 })
    await time.pass(20_000)
    t.equal(warnings.length, 2, 'and again a minute later')
    await time.over(discovery.stop())
  })
})

test('a host that works is warned of nothing', async t => {
  const host = await stubHost()
  await inOwnTime(async time => {
    const { discovery, warnings } = serviceOn(host, { announceIntervalMs: 1_000, snapshot: true })
    await time.over(startOf(discovery))
    await time.pass(20_000)
    await time.over(discovery.stop())
    t.same([warnings, host.errors, discovery.stats.warnings], [[], [], {}])
    t.not(host.published.length, 0)
  })
})

test('a clock that was never set is told at each start, and the node announces all the same', async t => {
  const host = await stubHost()
  const { now } = Date
  t.teardown(() => {
    Date.now = now
  })
  for (const wrong of [0, Number.NaN, Number.POSITIVE_INFINITY, -1]) {
    Date.now = () => wrong
    await inOwnTime(async time => {
      const { discovery, warnings } = serviceOn(host, { announceIntervalMs: 1_000 })
      const before = host.published.length
      await time.over(startOf(discovery))
      await time.pass(2_000)
      t.equal(warnings.length, 1)
      t.match(warnings, [{ code: 'cannot-announce', message: /^the clock shows 1970-.*; set the clock$/ }], `${wrong}`)
      t.ok(host.published.length > before)
      await time.over(discovery.stop())
    })
  }
})

test('within hands on the result or the error of a call, and drops both once the time is over', async t => {
  t.equal(await within(1_000, 'reading', Promise.resolve(5)), 5)
  await t.rejects(within(1_000, 'reading', refused()), /^refused$/)
  await inOwnTime(async time => {
    const late = Promise.withResolvers<void>()
    const call = within(1_000, 'reading', late.promise)
    t.equal(await time.over(call), 1_000)
    await t.rejects(call, new GossipDiscoveryError('Timeout', 'reading took longer than 1000 ms'))
    // An error that nobody takes would end the process.
    late.reject(new Error('too late'))
    await time.pass(50)
  })
})

test('within ends early by its signal', async t => {
  const stop = new AbortController()
  const call = within(1_000, 'reading', never(), stop.signal)
  stop.abort()
  await t.rejects(call, /^Timeout: reading was not over when the node stopped$/)
  await t.rejects(within(1_000, 'reading', never(), stop.signal), /^Timeout: reading was not over/)
})

function assign(part: object, change: object): void {
  Object.assign(part, change)
}

async function startOf(discovery: GossipDiscovery): Promise<void> {
  await discovery.start()
  await discovery.afterStart()
}
