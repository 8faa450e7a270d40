import assert from 'node:assert/strict'
import fc from 'fast-check'
import { test } from 'tap'
import { Push } from '../../../src/core/gossip/push.ts'
import type { AgedRecord } from '../../../src/core/record/aged-record.ts'
import { record } from '../records.ts'

const LAZY_DELAY_MS = 300
const MAX_PUSH_INTERVAL_MS = 100
const PRUNE_INTERVAL_MS = 300
const MAX_LAZY_DELAY_MS = 10_000
const PUSHES_FOR_MS = 1_000

test('a fresh record goes at once to eager partners, and a digest follows to the lazy ones', async t => {
  const push = pushWithLazy('lazy')
  add(push, 0)
  t.same(
    push.flush(['eager', 'lazy'], 0).map(output => output.type === 'send' && output.to),
    ['eager']
  )
  t.same(push.dueLazy(LAZY_DELAY_MS - 1), [])
  t.same(push.dueLazy(LAZY_DELAY_MS), ['lazy'])
  t.same(push.dueLazy(2 * LAZY_DELAY_MS), [], 'once')
})

test('a lone newcomer does not wait, and of a crowd many travel in one frame', async t => {
  const push = new Push()
  const pushes = (nowMs: number) => push.flush(['eager'], nowMs).length
  add(push, 0)
  t.equal(pushes(0), 1)
  for (let nowMs = 1; nowMs < 10; nowMs++) add(push, nowMs)
  t.equal(push.nextMs, 10)
  t.equal(pushes(9), 0)
  t.equal(pushes(10), 1)
  for (let nowMs = 11; nowMs < 99; nowMs++) add(push, nowMs)
  t.equal(push.nextMs, 10 + 90, 'nine were in the last')
  t.equal(pushes(100), 1)
  add(push, 101)
  t.equal(push.nextMs, 100 + MAX_PUSH_INTERVAL_MS)
})

test('a record that two paths add at one moment is pushed once', async t => {
  const [one, other] = ['x', 'y'].map(peer => ({ record: record({ peer }), ageMs: 0 }))
  for (const isUrgent of [false, true]) {
    const push = new Push()
    push.add(one!, 'b', 0, isUrgent)
    push.addOnce(one!, 'b', 0)
    push.addOnce(other!, 'b', 0)
    const records = push
      .flush(['eager'], 0)
      .flatMap(output => (output.type === 'send' && 'records' in output.message ? output.message.records : []))
    t.strictSame(records.map(({ record }) => record.announcement.peer).sort(), ['x', 'y'])
  }
})

test('while a crowd joins, a lazy partner is compared with when it is over', async t => {
  const push = pushWithLazy('lazy')
  for (let nowMs = 0; nowMs <= 1_000; nowMs += 100) {
    add(push, nowMs)
    t.same(push.dueLazy(nowMs), [])
  }
  t.same(push.dueLazy(1_000 + LAZY_DELAY_MS), ['lazy'])
})

test('a crowd without an end does not put the comparison off for ever', async t => {
  const push = pushWithLazy('lazy')
  for (let nowMs = 0; nowMs < MAX_LAZY_DELAY_MS; nowMs += 100) add(push, nowMs)
  t.same(push.dueLazy(MAX_LAZY_DELAY_MS), ['lazy'])
})

test('of two partners that push the same, each first with something, one is asked to stop at a time, and one stays', async t => {
  const push = new Push()
  for (const partner of ['a', 'b', 'c']) push.brought(partner, 0)
  t.ok(push.refuses('a', 0))
  t.notOk(push.refuses('b', PRUNE_INTERVAL_MS - 1), 'too soon to know what is lost by the first')
  t.ok(push.refuses('b', PRUNE_INTERVAL_MS))
  t.notOk(push.refuses('c', 2 * PRUNE_INTERVAL_MS), 'nobody else pushes')
  t.ok(push.refuses('a', 3 * PRUNE_INTERVAL_MS), 'who did not hear the first time is asked again')
  push.graft('b')
  push.brought('b', 4 * PRUNE_INTERVAL_MS)
  t.ok(push.refuses('c', 4 * PRUNE_INTERVAL_MS))
})

