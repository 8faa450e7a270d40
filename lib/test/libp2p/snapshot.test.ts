/** What is written of the book to the disk, and what a node makes of what it finds there. */
import type { PrivateKey } from '@libp2p/interface'
import { peerIdFromPrivateKey } from '@libp2p/peer-id'
import { decode, encode } from 'cborg'
import { type Datastore, Key } from 'interface-datastore'
import { test } from 'tap'
import { AddressBook } from '../../src/core/book/address-book.ts'
import type { SignedAnnouncement } from '../../src/core/record/announcement.ts'
import { openAnnouncement, signAnnouncement } from '../../src/index.ts'
import { DiscoveryMetrics } from '../../src/libp2p/reports/metrics.ts'
import { Warnings } from '../../src/libp2p/reports/warnings.ts'
import { MAX_SNAPSHOT_RECORDS, Snapshot } from '../../src/libp2p/snapshot.ts'
import { announcementOf, keyOf } from '../crafted.ts'
import { inOwnTime, StubHost, serviceOn, stubHost } from './host/stub-host.ts'
import { addrOf, allList, startNode, until } from './nodes.ts'

const TOPIC = '/gossip-discovery/1'
const KEY = new Key(`/gossip-discovery/snapshot/${encodeURIComponent(TOPIC)}`)

const keys = await Promise.all(Array.from({ length: 200 }, (_, i) => keyOf(i + 1)))

test('peers that the node reached itself come first, though Sybils are more and newer', async t => {
  const { snapshot, book, saved } = setUp()
  const honest = await listed(book, keys.slice(0, 10), 0)
  await listed(book, keys.slice(10), 1_000)
  for (const [i, record] of honest.entries()) snapshot.met(peerOf(record), true, `/ip4/192.0.${i}.1/tcp/4001`)
  const peers = await saved()
  t.same(
    honest.map(peerOf).filter(peer => !peers.includes(peer)),
    []
  )
  t.equal(peers.length, 10 + MAX_SNAPSHOT_RECORDS / 2, 'those of whom it has only heard take half of the room at most')
})

test('64 Sybils that dial the node, from one group, leave room for those of whom it has heard', async t => {
  const { snapshot, book, saved } = setUp()
  const strangers = await listed(book, keys.slice(0, 20), 0)
  const sybils = await listed(book, keys.slice(20, 84), 1_000)
  for (const record of sybils) snapshot.met(peerOf(record), false, '/ip4/198.51.100.1/tcp/50000')
  const peers = await saved()
  t.equal(peers.filter(peer => sybils.some(record => peerOf(record) === peer)).length, MAX_SNAPSHOT_RECORDS / 2)
  t.equal(peers.filter(peer => strangers.some(record => peerOf(record) === peer)).length, strangers.length)
})

test('Sybils that the node has reached itself take no more than the turns of their group', async t => {
  const { snapshot, book, saved } = setUp()
  const honest = await listed(book, keys.slice(0, 40), 0)
  const sybils = await listed(book, keys.slice(40, 140), 1_000)
  for (const [i, record] of honest.entries()) snapshot.met(peerOf(record), true, `/ip4/10.0.0.${i}/tcp/4001`)
  for (const record of sybils) snapshot.met(peerOf(record), true, '/ip4/10.9.9.9/tcp/4001')
  const peers = await saved()
  t.equal(peers.length, MAX_SNAPSHOT_RECORDS)
  t.same(
    honest.map(peerOf).filter(peer => !peers.includes(peer)),
    []
  )
})

test('where all share one group, the snapshot is as full as without groups', async t => {
  const { snapshot, book, saved } = setUp()
  const records = await listed(book, keys, 0)
  for (const record of records) snapshot.met(peerOf(record), true, '/ip4/127.0.0.1/tcp/4001')
  t.equal((await saved()).length, MAX_SNAPSHOT_RECORDS)
})

