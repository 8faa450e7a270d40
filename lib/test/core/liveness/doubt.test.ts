/** One node between partners that say different things of a peer `x`. */
import { test } from 'tap'
import { resolveConfig } from '../../../src/core/config.ts'
import { Discovery } from '../../../src/core/discovery.ts'
import type { Output } from '../../../src/core/effects.ts'
import type { SyncMessage } from '../../../src/core/gossip/sync.ts'
import type { PeerKey } from '../../../src/core/record/announcement.ts'
import { testHost } from '../network.ts'
import { farewell, record, TTL_MS } from '../records.ts'

const PARTNERS = ['b', 'c', 'd']

test('a heartbeat that gossip lost is asked for before it costs an entry', async t => {
  const discovery = nodeBetween(PARTNERS)
  hear(discovery, 'b', { type: 'records', records: [{ record: record({ peer: 'x' }), ageMs: 0 }] }, 0)
  const fadesAtMs = (TTL_MS * 2) / 3
  t.same(wished(run(discovery, 0, fadesAtMs - 1)), [], 'not while it may still come')
  t.same(wished(run(discovery, fadesAtMs, fadesAtMs)), ['x'])
  t.ok(wished(run(discovery, fadesAtMs + 1, TTL_MS - 1)).length > 1, 'and again, should that partner not have it')
  hear(
    discovery,
    'c',
    { type: 'records', records: [{ record: record({ peer: 'x', seq: 2 }), ageMs: 5_000 }] },
    TTL_MS - 1
  )
  t.same(wished(run(discovery, TTL_MS, TTL_MS + 10_000)), [])
  t.not(discovery.book.get('x'), undefined)
})

test('what refutes a suspicion goes over every link, as the suspicion did', async t => {
  const discovery = nodeBetween(PARTNERS)
  hear(discovery, 'b', { type: 'records', records: [{ record: record({ peer: 'x' }), ageMs: 0 }] }, 0)
  hear(discovery, 'c', { type: 'prune' }, 10)
  hear(
    discovery,
    'd',
    { type: 'suspicions', suspicions: [{ peer: 'x', epoch: 1, seq: 1, refused: false, leftMs: 0 }] },
    20
  )
  const refutation = record({ peer: 'x', seq: 2 })
  const outputs = hear(discovery, 'b', { type: 'records', records: [{ record: refutation, ageMs: 0 }] }, 30)
  t.ok(outputs.some(output => output.type === 'refuted' && output.peer === 'x'))
  t.same(receiversOf(outputs, refutation), ['c', 'd'])
})

for (const before of ['silence', 'a farewell']) {
  test(`the first word of another run goes over every link, after ${before} too, and what follows goes along the tree`, async t => {
    const discovery = nodeBetween(PARTNERS)
    hear(discovery, 'b', { type: 'records', records: [{ record: record({ peer: 'x' }), ageMs: 0 }] }, 0)
    hear(discovery, 'c', { type: 'prune' }, 10)
    if (before === 'a farewell') {
      const last = farewell({ peer: 'x', seq: 2 })
      const told = hear(discovery, 'b', { type: 'push', records: [{ record: last, ageMs: 0 }] }, 1_000)
      t.same(receiversOf(told, last), ['d'])
    }
    const [first, next] = [record({ peer: 'x', epoch: 2 }), record({ peer: 'x', epoch: 2, seq: 2, name: 'changed' })]
    const told = hear(discovery, 'b', { type: 'push', records: [{ record: first, ageMs: 0 }] }, 2_000)
    t.same(receiversOf(told, first), ['c', 'd'])
    t.same(receiversOf(hear(discovery, 'b', { type: 'push', records: [{ record: next, ageMs: 0 }] }, 3_000), next), [
      'd'
    ])
  })
}

test('of a crowd that restarts, all but the first go along the tree', async t => {
  const discovery = nodeBetween(PARTNERS)
  const runs = (epoch: number) => Array.from({ length: 40 }, (_, n) => record({ peer: `x${n}`, epoch }))
  hear(discovery, 'b', { type: 'records', records: runs(1).map(one => ({ record: one, ageMs: 0 })) }, 0)
  hear(discovery, 'c', { type: 'prune' }, 10)
  const again = runs(2)
  const told = hear(discovery, 'b', { type: 'push', records: again.map(one => ({ record: one, ageMs: 0 })) }, 2_000)
  const toldTo = (partner: string) => again.filter(one => receiversOf(told, one).includes(partner)).length
  t.equal(toldTo('d'), 40)
  t.ok(toldTo('c') > 0 && toldTo('c') <= 16, `${toldTo('c')} over the redundant link`)
})