test('whoever pushes nothing new is nobody that a node could rely on', async t => {
  const push = new Push()
  t.notOk(push.refuses('a', 0), 'however many partners there are that are silent')
  push.brought('b', 0)
  t.notOk(push.refuses('b', 0))
  t.ok(push.refuses('a', PUSHES_FOR_MS))
  push.graft('a')
  t.notOk(push.refuses('a', 2 * PUSHES_FOR_MS), 'it has brought nothing for a while')
  push.brought('b', 2 * PUSHES_FOR_MS)
  push.closed('b', 2 * PUSHES_FOR_MS)
  t.notOk(push.refuses('a', 2 * PUSHES_FOR_MS), 'it is gone')
})

test('a torn tree is mended at once, whatever joins meanwhile', async t => {
  const push = pushWithLazy('lazy')
  for (let nowMs = 0; nowMs <= 1_000; nowMs += 100) add(push, nowMs)
  push.closed('eager', 1_000)
  add(push, 1_200)
  t.same(push.dueLazy(1_000 + LAZY_DELAY_MS), ['lazy'])
})

test('what came between a digest and its answer is not kept from the partner that is grafted', async t => {
  const push = pushWithLazy('lazy')
  add(push, 0)
  push.graft('lazy')
  t.same(push.dueLazy(LAZY_DELAY_MS), ['lazy'])
  push.prune('lazy')
  push.graft('lazy')
  add(push, 1_000)
  t.same(push.dueLazy(1_000 + LAZY_DELAY_MS), [], 'this was pushed')
})

const PARTNERS = ['a', 'b', 'c', 'd']

test('every eager partner is told all that it did not bring and that is not about itself, in order', async () => {
  const anyArrival = fc.record({
    from: fc.constantFrom(...PARTNERS, undefined),
    peer: fc.constantFrom(...PARTNERS, 'x', 'y')
  })
  fc.assert(
    fc.property(fc.array(anyArrival), fc.subarray(PARTNERS), (arrivals, lazy) => {
      const push = new Push()
      for (const partner of lazy) push.prune(partner)
      const fresh = arrivals.map(({ from, peer }, seq) => ({
        from,
        aged: { record: record({ peer, seq }), ageMs: seq }
      }))
      for (const { from, aged } of fresh) push.add(aged, from, 0)
      const told = new Map<string, AgedRecord[]>()
      for (const output of push.flush(PARTNERS, 0)) {
        if (output.type !== 'send' || output.message.type !== 'push') throw new Error(output.type)
        told.set(output.to, [...(told.get(output.to) ?? []), ...output.message.records])
      }
      for (const to of PARTNERS) {
        const owed = fresh.filter(({ from, aged }) => from !== to && aged.record.announcement.peer !== to)
        assert.deepEqual(told.get(to) ?? [], lazy.includes(to) ? [] : owed.map(({ aged }) => aged))
      }
    })
  )
})

test('a first partner is compared with at once, and so is another when it is quiet; in a crowd when it is over', async t => {
  const push = new Push()
  add(push, 0)
  t.ok(push.compares('first', 1, 0))
  t.ok(push.compares('late', 2, LAZY_DELAY_MS))
  add(push, 1_000)
  t.notOk(push.compares('second', 2, 1_100))
  add(push, 1_200)
  t.same(push.dueLazy(1_200 + LAZY_DELAY_MS - 1), [])
  t.same(push.dueLazy(1_200 + LAZY_DELAY_MS), ['second'])
  add(push, 2_000)
  t.equal(push.dueLazy(10_000).length, 0, 'once')
  t.notOk(push.compares('gone', 2, 2_100))
  push.closed('gone', 2_100)
  t.same(push.dueLazy(20_000), [])
})

function pushWithLazy(partner: string): Push {
  const push = new Push()
  push.prune(partner)
  return push
}

function add(push: Push, nowMs: number): void {
  push.add({ record: record({ peer: `p${nowMs}` }), ageMs: 0 }, undefined, nowMs)
}
