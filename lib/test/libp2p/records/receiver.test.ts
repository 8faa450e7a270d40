/** The border, with a core behind it and no network before it: what is read, paid for, handed on, and blamed. */
import { generateKeyPair } from '@libp2p/crypto/keys'
import type { PrivateKey } from '@libp2p/interface'
import { defaultLogger } from '@libp2p/logger'
import { test } from 'tap'
import { COPY_US, ENVELOPE_US } from '../../../src/core/bounds/prices.ts'
import { resolveConfig } from '../../../src/core/config.ts'
import { Discovery } from '../../../src/core/discovery.ts'
import { seededRandom } from '../../../src/core/random.ts'
import type { AgedRecord } from '../../../src/core/record/aged-record.ts'
import type { Announcement } from '../../../src/core/record/announcement.ts'
import { DEFAULT_TOPIC, signAnnouncement } from '../../../src/index.ts'
import { monotonicMs } from '../../../src/libp2p/clock.ts'
import { Turns } from '../../../src/libp2p/host/turns.ts'
import { Receiver } from '../../../src/libp2p/records/receiver.ts'
import { DiscoveryMetrics } from '../../../src/libp2p/reports/metrics.ts'
import { announcementOf, faultyEnvelopes, keyOf } from '../../crafted.ts'

/** What every version refuses. */
const BLAMED = ['malformed-envelope', 'too-large', 'bad-signature']

const PAYER = { connection: 'forwarder', group: '/ip4/192.0' }

test('a frame of records is handed on in small parts, and other work comes in between', async t => {
  const { receiver } = border()
  const envelopes = await Promise.all(Array.from({ length: 200 }, async (_, i) => await envelopeOf(await keyOf(i + 1))))
  const sizes: number[] = []
  for await (const slice of receiver.open(PAYER, envelopes.map(fresh))) sizes.push(slice.length)
  t.equal(
    sizes.reduce((sum, size) => sum + size),
    200
  )
  t.ok(Math.max(...sizes) <= 16, `${sizes}`)
})

test('one record that cannot be used costs the others of its frame nothing, and its forwarder neither', async t => {
  const faulty = await faultyEnvelopes(await keyOf(1))
  const good = [await envelopeOf(await keyOf(2)), await envelopeOf(await keyOf(3))]
  for (const [fault, envelope] of Object.entries(faulty)) {
    const { receiver } = border()
    const { records, fault: blamed } = await opened(receiver, [good[0]!, envelope, good[1]!])
    const isBlamed = BLAMED.includes(fault)
    t.equal(blamed, isBlamed ? fault : undefined, fault)
    t.equal(records.length, isBlamed ? 1 : 2, fault)
    t.same(receiver.counts().rejected, { [fault]: 1 })
    const verdict = await receiver.validate('forwarder', { topic: '', data: envelope })
    // A topic may be that of others, too, whose messages are no envelopes; a sync stream is ours alone.
    t.equal(verdict, isBlamed && fault !== 'malformed-envelope' ? 'reject' : 'ignore', fault)
  }
})

test('a copy that is younger reaches the core without another look at its signature, and an older one does not', async t => {
  const { receiver, core, handed } = border()
  const envelope = await envelopeOf(await keyOf(1))
  const { records } = await opened(receiver, [envelope], 10_000)
  core.handle({ type: 'message', from: 'forwarder', message: { type: 'records', records } }, monotonicMs())
  let spentUs = 0
  core.budgets.records.admits = (_, costUs) => {
    spentUs += costUs
    return true
  }
  t.same((await opened(receiver, [envelope], 5_000)).records, [
    { record: records[0]!.record, ageMs: 5_000, isHearsay: false }
  ])
  t.same((await opened(receiver, [envelope], 20_000)).records, [])
  const message = { topic: '', data: envelope }
  t.equal(await receiver.validate('forwarder', message), 'accept', 'the forged age must not stop it at the first hop')
  t.match(receiver.take(message), { type: 'gossip', record: records[0]!.record })
  t.same(handed, [])
  t.equal(spentUs, 3 * COPY_US, 'and costs a look at its bytes')
  t.same(receiver.counts(), { received: 4, rejected: { stale: 1 } })
})

test('a copy of a record whose peer is gone here reaches the core, which may contradict it', async t => {
  const { receiver, core } = border()
  const key = await keyOf(1)
  const envelope = await envelopeOf(key)
  const first = await opened(receiver, [envelope])
  const second = await opened(receiver, [await envelopeOf(key, { seq: 8, leaving: true })])
  for (const { records } of [first, second]) {
    core.handle({ type: 'message', from: 'forwarder', message: { type: 'records', records } }, monotonicMs())
  }
  t.equal((await opened(receiver, [envelope])).records.length, 1)
  t.equal(await receiver.validate('forwarder', { topic: '', data: envelope }), 'ignore')
})

