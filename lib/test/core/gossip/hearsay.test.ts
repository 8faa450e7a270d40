/** What nobody vouches for stays hearsay, however often it is handed on. */
import { test } from 'tap'
import { BUCKETS, bucketOf } from '../../../src/core/book/digest.ts'
import { STANDING } from '../../../src/core/book/entry.ts'
import type { SyncMessage } from '../../../src/core/gossip/sync.ts'
import type { AgedRecord } from '../../../src/core/record/aged-record.ts'
import { farewell, from, record } from '../records.ts'
import { Solo } from '../solo.ts'

const { hearsay, firstHand, confirmed, reached } = STANDING
const TTL_MS = 86_400_000

test('who is vouched for: a peer that says so itself, and whom a chosen partner knows by more than hearsay', async t => {
  const node = linked()
  hear(node, 'friend', heard('sure'), { ...heard('rumour'), isHearsay: true }, heard('friend'))
  hear(node, 'stranger', heard('x'), { ...heard('y'), isHearsay: true }, { ...heard('stranger'), isHearsay: true })
  t.equal(standingOf(node, 'sure'), confirmed)
  t.equal(standingOf(node, 'rumour'), hearsay)
  t.equal(standingOf(node, 'friend'), reached)
  t.equal(standingOf(node, 'x'), hearsay)
  t.equal(standingOf(node, 'y'), hearsay)
  t.equal(standingOf(node, 'stranger'), firstHand, 'though it calls itself hearsay')
})

test('what is hearsay here is handed on as hearsay, whoever asks and however', async t => {
  const node = linked()
  hear(node, 'stranger', heard('rumour'))
  hear(node, 'friend', heard('sure'))
  node.pass(1_000)
  const flags = { rumour: true, sure: false }
  t.same(flagsIn(node, 'other', 'push'), flags, 'pushed')
  for (const [what, message] of Object.entries<SyncMessage>({
    'to a want': { type: 'want', peers: ['rumour', 'sure'] },
    'to an empty digest': digestOf(new Uint32Array(BUCKETS)),
    'to a summary that names neither': { type: 'summary', buckets: [bucketOf('rumour'), bucketOf('sure')], items: [] }
  })) {
    node.out.length = 0
    node.take({ type: 'message', from: 'other', message })
    t.same(flagsIn(node, 'other', 'records'), flags, what)
  }
  node.out.length = 0
  node.take({ type: 'message', from: 'other', message: digestOf(new Uint32Array(BUCKETS).fill(1)) })
  const items = node.sent('other').flatMap(({ message }) => (message.type === 'summary' ? message.items : []))
  t.same(Object.fromEntries(items.map(({ peer, isHearsay }) => [peer, isHearsay])), flags)
  node.pass(60_000)
  node.take({ type: 'partner-opened', peer: 'newcomer', initiator: false, addr: 'n' })
  t.same(flagsIn(node, 'newcomer', 'records'), flags, 'the whole book')
})

test('what is news of hearsay is hearsay as well: changes, farewells, also of peers that nobody has listed', async t => {
  const node = linked()
  hear(node, 'stranger', heard('rumour'))
  node.pass(1_000)
  node.out.length = 0
  hear(node, 'stranger', { record: record({ peer: 'rumour', seq: 2, name: 'new' }), ageMs: 0 })
  node.pass(1_000)
  t.same(flagsIn(node, 'other', 'push'), { rumour: true })
  node.out.length = 0
  hear(node, 'stranger', { record: farewell({ peer: 'rumour', seq: 3 }), ageMs: 0 })
  hear(node, 'stranger', { record: farewell({ peer: 'unknown' }), ageMs: 0 })
  node.pass(1_000)
  t.same(flagsIn(node, 'other', 'push'), { rumour: true, unknown: true })
})

test('a chosen partner vouches for what was heard by its record, and a stranger does not', async t => {
  const node = linked()
  const aged = heard('rumour')
  hear(node, 'stranger', aged)
  const { announcement } = aged.record
  t.equal(node.core.interestIn(announcement, 0, 'stranger', false), 'known')
  t.equal(node.core.interestIn(announcement, 0, 'friend', true), 'known')
  t.equal(node.core.interestIn(announcement, 0, 'friend', false), 'younger')
  hear(node, 'stranger', heard('rumour'))
  hear(node, 'friend', { ...heard('rumour'), isHearsay: true })
  t.equal(standingOf(node, 'rumour'), hearsay)
  hear(node, 'friend', heard('rumour'))
  t.equal(standingOf(node, 'rumour'), confirmed)
})

