/** The address book of real nodes as applications use it: waiting, looping, printing, and who said so. */
import { peerIdFromPrivateKey } from '@libp2p/peer-id'
import { test } from 'tap'
import { settled } from '../../../scripts/tests/until.ts'
import { DEFAULT_TOPIC, GossipDiscovery, signAnnouncement } from '../../src/index.ts'
import { announcementOf, keyOf } from '../crafted.ts'
import { StubHost, serviceOn, stubHost } from './host/stub-host.ts'
import { addrOf, allList, startNode, until } from './nodes.ts'

test('a wait for the book is over when the book is as wanted, and at once when it is so already', async t => {
  const alice = await startNode(t, { name: 'alice' })
  const { discovery } = alice.services
  const both = discovery.until(book => book.size >= 2)
  await startNode(t, { name: 'bob', bootstrapPeers: [addrOf(alice)] })
  await startNode(t, { name: 'charlie', bootstrapPeers: [addrOf(alice)] })
  await settled(both, () => 'two peers')
  t.equal(discovery.addressBook.size, 2)
  await discovery.until(book => book.size === 2)
})

test('a wait for the book ends by its signal, by the stop, and by an error of the condition', async t => {
  const alice = await startNode(t, { name: 'alice' })
  const { discovery } = alice.services
  const reason = new Error('enough')
  const stop = new AbortController()
  const aborted = discovery.until(book => book.size > 9, { signal: stop.signal })
  stop.abort(reason)
  await t.rejects(aborted, reason)
  await t.rejects(
    discovery.until(() => true, { signal: stop.signal }),
    reason
  )
  const faulty = t.rejects(
    discovery.until(book => {
      if (book.size > 0) throw new RangeError('faulty')
      return false
    }),
    new RangeError('faulty')
  )
  const stopped = t.rejects(
    discovery.until(book => book.size > 9),
    { code: 'ChannelSend', message: /^ChannelSend: the service does not run/ }
  )
  const bob = await startNode(t, { name: 'bob', bootstrapPeers: [addrOf(alice)] })
  await faulty
  await discovery.stop()
  await stopped
  await t.rejects(
    discovery.until(book => book.size > 9),
    { code: 'ChannelSend' }
  )
  await bob.stop()
})

test('a loop over the changes tells what the events tell, and ends when the service stops', async t => {
  const alice = await startNode(t, { name: 'alice' })
  const { discovery } = alice.services
  const told: string[] = []
  const loop = (async () => {
    for await (const change of discovery.addressBook.changes()) {
      if (change.type !== 'lost') told.push(`${change.type} ${change.peer.name}`)
    }
  })()
  const bob = await startNode(t, { name: 'bob', bootstrapPeers: [addrOf(alice)] })
  await discovery.until(book => book.has(bob.peerId))
  bob.services.discovery.update({ name: 'robert' })
  await discovery.until(book => book.get(bob.peerId)?.name === 'robert')
  await bob.stop()
  await discovery.until(book => book.size === 0)
  await discovery.stop()
  await settled(loop, () => 'the end of the loop')
  t.same(told, ['joined bob', 'updated robert', 'left robert'])
})

test('a book is written as JSON, with texts, bytes and whom each peer was heard of', async t => {
  const metadata = { role: 'relay', key: Uint8Array.of(1, 2, 255) }
  const alice = await startNode(t, { name: 'alice', metadata })
  const relay = await startNode(t, { name: 'relay', bootstrapPeers: [addrOf(alice)] })
  const bob = await startNode(t, { name: 'bob', targetConnections: 1, bootstrapPeers: [addrOf(relay)] })
  await until(() => allList(alice, relay, bob))
  const entries = JSON.parse(JSON.stringify({ book: bob.services.discovery.addressBook })).book
  const written = entries.find(({ name }: { name: string }) => name === 'alice')
  t.match(written, {
    peerId: alice.peerId.toString(),
    multiaddrs: [addrOf(alice).split('/p2p/')[0]],
    metadata: { role: 'relay', key: { base64: 'AQL/' } },
    firstHand: false,
    forwarder: relay.peerId.toString(),
    suspected: false
  })
  t.same(Object.keys(written).sort(), [
    ...['ageMs', 'epoch', 'expiresInMs', 'firstHand', 'forwarder'],
    ...['metadata', 'multiaddrs', 'name', 'peerId', 'seq', 'suspected']
  ])
  const neighbour = entries.find(({ name }: { name: string }) => name === 'relay')
  t.match(neighbour, { firstHand: true })
  t.notOk('forwarder' in neighbour)
})

