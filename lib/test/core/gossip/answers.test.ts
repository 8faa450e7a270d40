/** What strangers ask is answered as far as it is paid for: a few bytes are not worth a book. */
import { test } from 'tap'
import { BUCKETS } from '../../../src/core/book/digest.ts'
import { EARNED_PER_BYTE } from '../../../src/core/bounds/budgets.ts'
import { bytesOf } from '../../../src/core/gossip/answers.ts'
import type { SyncMessage } from '../../../src/core/gossip/sync.ts'
import { record } from '../records.ts'
import { Solo } from '../solo.ts'

const ENTRIES = 1_000

/** About what an announcement takes on the wire; those of tests are shorter. */
const ENVELOPE = 'x'.repeat(261)

/** The frame that asks for a whole book by naming no entry of any bucket. */
const SUMMARY: SyncMessage = { type: 'summary', buckets: Array.from({ length: BUCKETS }, (_, i) => i), items: [] }
const SUMMARY_BYTES = 79

const ONES: SyncMessage = {
  type: 'digest',
  salt: 0,
  buckets: new Uint32Array(BUCKETS).fill(1),
  sure: new Uint8Array(8),
  room: 'all'
}
const DIGEST_BYTES = 270

test('over a thousand reconnects under fresh peer ids, no question is worth twenty times its bytes', async t => {
  const questions: [what: string, question: SyncMessage, bytes: number][] = [
    ['summaries', SUMMARY, SUMMARY_BYTES],
    ['digests', ONES, DIGEST_BYTES],
    [
      'digests of an empty book',
      { type: 'digest', salt: 0, buckets: new Uint32Array(BUCKETS), sure: new Uint8Array(8), room: 'all' },
      DIGEST_BYTES
    ]
  ]
  for (const [what, question, bytes] of questions) {
    const node = asked()
    // Spends the credit of the group.
    for (let i = 0; i < 100; i++) ask(node, `first ${i}`, 'liar', question, bytes)
    const before = sentBytes(node)
    for (let i = 0; i < 1_000; i++) {
      ask(node, `fresh ${i}`, 'liar', question, bytes)
      // As fast as libp2p lets one host connect.
      node.pass(200)
      node.take({ type: 'partner-closed', peer: `fresh ${i}` })
    }
    const ratio = (sentBytes(node) - before) / (1_000 * bytes)
    t.ok(ratio <= 20, `${ratio} bytes of answers for a byte of ${what}`)
  }
})

test('while one group asks without an end, a newcomer of another has the whole book within 100 ms', async t => {
  const node = asked()
  for (let i = 0; i < 1_000; i++) ask(node, `liar ${i}`, 'liar', SUMMARY, SUMMARY_BYTES)
  open(node, 'newcomer', 'honest')
  node.pass(100)
  t.equal(node.recordsTo('newcomer'), ENTRIES, 'unasked')
  openUngreeted(node, 'another', 'honest')
  ask(node, 'another', 'honest', SUMMARY, SUMMARY_BYTES)
  node.pass(100)
  t.ok(node.recordsTo('another') >= ENTRIES, 'and so has another that asks')
})

test('in the group of a liar, whoever waits is served before whoever has had its share', async t => {
  const node = asked(50)
  for (let i = 0; i < 2_000; i++) ask(node, 'liar', 'shared', SUMMARY, SUMMARY_BYTES)
  openUngreeted(node, 'honest', 'shared')
  ask(node, 'honest', 'shared', SUMMARY, SUMMARY_BYTES)
  for (let i = 0; i < 100; i++) {
    ask(node, 'liar', 'shared', SUMMARY, SUMMARY_BYTES)
    node.pass(100)
  }
  t.ok(node.recordsTo('honest') >= 50, `${node.recordsTo('honest')} of 50 records in 10 s`)
})

test('what is asked for twice in one frame is paid for once, and sent once', async t => {
  const node = asked(10)
  openUngreeted(node, 'a', 'a')
  const peers = Array.from({ length: 1_000 }, () => 's1')
  node.take({ type: 'message', from: 'a', message: { type: 'want', peers } })
  node.take({ type: 'message', from: 'a', message: { ...SUMMARY, buckets: Array(200).fill(3) } })
  t.equal(node.recordsTo('a'), 1 + node.core.book.recordsIn(3, node.nowMs).length)
})

test('a question that has waited for 10 s is dropped, and counted', async t => {
  const node = asked()
  for (let i = 0; i < 100; i++) ask(node, 'liar', 'liar', SUMMARY, SUMMARY_BYTES)
  const before = node.ignored('over-budget')
  t.ok(before > 0, 'more than may wait')
  node.pass(11_000)
  t.ok(node.ignored('over-budget') >= before + 20, `${node.ignored('over-budget')}`)
})

test('an operator is told once work has been dropped for 10 s, and at most once a minute', async t => {
  const node = asked(2_000)
  const flood = (seconds: number) => {
    for (let i = 0; i < seconds; i++) {
      for (let j = 0; j < 100; j++) ask(node, 'liar', 'liar', SUMMARY, SUMMARY_BYTES)
      node.pass(1_000)
    }
  }
  flood(9)
  t.same(node.warnings(), [])
  flood(40)
  t.same(node.warnings(), ['overloaded'])
  flood(60)
  t.same(node.warnings(), ['overloaded', 'overloaded'])
})

test('an answer that waits tells ages as they are when it is sent', async t => {
  const node = asked(2_000)
  for (let i = 0; i < 200; i++) ask(node, 'liar', 'liar', SUMMARY, SUMMARY_BYTES)
  const before = node.sent().length
  node.pass(60_000)
  const late = node
    .sent()
    .slice(before)
    .flatMap(({ message, atMs }) => ('records' in message ? [{ ...message, atMs }] : []))
  t.ok(late.length > 0, 'some of it was sent late')
  t.ok(late.every(({ records, atMs }) => records.every(({ ageMs }) => Math.abs(ageMs - atMs) <= 1)))
})

/** A core with a large book, made at time 0. */
function asked(entries = ENTRIES): Solo {
  const node = new Solo({ targetConnections: 256 })
  for (let i = 0; i < entries; i++) {
    node.core.book.apply(record({ peer: `s${i}`, ttlMs: 86_400_000 }, `${ENVELOPE}${i}`), 0)
  }
  return node
}

function open(node: Solo, peer: string, group: string): void {
  node.take({ type: 'partner-opened', peer, initiator: false, addr: group })
}

/** Opens a connection to a node that waits to be asked, since fresh records are on their way. */
function openUngreeted(node: Solo, peer: string, group: string): void {
  node.take({ type: 'gossip', from: 'x', record: record({ peer: `fresh ${peer}` }) })
  open(node, peer, group)
}

/** In a frame of so many bytes, on a connection that is opened if need be. */
function ask(node: Solo, peer: string, group: string, question: SyncMessage, bytes: number): void {
  if (!node.core.overlay.has(peer)) open(node, peer, group)
  node.core.budgets.traffic.earn({ connection: peer, group }, EARNED_PER_BYTE * bytes, node.nowMs)
  node.take({ type: 'message', from: peer, message: question })
}

function sentBytes(node: Solo): number {
  return node.sent().reduce((sum, { message }) => sum + bytesOf(message), 0)
}
