/** Digests that cannot be fooled, and comparisons of which one side is full. */
import fc from 'fast-check'
import { test } from 'tap'
import { AddressBook } from '../../../src/core/book/address-book.ts'
import { BUCKETS, bucketOf } from '../../../src/core/book/digest.ts'
import { type Source, STANDING, type Standing } from '../../../src/core/book/entry.ts'
import { resolveConfig } from '../../../src/core/config.ts'
import { Discovery } from '../../../src/core/discovery.ts'
import type { Output } from '../../../src/core/effects.ts'
import { Comparison } from '../../../src/core/gossip/comparison.ts'
import { Contradiction } from '../../../src/core/gossip/contradiction.ts'
import {
  answerDigest,
  answerSummary,
  type DigestMessage,
  type Room,
  type SyncMessage
} from '../../../src/core/gossip/sync.ts'
import type { SignedAnnouncement } from '../../../src/core/record/announcement.ts'
import { testHost } from '../network.ts'
import { from, record } from '../records.ts'

const ROOM = { room: 'all', firstBucket: 0 } as const
const FULL = { room: 'none', firstBucket: 0 } as const
const SYNC_MS = 1_000

test('contents that cancel out hide a missing peer from a plain digest, and not from one under a salt', async t => {
  const victim = record({ peer: 'victim' })
  const hiding = { ...record({ peer: sameBucketAs('victim') }), contentHash: victim.contentHash }
  const [without, fooled] = [bookOf([]), bookOf([victim, hiding])]
  t.same(fooled.digest(), without.digest(), 'the two cancel out')
  t.notSame(fooled.digest(undefined, 7), without.digest(undefined, 7))
  t.same(answerDigest(fooled, 'x', digestOf(without, 0), ROOM, 0), [])
  t.same(
    recordsOf(answerDigest(fooled, 'x', digestOf(without, 7), ROOM, 0)).sort(),
    [sameBucketAs('victim'), 'victim'].sort()
  )
})

test('equal books give equal digests under every salt, other books other ones', async t => {
  const anyPeers = fc.uniqueArray(fc.nat(50).map(at => `p${at}`))
  fc.assert(
    fc.property(
      anyPeers,
      fc.constantFrom('p1', 'x'),
      fc.integer({ min: 1, max: 2 ** 32 - 1 }),
      (peers, except, salt) => {
        const one = bookOf(peers.map(peer => record({ peer, seq: 1 })))
        const other = bookOf(peers.toReversed().map(peer => record({ peer, seq: 2 })))
        const without = bookOf(peers.filter(peer => peer !== except).map(peer => record({ peer })))
        const same = (a: Uint32Array, b: Uint32Array) => a.join() === b.join()
        other.apply(record({ peer: 'x', name: 'more' }), 0)
        return (
          same(one.digest(except, salt), without.digest(except, salt)) &&
          same(one.digest('x', salt), other.digest('x', salt)) &&
          !same(one.digest(undefined, salt), other.digest(undefined, salt))
        )
      }
    )
  )
  t.pass('for 100 books')
})

test('one in four regular digests is under a salt, never the same', async t => {
  const node = newNode(100, [])
  const digests: DigestMessage[] = []
  for (let nowMs = 0; digests.length < 40; nowMs += 100)
    digests.push(...digestsIn(node.handle({ type: 'tick' }, nowMs)))
  const salts = digests.map(({ salt }) => salt).filter(salt => salt !== 0)
  t.equal(salts.length, 10)
  t.equal(new Set(salts).size, 10)
})

test('a full partner is told only of peers that it lists', async t => {
  const book = bookOf(peers(200).map(peer => record({ peer, seq: 2, name: 'new' })))
  const full = bookOf(peers(20).map(peer => record({ peer })))
  const answers = answerDigest(book, 'full', { ...digestOf(full, 0), room: 'none' }, ROOM, 0)
  t.same(recordsOf(answers), [])
})

test('a full node asks for nobody whom it does not list, and is not taken for one that lacks what it does not name', async t => {
  const full = bookOf(peers(200).map(peer => record({ peer })))
  const [summary, ...others] = answerDigest(
    full,
    'x',
    digestOf(bookOf(peers(300).map(peer => record({ peer, name: 'other' }))), 0),
    FULL,
    0
  )
  t.same(others, [])
  t.match(summary, { type: 'summary', buckets: [] })
})

test('a full partner that takes whom others vouch for is given no hearsay, and told of it all the same', async t => {
  const book = bookOf(peers(20).map(peer => record({ peer })))
  for (const peer of ['h1', 'h2', 'h3']) book.apply(record({ peer }), 0, 0, from('stranger'))
  const empty = { ...digestOf(bookOf([]), 0), room: 'vouched' } as const
  t.same(recordsOf(answerDigest(book, 'full', empty, ROOM, 0)).sort(), peers(20).sort())
  const other = { ...empty, buckets: new Uint32Array(BUCKETS).fill(1) }
  const [summary, ...more] = answerDigest(book, 'full', other, ROOM, 0)
  t.same(more, [])
  const items = summary?.type === 'summary' ? summary.items : []
  t.equal(items.length, 23)
  t.same(
    items.filter(({ isHearsay }) => isHearsay).map(({ peer }) => peer),
    ['h1', 'h2', 'h3'].sort(byBucket)
  )
})

