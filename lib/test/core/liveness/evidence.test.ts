/** What may end an entry before its ttl, and what may not: one node that lists a peer `x` and is told that it is gone. */
import { test } from 'tap'
import { BUCKETS } from '../../../src/core/book/digest.ts'
import type { Output } from '../../../src/core/effects.ts'
import type { SyncMessage } from '../../../src/core/gossip/sync.ts'
import type { PeerKey } from '../../../src/core/record/announcement.ts'
import { Network } from '../network.ts'
import { CHOSEN, INBOUND, ToldNode } from './told-node.ts'

/** With three entries in the book, and partners that answer at once. */
const REFUSED_MS = 500
const SILENT_MS = 1_000

test('evidence of one chosen partner is not enough, however often it comes; that of two is', async t => {
  const node = new ToldNode('x', ['/x'])
  for (let i = 0; i < 10; i++) {
    node.hears('b', evidence(true))
    node.run(1_000)
  }
  t.ok(node.lists('x'))
  node.hears('c', evidence(true))
  t.notOk(node.lists('x'), 'it has had its time since the first report')
})

test('evidence of partners that came by themselves is not enough, whatever their number', async t => {
  const node = new ToldNode('x', ['/x'])
  for (const from of [...INBOUND, 'b']) node.hears(from, evidence(true))
  node.run(10_000)
  t.ok(node.lists('x'))
})

test('what partners have only heard is no evidence, whatever their number', async t => {
  const node = new ToldNode('x', ['/x'])
  for (const from of [...CHOSEN, ...INBOUND]) node.hears(from, hearsay)
  node.run(10_000)
  t.ok(node.lists('x'))
})

test('evidence of two chosen partners leaves the suspect the time for a refutation', async t => {
  const node = new ToldNode('x')
  for (const from of ['b', 'c']) node.hears(from, evidence(true))
  node.run(REFUSED_MS - 1)
  t.ok(node.lists('x'))
  node.run(1)
  t.notOk(node.lists('x'))
})

test('the time that a partner says is left is never taken as less than a refutation needs', async t => {
  const node = new ToldNode('x')
  for (const from of ['b', 'c']) node.hears(from, suspicion({ leftMs: 1, refused: true }))
  node.run(REFUSED_MS - 1)
  t.ok(node.lists('x'))
})

test('a node that is told asks the suspect itself, once it had the time to refute, and a failure is evidence', async t => {
  const node = new ToldNode('x', ['/x'])
  node.hears('b', evidence(true))
  t.same(node.dialled, [])
  node.run(REFUSED_MS * 0.4)
  t.same(node.dialled, ['x probe'])
  node.dialEnds('x', 'refused')
  t.ok(node.lists('x'))
  node.run(REFUSED_MS * 0.6)
  t.notOk(node.lists('x'))
})

test('a suspect without an address cannot be asked: it has to refute, and has the time of one whom nobody reaches', async t => {
  const node = new ToldNode('x')
  node.hears('b', hearsay)
  node.run(SILENT_MS * 0.4)
  t.same(messagesTo('c', node.hears('d', hearsay), 'suspicions'), [], 'all have been told')
  node.run(SILENT_MS * 2.6 - 1)
  t.ok(node.lists('x'))
  node.run(1)
  t.notOk(node.lists('x'))

  const refuted = new ToldNode('x')
  refuted.hears('b', hearsay)
  refuted.run(SILENT_MS * 2)
  refuted.learns('x', [], 2)
  refuted.run(10_000)
  t.ok(refuted.lists('x'))
})

test('a suspect without an address that is a partner and answers is asked over its link', async t => {
  const node = new ToldNode('i')
  node.hears('b', suspicionsOf('i', { leftMs: 0 }))
  node.run(10_000)
  t.ok(node.lists('i'))
})

test('a dial that was withheld is no evidence, and is made up for when the suspect is reported again', async t => {
  const node = new ToldNode('x', ['/x'])
  node.hears('b', hearsay)
  node.run(SILENT_MS * 0.4)
  node.dialEnds('x', 'withheld')
  node.run(10_000)
  t.same(node.dialled, ['x probe'], 'nobody speaks of it')
  t.ok(node.lists('x'))
  node.hears('b', hearsay)
  node.run(10_000)
  t.same(node.dialled, ['x probe', 'x probe'])
  node.dialEnds('x', 'refused')
  node.run(10_000)
  t.notOk(node.lists('x'))
})

