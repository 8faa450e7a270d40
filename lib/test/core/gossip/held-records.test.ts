/** A subject that changes faster than its rate: what it said last is listed and handed on in time, and costs no more than the rate. */
import assert from 'node:assert/strict'
import fc from 'fast-check'
import { type Test, test } from 'tap'
import { HeldRecords } from '../../../src/core/gossip/held-records.ts'
import type { SignedAnnouncement } from '../../../src/core/record/announcement.ts'
import { farewell, record } from '../records.ts'
import { Solo } from '../solo.ts'

/** The spacing that senders keep. */
const SPACING_MS = 250
const RATE = 4
const BURST = 10

const anySaying = fc.record({
  waitMs: fc.oneof(fc.nat(20), fc.nat(400), fc.nat(5_000)),
  leaving: fc.nat(9).map(chance => chance === 0),
  way: fc.constantFrom('gossip', 'records', 'push')
})

test('of any records of a subject, at any pace, the newest is listed in the end, within 250 ms', async () => {
  fc.assert(
    fc.property(fc.array(anySaying, { minLength: 1, maxLength: 80 }), sayings => {
      const node = listener()
      let last = record({ seq: 1 })
      for (const [i, { waitMs, leaving, way }] of sayings.entries()) {
        node.pass(waitMs)
        last = record({ epoch: i + 1, leaving, name: `${i}` })
        hear(node, last, way)
      }
      node.pass(SPACING_MS + 25)
      assert.equal(node.core.book.lastOf('a'), last)
      assert.equal(node.core.book.has('a'), !last.announcement.leaving)
    })
  )
})

test('the first record that has to wait is due when its turn comes, though nothing else is', async t => {
  const node = listener()
  // The first one is a newcomer, and a first farewell does not wait.
  for (let epoch = 1; epoch <= BURST + 2; epoch++) hear(node, record({ epoch, leaving: epoch > 1 }), 'gossip')
  node.pass(100)
  hear(node, record({ epoch: BURST + 3 }), 'gossip')
  t.notOk(node.core.book.has('a'))
  node.pass(SPACING_MS)
  t.ok(node.core.book.has('a'))
})

test('a record that may be taken at once would not be held, and is due', async t => {
  const held = new HeldRecords()
  t.ok(held.isIdle)
  for (let seq = 1; seq <= BURST; seq++) {
    const aged = { record: record({ seq }), ageMs: 0 }
    t.notOk(held.wouldHold('a', false, 0))
    t.equal(held.hold(aged, 'b', 0), 'due')
    held.taken('a', false, 0)
  }
  t.ok(held.wouldHold('a', false, 0))
  t.notOk(held.wouldHold('a', false, SPACING_MS))
  t.notOk(held.isIdle)
})

test('whatever a subject says, and however often, it is handed on at its rate', async t => {
  const node = listener()
  for (let seq = 1; seq <= 3_000; seq++) {
    hear(node, record({ seq, name: `${seq}` }), 'gossip')
    node.pass(10)
  }
  node.pass(1_000)
  const pushed = pushes(node)
  t.ok(pushed.length <= BURST + 30 * RATE + 3, `${pushed.length} in 30 s`)
  t.ok(pushed.length >= 30 * RATE * 0.9, `${pushed.length} in 30 s`)
  t.equal(pushed.at(-1)?.announcement.seq, 3_000, 'the newest among them')
})

test('at the spacing that senders keep, nothing waits', async t => {
  const node = listener()
  for (let seq = 1; seq <= 100; seq++) {
    hear(node, record({ seq, name: `${seq}` }), 'gossip')
    t.equal(node.core.book.get('a')?.record.announcement.seq, seq)
    node.pass(SPACING_MS)
  }
})

test('a farewell does not wait, once a second; a second one does', async t => {
  const node = listener()
  await exhaust(t, node)
  hear(node, farewell({ seq: 101 }), 'gossip')
  t.notOk(node.core.book.has('a'))
  hear(node, record({ epoch: 2 }), 'gossip')
  hear(node, farewell({ epoch: 2, seq: 2 }), 'gossip')
  t.equal(node.core.book.lastOf('a')?.announcement.epoch, 1, 'it waits')
  node.pass(1_000)
  t.equal(node.core.book.lastOf('a')?.announcement.epoch, 2)
})

