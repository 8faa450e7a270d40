/** What a node says to a partner unasked, when their link opens, and when it is pruned and needed again. */
import { test } from 'tap'
import { BUCKETS } from '../../src/core/book/digest.ts'
import type { SyncMessage } from '../../src/core/gossip/sync.ts'
import { record } from './records.ts'
import { Solo } from './solo.ts'

const ENTRIES = 10

test('a newcomer that dials is sent the whole book; a peer that this node dials is asked what it lacks', async t => {
  for (const initiator of [false, true]) {
    const node = nodeWithBook()
    node.take({ type: 'partner-opened', peer: 'newcomer', initiator, addr: '/newcomer' })
    node.pass(100)
    t.equal(node.recordsTo('newcomer'), initiator ? 0 : ENTRIES)
    t.equal(node.sent('newcomer').filter(({ message }) => message.type === 'digest').length, initiator ? 1 : 0)
  }
})

test('a partner that is listed is no newcomer', async t => {
  const node = nodeWithBook()
  node.take({ type: 'partner-opened', peer: 's1', initiator: false, addr: '/s1' })
  node.pass(100)
  t.equal(node.recordsTo('s1'), 1, 'its own record, from which it may learn that its clock was set back')
})

test('a partner that asked for no more pushes gets them again once its questions show that it lacks something', async t => {
  const everything = Array.from({ length: BUCKETS }, (_, i) => i)
  const cases: [what: string, summary: SyncMessage, isPushed: boolean][] = [
    ['nothing', { type: 'summary', buckets: [], items: [] }, false],
    ['a bucket of which it has nothing', { type: 'summary', buckets: everything, items: [] }, true],
    ['an empty bucket', { type: 'summary', buckets: [emptyBucket()], items: [] }, true]
  ]
  for (const [what, summary, isPushed] of cases) {
    const node = nodeWithBook()
    for (const peer of ['teller', 'pruned']) {
      node.take({ type: 'partner-opened', peer, initiator: false, addr: `/${peer}` })
    }
    node.take({ type: 'message', from: 'pruned', message: { type: 'prune' } })
    node.pass(20_000)
    node.take({ type: 'message', from: 'pruned', message: summary })
    node.pass(1_000)
    const before = node.out.length
    const records = [{ record: record({ peer: 'fresh' }), ageMs: 0 }]
    node.take({ type: 'message', from: 'teller', message: { type: 'push', records } })
    node.pass(200)
    const pushes = node.out.slice(before).filter(output => output.type === 'send' && output.message.type === 'push')
    t.equal(pushes.length, Number(isPushed), what)
  }
})

test('of two partners that push the same, the second is asked to stop; one that brings something new is not', async t => {
  const node = nodeWithBook()
  for (const peer of ['first', 'second'])
    node.take({ type: 'partner-opened', peer, initiator: false, addr: `/${peer}` })
  const push = (from: string, ...peers: string[]) => {
    const records = peers.map(peer => ({ record: record({ peer }), ageMs: 0 }))
    const before = node.out.length
    node.take({ type: 'message', from, message: { type: 'push', records } })
    return node.out.slice(before).some(output => output.type === 'send' && output.message.type === 'prune')
  }
  t.notOk(push('first', 'x'))
  t.notOk(push('second', 'x', 'y'), 'some of it is new')
  t.ok(push('second', 'x', 'y'), 'none of it is')
})

/** No record of the book falls into it. */
function emptyBucket(): number {
  const { book } = nodeWithBook().core
  return Array.from({ length: BUCKETS }, (_, i) => i).find(bucket => book.recordsIn(bucket, 0).length === 0)!
}

function nodeWithBook(): Solo {
  const node = new Solo()
  for (let i = 0; i < ENTRIES; i++) node.core.book.apply(record({ peer: `s${i}`, ttlMs: 86_400_000 }), 0)
  return node
}
