/** Ages are a forwarder's claim: what a liar can do with them, and what not. */
import fc from 'fast-check'
import { test } from 'tap'
import { AddressBook } from '../../../src/core/book/address-book.ts'
import { resolveConfig } from '../../../src/core/config.ts'
import { Discovery } from '../../../src/core/discovery.ts'
import { testHost } from '../network.ts'
import { farewell, from, record, TTL_MS } from '../records.ts'

const HEARTBEAT_MS = TTL_MS / 3

test('a copy with a smaller age makes an entry younger, no younger than it was at its first arrival', async t => {
  const book = newBook()
  book.apply(record(), 100_000, 20_000)
  t.equal(book.get('a')?.bornAtMs, 80_000)
  t.equal(book.apply(record(), 103_000, 13_000), 'younger')
  t.equal(book.get('a')?.bornAtMs, 90_000)
  t.equal(book.get('a')?.expiresAtMs, 90_000 + TTL_MS)
  t.equal(book.apply(record(), 110_000, 0), 'younger')
  t.equal(book.get('a')?.bornAtMs, 100_000)
  t.equal(book.apply(record(), 120_000, 0), 'stale', 'no replay makes it younger than that')
  t.equal(book.get('a')?.bornAtMs, 100_000)
})

test('a copy that is older, or hardly younger, changes nothing', async t => {
  const book = newBook()
  book.apply(record(), 10_000, 5_000)
  const before = book.get('a')
  t.equal(book.apply(record(), 10_000, 6_000), 'stale')
  t.equal(book.apply(record(), 10_000, 4_001), 'stale')
  t.equal(book.get('a'), before)
})

test('a smaller age neither ends a suspicion nor gives it more time, and raises no tombstone', async t => {
  const book = newBook()
  book.apply(record(), 10_000, 9_000)
  book.shorten('a', 12_000)
  t.equal(book.apply(record(), 10_500, 0), 'younger')
  t.equal(book.get('a')?.expiresAtMs, 12_000)
  book.expire(12_000)
  t.equal(book.apply(record(), 12_001, 0), 'stale')
  book.apply(farewell({ peer: 'b', seq: 2 }), 0)
  t.equal(book.apply(record({ peer: 'b', seq: 2 }, '{'), 12_001, 0), 'stale')
})

test('a peer is listed all the time though a liar is first with every heartbeat, at an age near the ttl', async t => {
  const node = newNode()
  let listedMs = 0
  let nowMs = 0
  for (let seq = 1; seq <= 20; seq++) {
    hear(node, 'liar', seq, TTL_MS - 10, nowMs)
    for (const untilMs = nowMs + HEARTBEAT_MS; nowMs < untilMs; nowMs += 100) {
      node.handle({ type: 'tick' }, nowMs)
      if (nowMs === untilMs - HEARTBEAT_MS + 1_000) hear(node, 'honest', seq, 0, nowMs)
      if (node.book.has('x')) listedMs += 100
    }
  }
  t.equal(listedMs, nowMs)
})

test('a node that heard a record first at a false age hands it on at the smaller one', async t => {
  const node = newNode()
  hear(node, 'liar', 1, TTL_MS - 10, 0)
  hear(node, 'honest', 1, 0, 100)
  const outputs = node.handle({ type: 'message', from: 'other', message: { type: 'want', peers: ['x'] } }, 1_000)
  const ages = outputs.flatMap(output =>
    output.type === 'send' && output.message.type === 'records' ? output.message.records.map(({ ageMs }) => ageMs) : []
  )
  t.same(ages, [1_000])
})

test('a younger copy is nothing new: it is not handed on, and refutes nothing', async t => {
  const node = newNode()
  hear(node, 'liar', 1, 20_000, 0)
  node.handle({ type: 'tick' }, 500)
  node.handle({ type: 'message', from: 'liar', message: { type: 'suspicions', suspicions: [] } }, 500)
  const outputs = hear(node, 'honest', 1, 0, 1_000)
  t.notOk(outputs.some(output => output.type === 'refuted' || output.type === 'updated'))
  t.notOk(outputs.some(output => output.type === 'send' && 'records' in output.message))
})

test('liars repeat all heartbeats of a crashed peer at age 0: it is gone when it would be without them', async t => {
  const alone = newBook()
  const among = newBook()
  const heartbeats = Array.from({ length: 1_000 }, (_, at) => record({ seq: at + 1 }))
  for (const [at, heartbeat] of heartbeats.entries()) {
    alone.apply(heartbeat, at * 10)
    among.apply(heartbeat, at * 10)
  }
  const goneAtMs = alone.get('a')!.expiresAtMs
  for (let nowMs = 10_000; nowMs < goneAtMs; nowMs += 100) {
    for (let liar = 0; liar < 10; liar++)
      among.apply(heartbeats[(nowMs / 100 + liar) % 1_000]!, nowMs, 0, from(`liar${liar}`))
    t.same(among.expire(nowMs), [])
  }
  t.equal(among.expire(goneAtMs).length, 1)
  for (const heartbeat of heartbeats) if (among.apply(heartbeat, goneAtMs, 0) !== 'stale') t.fail('it came back')
})

test('whatever ages are claimed of one version, the entry stays for 2 s or its ttl, and never longer than its ttl', async t => {
  const anyCopy = fc.record({ afterMs: fc.nat(5_000), ageMs: fc.nat(2 * TTL_MS) })
  fc.assert(
    fc.property(
      fc.array(anyCopy, { maxLength: 20 }),
      fc.integer({ min: 1_000, max: TTL_MS }),
      fc.nat(TTL_MS),
      (copies, ttlMs, ageMs) => {
        const book = newBook()
        if (book.apply(record({ ttlMs }), 0, ageMs) === 'outlived') return ageMs >= ttlMs
        let [nowMs, expiresAtMs] = [0, book.nextExpiryMs]
        for (const copy of copies) {
          nowMs += copy.afterMs
          book.expire(nowMs)
          book.apply(record({ ttlMs }), nowMs, copy.ageMs)
          const entry = book.get('a')
          if (entry === undefined) return nowMs >= expiresAtMs
          if (entry.expiresAtMs < expiresAtMs || entry.expiresAtMs > ttlMs) return false
          expiresAtMs = entry.expiresAtMs
        }
        return expiresAtMs >= Math.min(2_000, ttlMs)
      }
    ),
    { numRuns: 1_000 }
  )
  t.pass('for 1,000 claims')
})

function newBook(): AddressBook {
  return new AddressBook({ maxEntries: 100, maxTombstones: 100 })
}

function newNode(): Discovery {
  const node = new Discovery(resolveConfig({ listenOnly: true }), { peer: 'self', epoch: 1 }, testHost(1), 0)
  for (const peer of ['liar', 'honest', 'other'])
    node.handle({ type: 'partner-opened', peer, initiator: false, addr: `/${peer}` }, 0)
  return node
}

/** As the adapter takes a record of x, if it matters at all. */
function hear(node: Discovery, from: string, seq: number, ageMs: number, nowMs: number) {
  const heard = HEARTBEATS[seq]!
  const interest = node.interestIn(heard.announcement, ageMs)
  if (interest === 'known' || interest === 'outlived') return []
  return node.handle(
    { type: 'message', from, message: { type: 'records', records: [{ record: heard, ageMs }] } },
    nowMs
  )
}

const HEARTBEATS = Array.from({ length: 21 }, (_, seq) => record({ peer: 'x', seq }))