test('dials that are withheld allow no more of them at once', async t => {
  const peers = Array.from({ length: 50 }, (_, i) => `p${i}`)
  const node = new ToldNode('x')
  for (const peer of peers) node.learns(peer, [`/${peer}`])
  node.hears('b', { type: 'suspicions', suspicions: peers.map(peer => suspicionOf(peer)) })
  node.run(5_000)
  for (let ended = 0; ended < 20; ended++) {
    node.dialEnds(node.dialled[ended]!.split(' ')[0]!, 'withheld')
    node.run(10)
    t.equal(node.dialled.length, ended + 5)
  }
})

test('a suspect that is reached stays, and is asked to tell the others', async t => {
  const node = new ToldNode('x', ['/x'])
  for (const from of ['b', 'i']) node.hears(from, evidence(true))
  node.run(REFUSED_MS * 0.4)
  const outputs = node.opens('x')
  t.match(messagesTo('x', outputs, 'suspicions'), [{ suspicions: [{ peer: 'x', epoch: 1, seq: 1, leftMs: 0 }] }])
  node.dialEnds('x', 'reached')
  node.run(10_000)
  t.ok(node.lists('x'))
})

test('a silent suspect of which nobody else has evidence has three times as long', async t => {
  const node = new ToldNode('x', ['/x'])
  node.hears('b', hearsay)
  node.run(SILENT_MS * 0.4)
  node.dialEnds('x', 'failed')
  node.run(SILENT_MS * 2.6 - 1)
  t.ok(node.lists('x'))
  node.run(1)
  t.notOk(node.lists('x'))

  const confirmed = new ToldNode('x', ['/x'])
  confirmed.hears('b', hearsay)
  confirmed.run(SILENT_MS * 0.4)
  confirmed.dialEnds('x', 'failed')
  confirmed.hears('i', evidence(false))
  confirmed.run(SILENT_MS * 0.6)
  t.notOk(confirmed.lists('x'), 'any partner may confirm')
})

test('a dial that failed just before the first report is evidence, unless the peer has announced itself since', async t => {
  for (const [announcesMeanwhile, waitMs, isListed] of [
    [false, 1_000, false],
    [true, 1_000, true],
    [false, 6_000, true]
  ] as const) {
    const node = new ToldNode('x', ['/x'])
    node.dialEnds('x', 'refused')
    if (announcesMeanwhile) node.learns('x', ['/x'], 2)
    node.run(waitMs)
    node.hears('i', evidence(true, 2))
    node.run(REFUSED_MS)
    t.equal(node.lists('x'), isListed)
  }
})

test('a node that was paused while it dialled dials again, and suspects nobody for it', async t => {
  const node = new ToldNode('x', ['/x'])
  node.hears('b', evidence(false))
  node.run(SILENT_MS * 0.4)
  t.same(node.dialled, ['x probe'])
  node.sleep(20_000)
  const outputs = node.dialEnds('x', 'failed')
  t.same(messagesTo('c', outputs, 'suspicions'), [])
  node.run(5_000)
  t.same(node.dialled, ['x probe', 'x probe'])
  t.ok(node.lists('x'))
})

test('what others have of a suspect that could not be reached is no reason to stop: it is asked once more, and no more', async t => {
  const node = new ToldNode('x', ['/x'])
  node.hears('b', evidence(true))
  node.run(REFUSED_MS * 0.4)
  node.dialEnds('x', 'refused')
  node.learns('x', ['/x'], 2)
  node.run(2_000)
  t.same(node.dialled, ['x probe', 'x probe'])
  node.dialEnds('x', 'refused')
  node.learns('x', ['/x'], 3)
  node.run(5_000)
  t.equal(node.dialled.length, 2)
  t.ok(node.lists('x'))
})

test('few suspects are dialled at once, and those who refute meanwhile not at all', async t => {
  const peers = Array.from({ length: 50 }, (_, i) => `p${i}`)
  const node = new ToldNode('x')
  for (const peer of peers) node.learns(peer, [`/${peer}`])
  node.hears('b', { type: 'suspicions', suspicions: peers.map(peer => suspicionOf(peer, { leftMs: 1 })) })
  node.run(5_000)
  t.equal(node.dialled.length, 4)
  for (const peer of peers.slice(4)) node.learns(peer, [`/${peer}`], 2)
  for (const peer of peers.slice(0, 4)) node.dialEnds(peer, 'reached')
  node.run(5_000)
  t.equal(node.dialled.length, 4)
})

