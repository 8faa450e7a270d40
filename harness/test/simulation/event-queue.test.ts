import fc from 'fast-check'
import { test } from 'tap'
import { EventQueue } from '../../src/simulation/host/event-queue.ts'

test('whatever is scheduled happens in order of time, and in order of scheduling where times are equal', async t => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 20 })), times => {
      const queue = new EventQueue()
      const happened: number[] = []
      for (const [order, atMs] of times.entries()) queue.at(atMs, () => happened.push(order))
      while (queue.size > 0) queue.step()
      const expected = [...times.keys()].sort((a, b) => times[a]! - times[b]! || a - b)
      t.same(happened, expected)
    })
  )
})

test('what is scheduled while something happens takes its place among the rest', async t => {
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.nat(30), fc.nat(30)), { maxLength: 50 }), pairs => {
      const queue = new EventQueue()
      const happenedAt: number[] = []
      for (const [atMs, laterMs] of pairs) {
        queue.at(atMs, () => {
          happenedAt.push(queue.nowMs)
          queue.at(queue.nowMs + laterMs, () => happenedAt.push(queue.nowMs))
        })
      }
      while (queue.size > 0) queue.step()
      t.equal(happenedAt.length, 2 * pairs.length)
      t.same(
        happenedAt,
        happenedAt.toSorted((a, b) => a - b)
      )
      t.equal(queue.nextMs, Number.POSITIVE_INFINITY, 'nothing is left')
    })
  )
})

test('nothing can be scheduled for the past', async t => {
  const queue = new EventQueue()
  queue.at(5, () => {})
  queue.step()
  t.throws(() => queue.at(4, () => {}), /4 ms is before 5 ms/)
  t.throws(() => queue.at(Number.NaN, () => {}))
})