test('peers that are gone from the book are not written, and an empty book replaces nothing', async t => {
  const { snapshot, book, saved } = setUp()
  const [gone] = await listed(book, keys.slice(0, 2), 0)
  for (const key of keys.slice(0, 100)) snapshot.met(peerIdFromPrivateKey(key).toString(), true, '/ip4/192.0.2.1/tcp/1')
  const farewell = await signAnnouncement(announcementOf(keys[0]!, { seq: 9, leaving: true }), keys[0]!, TOPIC)
  book.apply(farewell, 0, 0)
  t.notOk((await saved()).includes(peerOf(gone!)))
  const before = await saved()
  const farewells = await signAnnouncement(announcementOf(keys[1]!, { seq: 9, leaving: true }), keys[1]!, TOPIC)
  book.apply(farewells, 0, 0)
  t.equal(book.size, 0)
  t.same(await saved(), before)
})

test('what was written is read, by the addresses that the peers announced', async t => {
  const { snapshot, book, host } = setUp()
  const records = await listed(book, keys.slice(0, 3), 0)
  await snapshot.save()
  const targets = await snapshot.load()
  t.same(targets.map(({ id }) => id).sort(), records.map(peerOf).sort())
  for (const { addrs } of targets) t.same(addrs, ['/ip4/127.0.0.1/tcp/4001'])
  t.same(host.errors, [])
})

test('a bad record in a snapshot costs itself alone, and a line in the log', async t => {
  const { snapshot, host } = setUp()
  const envelopes = await Promise.all(
    keys.slice(0, 3).map(async key => (await signAnnouncement(announcementOf(key), key, TOPIC)).envelope)
  )
  const forged = Uint8Array.from(envelopes[1]!)
  forged[forged.length - 1]! ^= 1
  const all = [forged, ...envelopes, new Uint8Array(0), new Uint8Array(100)]
  await host.datastore.put(KEY, encode(all))
  t.equal((await snapshot.load()).length, 3)
  t.match(host.errors, ['3 of 6 records of the snapshot cannot be read'])
})

const unreadable: [what: string, bytes: Uint8Array][] = [
  ['nothing', new Uint8Array(0)],
  ['junk', Uint8Array.of(0xff, 0xff)],
  ['something else', encode({ version: 9 })],
  ['no envelopes', encode([new Uint8Array(100), 5])],
  ['a truncated list', encode([new Uint8Array(100), new Uint8Array(100)]).subarray(0, 120)],
  ['a list that is too long', encode(Array.from({ length: 20_000 }, () => new Uint8Array(100)))]
]

for (const [what, bytes] of unreadable) {
  test(`a snapshot of ${what} is ignored with a line in the log`, async t => {
    const { snapshot, host } = setUp()
    await host.datastore.put(KEY, bytes)
    t.same(await snapshot.load(), [])
    t.match(host.errors, ['the snapshot of the address book cannot be read'])
  })
}

test('a datastore that fails costs a line in the log', async t => {
  const { snapshot, book, host } = setUp()
  await listed(book, keys.slice(0, 1), 0)
  const fail = async (): Promise<never> => {
    throw new Error('disk full')
  }
  Object.assign(host.datastore, { put: fail, has: fail })
  await snapshot.save()
  t.same(await snapshot.load(), [])
  t.match(host.errors, [/cannot be written .*disk full$/, /cannot be read, going on without it .*disk full$/])
})