test('gossip vouches for nobody but the one who brings it', async t => {
  const node = linked()
  for (const peer of ['rumour', 'friend'])
    node.take({ type: 'gossip', from: 'friend', record: record({ peer, ttlMs: TTL_MS }) })
  node.take({ type: 'gossip', from: 'friend', record: record({ peer: 'rumour', seq: 2, ttlMs: TTL_MS }) })
  t.equal(standingOf(node, 'rumour'), hearsay)
  t.equal(standingOf(node, 'friend'), reached)
})

test('a peer that connects is known first hand', async t => {
  const node = linked()
  hear(node, 'stranger', heard('rumour'))
  node.take({ type: 'partner-opened', peer: 'rumour', initiator: false, addr: 'r' })
  t.equal(standingOf(node, 'rumour'), firstHand)
})

test('a chosen partner vouches by an item of a summary, unless it has only heard of it', async t => {
  const node = linked()
  hear(node, 'stranger', heard('a'), heard('b'))
  const items = ['a', 'b'].map(peer => {
    const { announcement, contentHash } = heard(peer).record
    return { ...announcement, contentHash, isHearsay: peer === 'b' }
  })
  node.take({ type: 'message', from: 'other', message: { type: 'summary', buckets: [], items } })
  t.equal(standingOf(node, 'a'), hearsay, 'a stranger does not')
  node.take({ type: 'message', from: 'friend', message: { type: 'summary', buckets: [], items } })
  t.equal(standingOf(node, 'a'), confirmed)
  t.equal(standingOf(node, 'b'), hearsay)
})

test('a chosen partner vouches by a digest for equal buckets in which it knows nobody by hearsay', async t => {
  const node = linked()
  hear(node, 'stranger', heard('a'), heard('b'))
  const [one, other] = [bucketOf('a'), bucketOf('b')]
  t.not(one, other)
  const buckets = node.core.book.digest('friend')
  const sure = new Uint8Array(BUCKETS / 8)
  node.take({ type: 'message', from: 'friend', message: { ...digestOf(buckets), sure } })
  t.equal(standingOf(node, 'a'), hearsay, 'it vouches for no bucket')
  sure[one >> 3]! |= 1 << (one & 7)
  node.take({ type: 'message', from: 'other', message: { ...digestOf(buckets), sure } })
  t.equal(standingOf(node, 'a'), hearsay, 'it was not chosen')
  node.take({ type: 'message', from: 'friend', message: { ...digestOf(buckets.map(hash => hash ^ 1)), sure } })
  t.equal(standingOf(node, 'a'), hearsay, 'the bucket is another')
  node.take({ type: 'message', from: 'friend', message: { ...digestOf(buckets), sure } })
  t.equal(standingOf(node, 'a'), confirmed)
  t.equal(standingOf(node, 'b'), hearsay)
})

test('the own digest vouches for buckets in which nobody is known by hearsay, the partner apart', async t => {
  const node = linked()
  hear(node, 'friend', heard('a'))
  hear(node, 'stranger', heard('b'))
  const [one, other] = [bucketOf('a'), bucketOf('b')].map(bucket => [bucket >> 3, 1 << (bucket & 7)] as const)
  const isSure = (set: Uint8Array, [byte, bit]: readonly [number, number]) => (set[byte]! & bit) !== 0
  t.ok(isSure(node.core.book.sureBuckets('friend'), one!))
  t.notOk(isSure(node.core.book.sureBuckets('friend'), other!))
  t.ok(isSure(node.core.book.sureBuckets('b'), other!), 'the one that is left out is no hearsay')
  hear(node, 'friend', heard('b'))
  t.ok(isSure(node.core.book.sureBuckets('friend'), other!))
})

test('beyond its credit the word of a chosen partner is hearsay, and what was heard stays hearsay', async t => {
  const node = linked()
  for (let at = 0; at < 1_100; at++) list(node, `listed${at}`, confirmed)
  for (let at = 0; at < 1_200; at++) list(node, `rumour${at}`, hearsay)
  hear(node, 'friend', ...Array.from({ length: 1_200 }, (_, at) => heard(`rumour${at}`)))
  hear(node, 'friend', ...Array.from({ length: 1_200 }, (_, at) => heard(`newcomer${at}`)))
  for (const peer of ['rumour1199', 'newcomer1199']) {
    const { announcement } = node.core.book.get(peer)!.record
    t.equal(node.core.interestIn(announcement, 0, 'friend', false), 'known', 'not worth its signature again')
  }
  const standings = [...node.core.book.values()].filter(({ forwarder }) => forwarder === 'friend')
  const credit = 2_300
  t.equal(standings.filter(({ standing }) => standing === confirmed).length, credit)
  t.equal(standings.filter(({ standing }) => standing === hearsay).length, 2_400 - credit)
})