test('a heartbeat that refutes nothing is handed to nobody', async t => {
  const discovery = nodeBetween(PARTNERS)
  hear(discovery, 'b', { type: 'records', records: [{ record: record({ peer: 'x' }), ageMs: 0 }] }, 0)
  const heartbeat = record({ peer: 'x', seq: 2 })
  hear(discovery, 'b', { type: 'records', records: [{ record: heartbeat, ageMs: 0 }] }, 1_000)
  t.same(receiversOf(run(discovery, 1_000, 1_500), heartbeat), [])
})

test('whoever lists a peer that is gone from this book is told so, and can find out whether it lives', async t => {
  const discovery = nodeBetween(PARTNERS)
  const last = record({ peer: 'x', seq: 2 })
  hear(discovery, 'b', { type: 'records', records: [{ record: last, ageMs: TTL_MS - 1 }] }, 0)
  run(discovery, 0, 2_000)
  t.equal(discovery.book.get('x'), undefined)
  for (const [type, atMs] of [
    ['records', 3_000],
    ['push', 4_000]
  ] as const) {
    t.same(answersTo('c', hear(discovery, 'c', { type, records: [{ record: last, ageMs: 0 }] }, atMs)), [
      { type: 'suspicions', suspicions: [{ peer: 'x', epoch: 1, seq: 2, refused: false, leftMs: 0 }] }
    ])
  }
  const newer = { record: record({ peer: 'x', seq: 3 }), ageMs: 0 }
  t.same(
    answersTo('c', hear(discovery, 'c', { type: 'records', records: [newer] }, 5_000)),
    [],
    'unless it comes with news'
  )
})

test('while a node has no partner, what nobody could renew stays for a while, and suspects go', async t => {
  const discovery = nodeBetween(PARTNERS)
  const records = ['x', 'y', 'z'].map(peer => ({ record: record({ peer }), ageMs: TTL_MS - 2_000 }))
  hear(discovery, 'b', { type: 'records', records }, 0)
  const suspicions = [{ peer: 'z', epoch: 1, seq: 1, refused: true, leftMs: 500 }]
  for (const from of ['b', 'c']) hear(discovery, from, { type: 'suspicions', suspicions }, 0)
  for (const peer of PARTNERS) discovery.handle({ type: 'partner-closed', peer }, 1_000)
  tick(discovery, 1_001, 10_999)
  t.same(listedBy(discovery), ['x', 'y'])
  discovery.handle({ type: 'partner-opened', peer: 'b', initiator: true, addr: '/b' }, 10_999)
  hear(discovery, 'b', { type: 'records', records: [{ record: record({ peer: 'x', seq: 2 }), ageMs: 0 }] }, 12_000)
  tick(discovery, 12_001, 15_000)
  t.same(listedBy(discovery), ['x'], 'with a partner again it is not for long')
})

test('a newer record that is suspected as well goes with its suspicion, or it would pass for a refutation', async t => {
  const discovery = nodeBetween(PARTNERS)
  hear(discovery, 'b', { type: 'records', records: [{ record: record({ peer: 'x', seq: 2 }), ageMs: 0 }] }, 0)
  const suspicionOf = (seq: number) => ({ peer: 'x', epoch: 1, seq, refused: true, leftMs: 0 })
  hear(discovery, 'c', { type: 'suspicions', suspicions: [suspicionOf(2)] }, 100)
  const outputs = hear(discovery, 'd', { type: 'suspicions', suspicions: [suspicionOf(1)] }, 200)
  t.match(answersTo('d', outputs), [
    { type: 'records', records: [{ record: { announcement: { seq: 2 } } }] },
    { type: 'suspicions', suspicions: [{ peer: 'x', epoch: 1, seq: 2, refused: true }] }
  ])
})