test('an entry says whether the peer itself has told of it, and who has if it was another', async t => {
  const alice = await startNode(t, { name: 'alice' })
  const relay = await startNode(t, { name: 'relay', bootstrapPeers: [addrOf(alice)] })
  const bob = await startNode(t, { name: 'bob', targetConnections: 1, bootstrapPeers: [addrOf(relay)] })
  await until(() => allList(alice, relay, bob))
  const book = bob.services.discovery.addressBook
  t.match(book.get(relay.peerId), { firstHand: true, forwarder: undefined })
  t.match(book.get(alice.peerId), { firstHand: false })
  t.ok(book.get(alice.peerId)?.forwarder?.equals(relay.peerId))
  bob.services.discovery.addPeer(addrOf(alice))
  await bob.services.discovery.until(book => book.get(alice.peerId)?.firstHand === true)
  t.equal(book.get(alice.peerId)?.forwarder, undefined)
})

test('a peer that cannot be reached is shown as suspected, until it answers or is gone', async t => {
  const alice = await startNode(t, { name: 'alice' })
  const bob = await startNode(t, { name: 'bob', privateKey: await keyOf(9), bootstrapPeers: [addrOf(alice)] })
  await until(() => allList(alice, bob))
  const { discovery } = alice.services
  t.equal(discovery.addressBook.get(bob.peerId)?.suspected, false)
  const suspected = discovery.until(book => book.get(bob.peerId)?.suspected === true)
  const gone = discovery.until(book => !book.has(bob.peerId))
  // As a crash: nobody listens there any more, and no farewell is said.
  Object.assign(bob.services.discovery, { leave: async () => {} })
  await bob.stop()
  await settled(suspected, () => 'a suspicion')
  await settled(gone, () => 'the end of the entry')
})

test('the log begins with the own id, names peers by their names, gone or not, and the network unless it is the default one', async t => {
  const host = await stubHost()
  const key = await keyOf(2)
  const peer = peerIdFromPrivateKey(key)
  const {
    components: { peerId }
  } = host
  const id = `12…${peerId.toString().slice(-4)}`
  for (const [topic, name] of [
    ['team', 'libp2p:gossip-discovery:team'],
    [DEFAULT_TOPIC, 'libp2p:gossip-discovery']
  ] as const) {
    const prefix = `${name} ${id}`
    const lines: string[] = []
    const forComponent = (name: string) => logger(line => lines.push(`${name} ${line}`))
    const components = Object.assign(host.components, { logger: { forComponent } })
    const discovery = new GossipDiscovery(components, { topic, listenOnly: true })
    await discovery.start()
    await discovery.afterStart()
    for (const [seq, change] of [{ name: 'alice' }, { name: '' }, { name: 'alicia', leaving: true }].entries()) {
      const { envelope } = await signAnnouncement(announcementOf(key, { seq, ...change }), key, topic)
      await host.deliver(topic, envelope, peer)
      if (seq === 0 || change.leaving) await host.deliver(topic, Uint8Array.of(1), peer)
    }
    await discovery.stop()
    t.match(
      lines.filter(line => line.includes('refused')),
      ['alice', 'alicia'].map(
        name => `${prefix} refused an announcement from ${peer} (${name}) - Deserialization: malformed-envelope`
      )
    )
    t.same(
      lines.filter(line => / (joined|updated|left) /.test(line)),
      [`${prefix} joined ${peer} (alice)`, `${prefix} updated ${peer}`, `${prefix} left ${peer} (alicia)`]
    )
  }
})

test('two nodes that use one key are told of it, and so is the log of those who list them', async t => {
  const observer = new StubHost(await keyOf(1))
  const { discovery } = serviceOn(observer, { listenOnly: true })
  const key = await keyOf(2)
  await discovery.start()
  await discovery.afterStart()
  for (let run = 1; run <= 6; run++) {
    const announcement = announcementOf(key, { epoch: run, name: `twin ${run % 2}` })
    const { envelope } = await signAnnouncement(announcement, key, DEFAULT_TOPIC)
    await observer.deliver(DEFAULT_TOPIC, envelope, peerIdFromPrivateKey(key))
  }
  t.match(observer.errors, [/^\w+ \(twin 0\) began anew again and again .*, or two nodes use its key$/])
  t.equal(observer.errors.length, 1)
  await discovery.stop()

  const [alice, bob] = [await startNode(t, { name: 'alice' }), await startNode(t, { name: 'bob' })]
  alice.services.discovery.addPeer(addrOf(bob))
  const twins = [
    await startNode(t, { name: 'one', privateKey: key, bootstrapPeers: [addrOf(alice)] }),
    await startNode(t, { name: 'two', privateKey: key, bootstrapPeers: [addrOf(bob)] })
  ]
  await until(() => twins.some(({ services }) => services.discovery.stats.warnings['key-in-use'] !== undefined))
})

function logger(write: (line: string) => void) {
  const log = (format: string, ...args: unknown[]) => write(format.replace(/%[spe]/g, () => String(args.shift())))
  return Object.assign(log, { error: log, trace: log, enabled: true, newScope: () => log })
}