test('a newcomer that would be refused anyway is not worth its signature, whoever brings it, and however', async t => {
  const { receiver, core } = border(32)
  const keys = await Promise.all(Array.from({ length: 100 }, async (_, i) => await keyOf(i + 1)))
  const envelopes = await Promise.all(keys.map(async key => await envelopeOf(key)))
  const { records } = await opened(receiver, envelopes)
  core.handle({ type: 'message', from: 'forwarder', message: { type: 'records', records } }, monotonicMs())
  t.equal(core.book.size, 32)
  let spentUs = 0
  core.budgets.records.admits = (_, costUs) => {
    spentUs += costUs
    return true
  }
  core.budgets.records.earn = (_, costUs) => {
    spentUs -= costUs
  }
  const newcomer = await envelopeOf(await keyOf(101))
  const forged = newcomer.slice()
  forged[forged.length - 1]! ^= 1
  for (const envelope of [newcomer, forged]) {
    t.same((await opened(receiver, [envelope])).records, [])
    t.equal(await receiver.validate('forwarder', { topic: '', data: envelope }), 'ignore')
  }
  t.equal(spentUs, 4 * ENVELOPE_US)
  t.same(receiver.counts().rejected, { 'over-budget': 4 })
})

test('junk of every kind is paid for, until it is not looked at any more', async t => {
  for (const fault of ['unknown-version', 'malformed-envelope', 'bad-addr', 'bad-signature'] as const) {
    const envelope = (await faultyEnvelopes(await keyOf(1)))[fault]
    const { receiver, core } = border()
    exhaust(core, 'liar')
    const payer = { connection: 'another id', group: 'liar' }
    let dropped = false
    for (let i = 0; i < 2_000 && !dropped; i++) {
      await opened(receiver, [envelope], 0, payer)
      dropped = receiver.counts().rejected['over-budget'] !== undefined
    }
    t.ok(dropped, fault)
    t.equal((await opened(receiver, [await envelopeOf(await keyOf(2))])).records.length, 1, 'others are heard')
  }
})

test('a flood of dear keys spends ten times as soon what a group has, and leaves others theirs', async t => {
  const dear = await taken(await generateKeyPair('secp256k1'))
  const cheap = await taken(await keyOf(1))
  t.ok(dear * 5 < cheap, `${dear} and ${cheap} signatures`)
})

test('a record before its turn is not for gossip to carry, and reaches the core all the same', async t => {
  const { receiver, core, handed } = border()
  const key = await keyOf(1)
  for (let seq = 1; seq <= 30; seq++) {
    const record = await signAnnouncement(announcementOf(key, { seq, name: `${seq}` }), key, DEFAULT_TOPIC)
    core.handle({ type: 'gossip', from: 'forwarder', record }, monotonicMs())
  }
  const data = await envelopeOf(key, { seq: 100 })
  t.equal(await receiver.validate('forwarder', { topic: '', data }), 'ignore')
  t.match(handed, [{ type: 'gossip', from: 'forwarder', record: { announcement: { seq: 100 } } }])
})

/** How many signatures of the key a group may ask for that has spent most of its share of the node's reserve. */
async function taken(key: PrivateKey): Promise<number> {
  const { receiver, core } = border()
  exhaust(core, 'another')
  const payer = { connection: 'liar', group: 'liar' }
  const envelope = (await envelopeOf(key)).slice()
  // Forged anew each time: nothing is remembered of it.
  envelope[envelope.length - 1]! ^= 1
  let count = 0
  for (; count < 20_000; count++) {
    const { fault } = await opened(receiver, [envelope], 0, payer)
    if (fault !== 'bad-signature') break
    if (count === 0) core.budgets.records.charge(payer, 1_900_000, monotonicMs())
  }
  return count
}

/** Uses up what a group may spend, and what anybody may. */
function exhaust(core: Discovery, group: string): void {
  const nowMs = monotonicMs()
  while (core.budgets.records.admits({ connection: `of ${group}`, group }, 1_000, nowMs));
}

async function opened(receiver: Receiver, envelopes: Uint8Array[], ageMs = 0, payer = PAYER) {
  const records: AgedRecord[] = []
  const slices = receiver.open(
    payer,
    envelopes.map(envelope => ({ envelope, ageMs, isHearsay: false }))
  )
  for (let next = await slices.next(); ; next = await slices.next()) {
    if (next.done === true) return { records, fault: next.value }
    records.push(...next.value)
  }
}

function fresh(envelope: Uint8Array) {
  return { envelope, ageMs: 0, isHearsay: false }
}

async function envelopeOf(key: PrivateKey, change: Partial<Announcement> = {}): Promise<Uint8Array> {
  return (await signAnnouncement(announcementOf(key, change), key, DEFAULT_TOPIC)).envelope
}

function border(maxEntries = 16_384) {
  const host = { random: seededRandom(1), groupOf: (addr: string) => addr }
  const core = new Discovery(
    resolveConfig({ listenOnly: true, maxEntries }),
    { peer: 'self', epoch: 1 },
    host,
    monotonicMs()
  )
  const handed: unknown[] = []
  const receiver = new Receiver(core, {
    topic: DEFAULT_TOPIC,
    log: defaultLogger().forComponent('test'),
    metrics: new DiscoveryMetrics(undefined, 'a topic'),
    turns: new Turns(() => false),
    addrOf: () => '',
    handle: gossip => handed.push(gossip)
  })
  return { receiver, core, handed }
}