test('a partner without power is not passed on: the suspect is asked first', async t => {
  const node = new ToldNode('x', ['/x'])
  for (let seq = 1; seq <= 200; seq++) {
    node.hears('b', evidence(true, seq))
    node.run(250)
    node.learns('x', ['/x'], seq + 1)
  }
  const outputs = node.hears('b', evidence(true, 201))
  for (const to of [...CHOSEN, ...INBOUND]) t.same(messagesTo(to, outputs, 'suspicions'), [])
  node.run(60_000)
  t.ok(node.lists('x'))
  const asked = node.hears('b', evidence(true, 201))
  t.same(messagesTo('c', asked, 'suspicions'), [], 'nor what it repeats')
})

for (const how of ['unasked', 'for an empty digest', 'for a summary', 'for a wish'] as const) {
  test(`a partner that is handed a record ${how} is handed what is suspected of it`, async t => {
    const node = new ToldNode('x')
    for (const from of ['b', 'c']) node.hears(from, evidence(true))
    node.run(REFUSED_MS - 100)
    const messages = handOver(node, how)
    t.same(
      messages.map(({ type }) => type),
      ['records', 'suspicions']
    )
    t.match(messages[1], { suspicions: [suspicionOf('x', { refused: true, leftMs: 100 })] })
  })
}

for (const count of [10, 25]) {
  for (const waitMs of [-100, 0, 100, 300, 450]) {
    const when = waitMs < 0 ? `${-waitMs} ms before` : `${waitMs} ms after`
    test(`a newcomer of ${count} nodes that joins ${when} a crash drops the dead entry as soon as the others`, async t => {
      const network = new Network()
      const peers = Array.from({ length: count }, (_, i) => `n${i}`)
      for (const [i, peer] of peers.entries()) network.start(peer, { bootstrap: i === 0 ? [] : ['n0'] })
      network.run(60_000)
      const crashAtMs = network.nowMs + Math.max(0, -waitMs)
      network.after(crashAtMs - network.nowMs, () => network.crash('n4'))
      network.run(Math.max(0, waitMs))
      const late = network.start('late', { bootstrap: ['n0'] })
      network.until(() => late.book.has('n4'), 100)
      network.until(() => network.allList(...peers.filter(peer => peer !== 'n4'), 'late'), 3_000)
      const tookMs = network.nowMs - crashAtMs
      t.ok(tookMs <= 1_500, `took ${tookMs} ms`)
    })
  }
}

function suspicionOf(peer: PeerKey, change: { refused?: boolean; leftMs?: number; seq?: number } = {}) {
  return { peer, epoch: 1, seq: 1, refused: false, leftMs: 0, ...change }
}

function suspicion(change: Parameters<typeof suspicionOf>[1]): SyncMessage {
  return suspicionsOf('x', change)
}

function suspicionsOf(peer: PeerKey, change: Parameters<typeof suspicionOf>[1]): SyncMessage {
  return { type: 'suspicions', suspicions: [suspicionOf(peer, change)] }
}

const hearsay = suspicion({ leftMs: 0 })

function evidence(refused: boolean, seq = 1): SyncMessage {
  return suspicion({ refused, seq, leftMs: refused ? REFUSED_MS : SILENT_MS })
}

function handOver(
  node: ToldNode,
  how: 'unasked' | 'for an empty digest' | 'for a summary' | 'for a wish'
): SyncMessage[] {
  if (how === 'unasked') {
    const outputs = node.discovery.handle(
      { type: 'partner-opened', peer: 'late', initiator: false, addr: '/late' },
      node.nowMs
    )
    return about('late', outputs)
  }
  const buckets = new Uint32Array(BUCKETS)
  const everyBucket = Array.from({ length: BUCKETS }, (_, bucket) => bucket)
  const questions: Record<typeof how, SyncMessage> = {
    'for an empty digest': { type: 'digest', salt: 0, buckets, sure: new Uint8Array(8), room: 'all' },
    'for a summary': { type: 'summary', buckets: everyBucket, items: [] },
    'for a wish': { type: 'want', peers: ['x'] }
  }
  return about('d', node.hears('d', questions[how]))
}

function about(to: PeerKey, outputs: readonly Output[]): SyncMessage[] {
  return messagesTo(to, outputs, 'records').concat(messagesTo(to, outputs, 'suspicions'))
}

function messagesTo(to: PeerKey, outputs: readonly Output[], type: SyncMessage['type']): SyncMessage[] {
  return outputs.flatMap(output =>
    output.type === 'send' && output.to === to && output.message.type === type ? [output.message] : []
  )
}
