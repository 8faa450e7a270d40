/** What the core reports reaches the application, the metrics and the log, each under its own name. */
import { test } from 'tap'
import { AddressBook } from '../../../src/core/book/address-book.ts'
import type { AddressBookEntry } from '../../../src/core/book/entry.ts'
import { resolveConfig } from '../../../src/core/config.ts'
import { Discovery } from '../../../src/core/discovery.ts'
import type { WarningCode } from '../../../src/core/effects.ts'
import { type AddressBookPeerEvents, DEFAULT_TOPIC } from '../../../src/index.ts'
import { HandOver } from '../../../src/libp2p/host/hand-over.ts'
import { Turns } from '../../../src/libp2p/host/turns.ts'
import { signAnnouncement } from '../../../src/libp2p/records/announcement-codec.ts'
import { Receiver } from '../../../src/libp2p/records/receiver.ts'
import { AddressBookView } from '../../../src/libp2p/reports/book/address-book-view.ts'
import { bookUntil } from '../../../src/libp2p/reports/book/book-until.ts'
import { DiscoveryMetrics } from '../../../src/libp2p/reports/metrics.ts'
import { Reports } from '../../../src/libp2p/reports/reports.ts'
import { Warnings } from '../../../src/libp2p/reports/warnings.ts'
import { announcementOf, keyOf } from '../../crafted.ts'
import { inOwnTime, StubHost } from '../host/stub-host.ts'

const key = await keyOf(1)
const record = await signAnnouncement(announcementOf(key), key, DEFAULT_TOPIC)
const moved = await signAnnouncement(announcementOf(key, { addrs: ['/ip4/127.0.0.1/tcp/4002'] }), key, DEFAULT_TOPIC)
const entry: AddressBookEntry = {
  record,
  bornAtMs: 0,
  expiresAtMs: 30_000,
  forwarder: undefined,
  group: '',
  standing: 0
}

test('an evicted peer is told as evicted and as nothing else: neither expired nor found', async t => {
  const { reports, told, host } = setUp()
  reports.take({ type: 'evicted', entry })
  t.same(told, ['book evicted alice'])
  t.same(
    [...host.counters],
    [
      ['libp2p_gossip_discovery_announcements_total{a topic}', 1],
      ['libp2p_gossip_discovery_announcements_evicted_total{a topic}', 1]
    ]
  )
})

test('a peer that joins or moves is handed to libp2p, before others are told; one that changes its metadata or goes is not', async t => {
  const { reports, told } = setUp()
  for (const type of ['joined', 'updated'] as const) reports.take({ type, entry })
  reports.take({ type: 'updated', entry: { ...entry, record: moved } })
  for (const type of ['left', 'expired'] as const) reports.take({ type, entry })
  t.same(told, [
    ...['peer', 'book joined alice', 'book updated alice', 'peer', 'book updated alice'],
    ...['book left alice', 'book expired alice']
  ])
})

test('a book that has settled is told of, and says so until it changes', async t => {
  const { reports, told, addressBook } = setUp()
  const batches = addressBook.batches()
  t.notOk(addressBook.isSettled, 'not before it was told once')
  reports.take({ type: 'joined', entry })
  t.notOk(addressBook.isSettled)
  reports.take({ type: 'settled' })
  t.ok(addressBook.isSettled)
  t.match(await batches.next(), { value: { isSettled: true, changes: [{ type: 'joined', peer: { name: 'alice' } }] } })
  reports.take({ type: 'expired', entry })
  t.notOk(addressBook.isSettled)
  reports.take({ type: 'settled' })
  addressBook.end()
  t.match(await batches.next(), { value: { isSettled: true, changes: [{ type: 'expired' }] } })
  t.match(await batches.next(), { done: true }, 'the loop ends when the service stops')
  t.notOk(addressBook.isSettled, 'nor does a book that nobody keeps up to date')
  t.same(
    told.filter(each => each !== 'peer'),
    ['book joined alice', 'book settled with 0', 'book expired alice', 'book settled with 0']
  )
})