test('it is written 5 s after the first partner, each time again after twice as long, up to a minute, and at the stop', async t => {
  await inOwnTime(async time => {
    const { snapshot, book, host } = setUp()
    await listed(book, keys.slice(0, 1), 0)
    let writings = 0
    const { put } = host.datastore
    host.datastore.put = (key, bytes) => {
      writings++
      return put.call(host.datastore, key, bytes)
    }
    const writtenAfter = async (ms: number): Promise<number> => {
      writings = 0
      await time.pass(ms)
      return writings
    }
    const meet = () => snapshot.met('a', true, '/ip4/192.0.2.1/tcp/1')
    snapshot.begin()
    t.equal(await writtenAfter(100_000), 0, 'without a partner nothing is')
    meet()
    t.equal(await writtenAfter(4_900), 0)
    meet()
    t.same([await writtenAfter(100), await writtenAfter(9_900), await writtenAfter(100)], [1, 0, 1])
    t.equal(await writtenAfter(80_000), 2, 'after 20 s and 40 s')
    t.same([await writtenAfter(39_900), await writtenAfter(100), await writtenAfter(60_000)], [0, 1, 1])
    await time.over(snapshot.stop())
    t.equal(writings, 2)
    meet()
    t.equal(await writtenAfter(100_000), 0, 'once it has stopped, no more')
    snapshot.begin()
    meet()
    t.equal(await writtenAfter(5_000), 1, 'another run begins anew')
    await time.over(snapshot.stop())
  })
})

test('a partner that was there before the first tick counts', async t => {
  await inOwnTime(async time => {
    const { snapshot, book, host } = setUp()
    await listed(book, keys.slice(0, 1), 0)
    snapshot.met('a', false, '/ip4/192.0.2.1/tcp/1')
    snapshot.begin()
    await time.pass(5_000)
    t.equal(host.stored.size, 1)
    await time.over(snapshot.stop())
  })
})

test('the snapshot of one network is not that of another', async t => {
  const host = await stubHost()
  const [key] = keys
  const { envelope } = await signAnnouncement(announcementOf(keys[1]!), keys[1]!, 'one')
  await inOwnTime(async time => {
    for (const topic of ['one', 'two']) {
      const { discovery } = serviceOn(host, { snapshot: true, topic })
      await time.over(discovery.start().then(async () => await discovery.afterStart()))
      if (topic === 'one') await host.deliver(topic, envelope, peerIdFromPrivateKey(key!))
      await time.over(discovery.stop())
    }
  })
  t.same([...host.stored.keys()], ['/gossip-discovery/snapshot/one'])
})

test('a node that restarts finds its network by the snapshot, without a bootstrap peer', async t => {
  const { datastore } = await stubHost()
  const alice = await startNode(t, { name: 'alice' })
  const privateKey = keys[0]!
  const bootstrapPeers = [addrOf(alice)]
  const options = { name: 'bob', privateKey, snapshot: true, datastore: datastore as unknown as Datastore }
  const bob = await startNode(t, { ...options, bootstrapPeers })
  await until(() => allList(alice, bob))
  await bob.stop()
  await until(() => allList(alice))
  const again = await startNode(t, options)
  await until(() => allList(alice, again))
})

function setUp() {
  const host = new StubHost(keys[0]!)
  const { logger, datastore } = host.components
  const log = logger.forComponent('test')
  const book = new AddressBook({ maxEntries: 1_000, maxTombstones: 10 })
  const warnings = new Warnings(log, new DiscoveryMetrics(undefined, 'a topic'), () => {})
  const groupOf = (addr: string): string => addr.split('/').slice(0, 3).join('/')
  const snapshot = new Snapshot({ datastore, topic: TOPIC, book, groupOf, log, warnings })
  /** The peers in the snapshot that is written at this moment. */
  const saved = async (): Promise<string[]> => {
    await snapshot.save()
    const envelopes = decode(host.stored.get(KEY.toString())!) as Uint8Array[]
    return (await Promise.all(envelopes.map(async bytes => await openAnnouncement(bytes, TOPIC)))).map(peerOf)
  }
  return { host, snapshot, book, saved }
}

/** Announcements of these keys, in the book since `atMs`. */
async function listed(book: AddressBook, keys: readonly PrivateKey[], atMs: number): Promise<SignedAnnouncement[]> {
  const records = await Promise.all(keys.map(async key => await signAnnouncement(announcementOf(key), key, TOPIC)))
  for (const record of records) book.apply(record, atMs, 0)
  return records
}

function peerOf({ announcement }: SignedAnnouncement): string {
  return announcement.peer
}