test('a heartbeat that gossip had to leave is handed on by itself', async t => {
  const node = listener()
  await exhaust(t, node)
  hear(node, record({ seq: 102, name: '100' }), 'gossip')
  hear(node, record({ seq: 103, name: '100' }), 'gossip')
  node.pass(1_000)
  t.equal(pushes(node).at(-1)?.announcement.seq, 103)
})

test('a record that waits is told of, and so is one that makes way for it', async t => {
  const node = listener()
  await exhaust(t, node)
  t.ok(node.core.comesTooSoon(record({ seq: 200 }).announcement, node.nowMs))
  t.notOk(node.core.comesTooSoon(record({ peer: 'b' }).announcement, node.nowMs))
  const before = node.ignored('rate-limited')
  hear(node, record({ seq: 201 }), 'gossip')
  hear(node, record({ seq: 202 }), 'gossip')
  hear(node, record({ seq: 201 }), 'gossip')
  t.equal(node.ignored('rate-limited'), before + 2)
  node.pass(1_000)
  t.equal(node.core.book.get('a')?.record.announcement.seq, 202)
})

test('a record that waited is as old as it is by then', async t => {
  const held = new HeldRecords()
  for (let i = 0; i < BURST; i++) held.taken('a', false, 0)
  t.equal(held.hold({ record: record(), ageMs: 4_000 }, 'p', 0), 'held')
  t.same(held.due(SPACING_MS), [{ aged: { record: record(), ageMs: 4_000 + SPACING_MS }, forwarder: 'p' }])
})

test('a partner whose pushes have to wait is not asked to stop', async t => {
  const node = listener()
  await exhaust(t, node)
  hear(node, record({ seq: 400 }), 'push')
  t.notOk(node.sent('p').some(({ message }) => message.type === 'prune'))
})

test('of more subjects than are kept waiting, the first are taken before their turn, and none is dropped', async t => {
  const held = new HeldRecords()
  const subjects = Array.from({ length: 1_100 }, (_, i) => `s${i}`)
  for (const peer of subjects) for (let i = 0; i < BURST; i++) held.taken(peer, false, 0)
  for (const peer of subjects) t.equal(held.hold({ record: record({ peer }), ageMs: 0 }, 'p', 0), 'held')
  t.equal(held.nextMs, 0)
  t.same(
    held.due(0).map(({ aged }) => aged.record.announcement.peer),
    subjects.slice(0, 1_100 - 1_024)
  )
  t.equal(held.due(SPACING_MS).length, 1_024)
  t.equal(held.size, 0)
})

/** Says so much of the subject that its rate is used up. */
async function exhaust(t: Test, node: Solo): Promise<void> {
  for (let seq = 1; seq <= 100; seq++) hear(node, record({ seq, name: `${seq}` }), 'gossip')
  t.ok(node.core.book.get('a')!.record.announcement.seq < 100)
  node.pass(SPACING_MS)
  t.equal(node.core.book.get('a')?.record.announcement.seq, 100)
}

/** A core with two partners, `p` and `q`. */
function listener(): Solo {
  const node = new Solo()
  for (const peer of ['p', 'q']) node.take({ type: 'partner-opened', peer, initiator: false, addr: `/${peer}` })
  return node
}

/** `p` hands a record on. */
function hear(node: Solo, said: SignedAnnouncement, way: string, ageMs = 0): void {
  if (way === 'gossip') {
    node.take({ type: 'gossip', from: 'p', record: said })
    return
  }
  const type = way === 'push' ? 'push' : 'records'
  node.take({ type: 'message', from: 'p', message: { type, records: [{ record: said, ageMs }] } })
}

/** What `q` was pushed, oldest first. */
function pushes(node: Solo): SignedAnnouncement[] {
  return node
    .sent('q')
    .flatMap(({ message }) => (message.type === 'push' ? message.records : []))
    .map(({ record }) => record)
}