test('partners that were handed hearsay are told once it is vouched for: at once where a book fills up, else after a crowd', async t => {
  for (const [maxEntries, delayMs] of [
    [8, 0],
    [1_000, 10_000]
  ] as const) {
    const node = linked(maxEntries)
    for (let at = 0; at < 5; at++) list(node, `listed${at}`, confirmed)
    hear(node, 'stranger', heard('rumour'))
    node.pass(1_000)
    node.out.length = 0
    hear(node, 'friend', heard('rumour'))
    hear(node, 'friend', heard('rumour'))
    const told = (to: string) => node.sent(to).flatMap(({ message }) => (message.type === 'summary' ? [message] : []))
    if (delayMs > 0) {
      node.pass(delayMs - 1)
      t.same(told('other'), [])
    }
    node.pass(2_000)
    t.match(told('other'), [{ buckets: [], items: [{ peer: 'rumour', isHearsay: false }] }])
    t.same(told('friend'), [], 'who said so')
    node.pass(60_000)
    t.equal(told('other').length, 1, 'once')
    t.notOk(
      node.sent('friend').some(({ message }) => message.type === 'prune'),
      'it was news'
    )
  }
})

test('a word that vouches for peers that are listed alike is not answered, and leaves a lazy link lazy', async t => {
  const node = linked()
  hear(node, 'friend', heard('a'))
  node.take({ type: 'message', from: 'other', message: { type: 'prune' } })
  const { announcement, contentHash } = heard('a').record
  const items = [{ ...announcement, contentHash, isHearsay: false }]
  node.pass(1_000)
  node.out.length = 0
  node.take({ type: 'message', from: 'other', message: { type: 'summary', buckets: [], items } })
  t.same(node.sent(), [])
  hear(node, 'friend', heard('b'))
  node.pass(100)
  t.same(flagsIn(node, 'other', 'push'), {})
})

test('a node that is flooded asks nobody to stop, and compares with those whom it has asked', async t => {
  const node = linked(64)
  const push = (from: string, ...records: AgedRecord[]) =>
    node.take({ type: 'message', from, message: { type: 'push', records } })
  const pruned = () => node.sent().filter(({ message }) => message.type === 'prune').length
  push('friend', heard('a'))
  push('other', heard('a'))
  t.equal(pruned(), 1)
  for (let at = 0; at < 200; at++) push('stranger', heard(`sybil${at}`))
  node.pass(1_000)
  node.out.length = 0
  push('friend', heard('a'))
  node.pass(1_000)
  t.equal(pruned(), 0)
  t.ok(node.sent('other').some(({ message }) => message.type === 'digest'))
})

/** A node that chose `friend`, and is connected to others. */
function linked(maxEntries = 16_384): Solo {
  const node = new Solo({ maxEntries, targetConnections: 16 })
  node.take({ type: 'peer-found', target: { id: 'friend', addrs: ['/friend'] }, source: 'named' })
  node.take({ type: 'partner-opened', peer: 'friend', initiator: true, addr: 'f' })
  for (const peer of ['stranger', 'other']) node.take({ type: 'partner-opened', peer, initiator: false, addr: peer })
  // Each was sent the whole book, and its first digest may not know.
  for (const from of ['stranger', 'other'])
    node.take({ type: 'message', from, message: digestOf(new Uint32Array(BUCKETS)) })
  node.out.length = 0
  return node
}

function heard(peer: string): AgedRecord {
  return { record: record({ peer, ttlMs: TTL_MS }), ageMs: 0 }
}

function hear(node: Solo, from: string, ...records: AgedRecord[]): void {
  node.take({ type: 'message', from, message: { type: 'records', records } })
}

function list(node: Solo, peer: string, standing: 0 | 2): void {
  node.core.book.apply(heard(peer).record, node.nowMs, 0, from('past', standing))
}

function standingOf({ core }: Solo, peer: string): number | undefined {
  return core.book.get(peer)?.standing
}

function digestOf(buckets: Uint32Array): Extract<SyncMessage, { type: 'digest' }> {
  return { type: 'digest', salt: 0, buckets, sure: new Uint8Array(BUCKETS / 8), room: 'all' }
}

/** Of each peer whose record the partner was sent, whether that was called hearsay. */
function flagsIn(node: Solo, to: string, kind: 'records' | 'push'): Record<string, boolean | undefined> {
  const records = node.sent(to).flatMap(({ message }) => (message.type === kind ? message.records : []))
  return Object.fromEntries(records.map(({ record, isHearsay }) => [record.announcement.peer, isHearsay]))
}