test('whoever waits until the book has settled is let go when it has', async t => {
  const { reports, addressBook } = setUp()
  const stopping = new AbortController().signal
  let isOver = false
  const waiting = bookUntil(addressBook, book => book.isSettled, { stopping }).then(() => {
    isOver = true
  })
  reports.take({ type: 'joined', entry })
  await Promise.resolve()
  t.notOk(isOver)
  reports.take({ type: 'settled' })
  await waiting
  t.ok(isOver)
})

test('each warning is an event, a line in the log, a metric and a number in the stats', async t => {
  const { reports, told, host, warnings } = setUp()
  const codes: WarningCode[] = ['key-in-use', 'cannot-announce', 'overloaded', 'eclipsed']
  for (const code of codes) reports.take({ type: 'warned', warning: { code, message: `about ${code}` } })
  t.same(
    told,
    codes.map(() => 'warning')
  )
  t.same(
    host.errors,
    codes.map(code => `${code}: about ${code}`)
  )
  const { counters } = host
  t.equal(counters.get('libp2p_gossip_discovery_warnings_total{a topic}'), codes.length)
  for (const code of codes) {
    t.equal(counters.get(`libp2p_gossip_discovery_warnings_${code.replaceAll('-', '_')}_total{a topic}`), 1)
  }
  t.same(warnings.counts(), Object.fromEntries(codes.map(code => [code, 1])))
})

test('a warning of the adapter is told once a minute for each code, whoever told it before', async t => {
  const { reports, warnings } = setUp()
  await inOwnTime(async time => {
    reports.take({ type: 'warned', warning: { code: 'cannot-announce', message: 'by the core' } })
    for (let second = 0; second < 59; second++) {
      warnings.tellSeldom('cannot-announce', 'by the adapter')
      warnings.tellSeldom('host-unresponsive', 'by the adapter')
      await time.pass(1_000)
    }
    t.same(warnings.counts(), { 'cannot-announce': 1, 'host-unresponsive': 1 })
    await time.pass(1_000)
    warnings.tellSeldom('cannot-announce', 'by the adapter')
    t.same(warnings.counts(), { 'cannot-announce': 2, 'host-unresponsive': 1 })
  })
})

test('announcements that were published are counted and told', async t => {
  const { reports, told } = setUp()
  reports.take({ type: 'published', seq: 1, recipients: 3 })
  t.equal(reports.published, 1)
  t.same(told, ['announced'])
})

function setUp() {
  const host = new StubHost(key)
  const { logger } = host.components
  const log = logger.forComponent('test')
  const told: string[] = []
  const emit = (type: string): void => {
    told.push(type)
  }
  const metrics = new DiscoveryMetrics(host.components.metrics, 'a topic')
  const warnings = new Warnings(log, metrics, () => emit('warning'))
  const core = new Discovery(
    resolveConfig(),
    { peer: 'self', epoch: 1 },
    { random: () => 0.5, groupOf: addr => addr },
    0
  )
  const addressBook = new AddressBookView(
    new AddressBook({ maxEntries: 1, maxTombstones: 0 }),
    () => 0,
    () => false
  )
  const types: (keyof AddressBookPeerEvents)[] = ['joined', 'updated', 'left', 'expired', 'evicted']
  for (const type of types) {
    addressBook.addEventListener(type, ({ detail }) => told.push(`book ${type} ${detail.name}`))
  }
  const handOver = new HandOver(host.components.peerStore, log, () => emit('peer'))
  const receiver = new Receiver(core, {
    topic: DEFAULT_TOPIC,
    log,
    metrics,
    turns: new Turns(() => false),
    addrOf: () => '',
    handle: () => {}
  })
  addressBook.addEventListener('settled', ({ detail }) => told.push(`book settled with ${detail.size}`))
  return {
    host,
    told,
    warnings,
    addressBook,
    reports: new Reports({ addressBook, receiver, metrics, warnings, handOver, log, emit })
  }
}