test('many suspicions travel together, and so does what refutes them, over every link', async t => {
  const discovery = nodeBetween(PARTNERS)
  const peers = Array.from({ length: 100 }, (_, i) => `p${i}`)
  hear(discovery, 'b', { type: 'records', records: peers.map(peer => ({ record: record({ peer }), ageMs: 0 })) }, 0)
  hear(discovery, 'c', { type: 'prune' }, 0)
  const suspicions = peers.map(peer => ({ peer, epoch: 1, seq: 1, refused: false, leftMs: 0 }))
  const spread = hear(discovery, 'd', { type: 'suspicions', suspicions }, 1_000)
  t.same(sendsOf(spread), [
    ['b', { type: 'suspicions', suspicions }],
    ['c', { type: 'suspicions', suspicions }]
  ])
  const refutations = peers.map(peer => ({ record: record({ peer, seq: 2 }), ageMs: 0 }))
  const outputs = hear(discovery, 'b', { type: 'records', records: refutations }, 2_000)
  const records = refutations.map(aged => ({ ...aged, isHearsay: false }))
  t.same(sendsOf(outputs), [
    ['c', { type: 'records', records }],
    ['d', { type: 'records', records }]
  ])
})

test('whoever lists a peer that has left is handed its farewell', async t => {
  const discovery = nodeBetween(PARTNERS)
  const last = farewell({ peer: 'x', seq: 2 })
  hear(discovery, 'b', { type: 'records', records: [{ record: last, ageMs: 0 }] }, 0)
  const stale = { record: record({ peer: 'x', seq: 1 }), ageMs: 0 }
  t.same(answersTo('c', hear(discovery, 'c', { type: 'records', records: [stale] }, 1)), [
    { type: 'records', records: [{ record: last, ageMs: 0, isHearsay: true }] }
  ])
})

function nodeBetween(partners: readonly PeerKey[]): Discovery {
  const discovery = new Discovery(resolveConfig({ listenOnly: true }), { peer: 'a', epoch: 1 }, testHost(1), 0)
  for (const peer of partners) {
    discovery.handle({ type: 'peer-found', target: { id: peer, addrs: [`/${peer}`] }, source: 'named' }, 0)
    discovery.handle({ type: 'partner-opened', peer, initiator: true, addr: `/${peer}` }, 0)
    discovery.handle({ type: 'dialled', id: peer, outcome: 'reached' }, 0)
  }
  return discovery
}

function hear(discovery: Discovery, from: PeerKey, message: SyncMessage, nowMs: number): Output[] {
  return discovery.handle({ type: 'message', from, message }, nowMs)
}

/** What a node does in this time, each deadline kept: a late node would give the others time. */
function run(discovery: Discovery, fromMs: number, untilMs: number): Output[] {
  const outputs: Output[] = []
  for (let nowMs = fromMs; nowMs <= untilMs; nowMs = Math.max(nowMs + 1, discovery.nextDeadlineMs(nowMs))) {
    for (const partner of PARTNERS) outputs.push(...hear(discovery, partner, { type: 'pong' }, nowMs))
    outputs.push(...discovery.handle({ type: 'tick' }, nowMs))
  }
  return outputs
}

function tick(discovery: Discovery, fromMs: number, untilMs: number): void {
  for (let nowMs = fromMs; nowMs <= untilMs; nowMs = Math.max(nowMs + 1, discovery.nextDeadlineMs(nowMs))) {
    discovery.handle({ type: 'tick' }, nowMs)
  }
}

function listedBy(discovery: Discovery): PeerKey[] {
  return [...discovery.book.values()].map(entry => entry.record.announcement.peer).sort()
}

function sendsOf(outputs: Output[]): [PeerKey, SyncMessage][] {
  return outputs.flatMap(output => (output.type === 'send' ? [[output.to, output.message] as const] : []))
}

function wished(outputs: Output[]): PeerKey[] {
  return outputs.flatMap(output =>
    output.type === 'send' && output.message.type === 'want' ? output.message.peers : []
  )
}

function receiversOf(outputs: Output[], sent: unknown): PeerKey[] {
  return outputs.flatMap(output => {
    if (output.type !== 'send' || !('records' in output.message)) return []
    return output.message.records.some(({ record }) => record === sent) ? [output.to] : []
  })
}

/** But for the upkeep of the overlay. */
function answersTo(partner: PeerKey, outputs: Output[]): SyncMessage[] {
  return outputs.flatMap(output =>
    output.type === 'send' && output.to === partner && !['prune', 'ping'].includes(output.message.type)
      ? [output.message]
      : []
  )
}