test('a full node asks for those whom a partner vouches for, if it takes these, and for no hearsay', async t => {
  const items = ['sure', 'rumour'].map(peer => ({
    peer,
    epoch: 1,
    seq: 1,
    contentHash: 7,
    isHearsay: peer === 'rumour'
  }))
  const wanted = (room: Room) =>
    answerSummary(bookOf([]), 'self', 'x', { type: 'summary', buckets: [], items }, room, 0)
  t.same(wanted('all'), [{ type: 'want', peers: ['sure', 'rumour'] }])
  t.same(wanted('vouched'), [{ type: 'want', peers: ['sure'] }])
  t.same(wanted('none'), [])
})

test('a full node says whom it would take of each partner: hearsay, only those vouched for, or nobody', async t => {
  const rooms = (standing: Standing, group: string) => {
    const book = new AddressBook({ maxEntries: 4, maxTombstones: 4 })
    for (const peer of peers(4)) book.apply(record({ peer }), 0, 0, from('past', standing, group))
    const sources = {
      sourceOf: (partner: string) => from(partner, partner === 'chosen' ? STANDING.confirmed : STANDING.hearsay),
      isFullFor: (source: Source, nowMs: number) => book.isFullFor(source, nowMs, () => false)
    }
    const node = {
      peer: 'self',
      book,
      random: () => 0,
      syncIntervalMs: SYNC_MS,
      acceptor: { confirm: () => {} },
      sources,
      contradiction: new Contradiction(book)
    }
    const comparison = new Comparison(node)
    return ['chosen', 'stranger'].map(partner => comparison.digestFor(partner, false, 0).room)
  }
  t.same(rooms(STANDING.hearsay, 'flood'), ['all', 'all'], 'one group has most')
  t.same(rooms(STANDING.confirmed, 'chosen'), ['none', 'none'])
  t.same(rooms(STANDING.confirmed, 'another'), ['vouched', 'none'], 'a group of the same standing has most')
  t.same(rooms(STANDING.firstHand, 'another'), ['vouched', 'none'])
})

test('no comparison with a full book has more than 1,024 items, and in the end each entry is among some', async t => {
  const full = bookOf(peers(3_000).map(peer => record({ peer })))
  const digest = digestOf(bookOf([record({ peer: 'x' })]), 0)
  digest.buckets.fill(1)
  const named = new Set<string>()
  for (let firstBucket = 0; firstBucket < BUCKETS; firstBucket++) {
    const answers = answerDigest(full, 'x', digest, { room: 'none', firstBucket }, 0)
    t.equal(answers.length, 1)
    const [summary] = answers
    if (summary?.type !== 'summary' || summary.items.length > 1_024) t.fail('too much')
    else for (const { peer } of summary.items) named.add(peer)
  }
  t.equal(named.size, 3_000)
})

test('a full node answers a partner at most twice in a sync interval, however often it is asked', async t => {
  const node = newNode(2, ['x', 'y'])
  const ask = (nowMs: number) =>
    node.handle(
      {
        type: 'message',
        from: 'b',
        message: {
          type: 'digest',
          salt: 0,
          buckets: new Uint32Array(BUCKETS).fill(1),
          sure: new Uint8Array(8),
          room: 'all'
        }
      },
      nowMs
    )
  let summaries = 0
  for (let nowMs = 0; nowMs < SYNC_MS; nowMs += 10) {
    for (const output of ask(nowMs)) if (output.type === 'send' && output.message.type === 'summary') summaries++
  }
  t.ok(summaries >= 1 && summaries <= 2, `${summaries}`)
  t.ok(
    digestsIn(node.handle({ type: 'tick' }, 2 * SYNC_MS)).every(({ room }) => room === 'none'),
    'and says that it is full'
  )
})

function newNode(maxEntries: number, listed: readonly string[]): Discovery {
  const config = resolveConfig({ listenOnly: true, maxEntries, syncIntervalMs: SYNC_MS })
  const node = new Discovery(config, { peer: 'self', epoch: 1 }, testHost(1), 0)
  node.handle({ type: 'partner-opened', peer: 'b', initiator: true, addr: '/b' }, 0)
  const records = listed.map(peer => ({ record: record({ peer }), ageMs: 0 }))
  node.handle({ type: 'message', from: 'b', message: { type: 'records', records } }, 0)
  return node
}

function bookOf(records: readonly SignedAnnouncement[]): AddressBook {
  const book = new AddressBook({ maxEntries: 10_000, maxTombstones: 10_000 })
  for (const record of records) book.apply(record, 0)
  return book
}

function digestOf(book: AddressBook, salt: number): DigestMessage {
  return { type: 'digest', salt, buckets: book.digest(undefined, salt), sure: new Uint8Array(8), room: 'all' }
}

function digestsIn(outputs: readonly Output[]): DigestMessage[] {
  return outputs.flatMap(output => (output.type === 'send' && output.message.type === 'digest' ? [output.message] : []))
}

function recordsOf(messages: readonly SyncMessage[]): string[] {
  return messages.flatMap(message =>
    message.type === 'records' ? message.records.map(({ record }) => record.announcement.peer) : []
  )
}

function byBucket(one: string, other: string): number {
  return bucketOf(one) - bucketOf(other)
}

function peers(count: number): string[] {
  return Array.from({ length: count }, (_, at) => `p${at}`)
}

/** Another peer, which falls into the same bucket. */
function sameBucketAs(peer: string): string {
  const bucketOfPeer = (other: string) =>
    bookOf([record({ peer: other })])
      .digest()
      .findIndex(hash => hash !== 0)
  for (let at = 0; ; at++) if (bucketOfPeer(`q${at}`) === bucketOfPeer(peer)) return `q${at}`
}
