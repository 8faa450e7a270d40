import fc from 'fast-check'
import { test } from 'tap'
import type { NodeName } from '../../src/contract.ts'
import { actedOn } from '../../src/scenario/planning/actions.ts'
import { endsForGood, plan, planned } from './plans.ts'

const seeds = fc.integer({ min: 0, max: 2 ** 31 - 1 })

test('spread takes the nodes of a step one after the other, evenly', async t => {
  const { steps } = plan('- restart: n2..n4\n    at: 5s\n    spread: 60s')
  t.same(
    steps.map(({ id, begins, action }) => [id, begins.type === 'at' && begins.atMs, actedOn(action).join()]),
    [
      ['s1.1', 5_000, 'n2'],
      ['s1.2', 25_000, 'n3'],
      ['s1.3', 45_000, 'n4']
    ]
  )
  const after = plan('- wait: full\n  - leave: n2..n3\n    after: 1s\n    spread: 60s').steps
  t.same(
    after.slice(1).map(({ begins }) => begins),
    [
      { type: 'next', afterMs: 1_000 },
      { type: 'next', afterMs: 30_000 }
    ]
  )
})

test('what comes and goes is in force for `for` of each `every`, until `until`', async t => {
  t.match(plan('- partition: 50%\n    for: 3s\n    every: 10s\n    until: 60s').steps[0]?.action, {
    forMs: 60_000,
    flapping: { onMs: 3_000, offMs: 7_000 }
  })
})

test('churn goes on for its time, spares bootstrap nodes, and no more nodes are gone at a time than it says', async t => {
  fc.assert(
    fc.property(seeds, fc.integer({ min: 3, max: 60 }), fc.integer({ min: 1, max: 50 }), (seed, nodes, percent) => {
      const made = plan(`- churn: ${percent}%\n    every: 2s\n    until: 60s`, { seed, nodes })
      const gone = new Set<NodeName>()
      for (const { action, begins } of made.steps) {
        t.ok(begins.type === 'at' && begins.atMs < 60_000)
        t.notOk(actedOn(action).includes('n1'))
        for (const node of actedOn(action)) {
          if (endsForGood(action)) gone.add(node)
          else gone.delete(node)
        }
        t.ok(gone.size <= Math.max(1, (nodes * percent) / 100))
      }
      t.ok(made.steps.length >= 20 && made.steps.length <= 60)
    }),
    { numRuns: 30 }
  )
})

test('no more nodes are kept for churn than can join in its time', async t => {
  const late = (text: string, nodes: number) =>
    plan(text, { nodes }).nodes.filter(({ startsAtOnce }) => !startsAtOnce).length
  t.equal(late('- churn: 25%\n    every: 4s\n    until: 60s', 12), 3)
  t.equal(late('- churn: 25%\n    every: 4s\n    until: 60s', 1_000), 4)
  t.equal(late('- churn: 25%\n    of: [leave, crash]\n    every: 4s\n    until: 60s', 12), 0)
})

test('churn of one kind is of this kind only, and a node is not paused while it is paused', async t => {
  fc.assert(
    fc.property(seeds, seed => {
      const made = plan('- churn: 1\n    of: [pause]\n    every: 1s\n    until: 30s\n    for: 5s', { seed, nodes: 12 })
      const pausedAtMs = new Map<NodeName, number>()
      for (const { action, begins } of made.steps) {
        t.match(action, { type: 'fault', fault: { type: 'pause' }, forMs: 5_000 })
        const atMs = begins.type === 'at' ? begins.atMs : 0
        const [node] = actedOn(action)
        t.ok(atMs - (pausedAtMs.get(node!) ?? -5_000) >= 5_000)
        pausedAtMs.set(node!, atMs)
      }
    }),
    { numRuns: 30 }
  )
})

test('the first step begins when all books are full, the others after the one before, if they say nothing', async t => {
  const { steps } = plan(
    '- kill: 1\n  - wait: noticed\n  - join: 1\n    after: 2s\n  - leave: 1\n    at: 9s\n    from: start'
  )
  t.same(
    steps.map(({ begins }) => begins),
    [
      { type: 'at', atMs: 0, from: 'full' },
      { type: 'next' },
      { type: 'next', afterMs: 2_000 },
      { type: 'at', atMs: 9_000, from: 'start' }
    ]
  )
})

test('a wait has 30 s or what it says, and the time of faults that are still in force', async t => {
  const { steps } = plan('- partition: 50%\n    for: 60s\n  - wait: noticed\n  - wait: whole\n    within: 5s', {})
  t.same(
    steps.map(({ withinMs }) => withinMs),
    [30_000, 30_000, 65_000]
  )
})

test('a deadline that the plan cannot keep is refused with the seconds that it needs', async t => {
  const text = '- partition: 50%\n    at: 5s\n    for: 60s'
  const least = /^x takes 65 s, and 1 s to settle: the deadline must be longer than 66 s, not 66 s; 100 s leave time/
  t.throws(() => plan(text, { deadlineMs: 66_000 }), { name: 'DeadlineError', message: least })
  t.equal(plan(text, { deadlineMs: 66_001 }).deadlineMs, 66_001)
  t.equal(plan(text).deadlineMs, 100_000)
  t.throws(() => plan('- restart: 1\n    down: 40s\n  - wait: full', { deadlineMs: 30_000 }), { message: /takes 40 s/ })
})

test('bounds and links arrive with their units', async t => {
  const made = planned(`
about: x
links: { jitter: 5ms, reordering: 1% }
bounds: { convergeWithin: 1s, detectWithin: 2s, reconvergeWithin: 3s, falseDrops: 4, maxBytesPerSecond: 5000 }
`)
  t.same(made?.links, { jitterMs: 5, reorderRatio: 0.01 })
  t.same(made?.bounds, {
    convergeWithinMs: 1_000,
    detectWithinMs: 2_000,
    reconvergeWithinMs: 3_000,
    falseDrops: 4,
    maxBytesPerSecond: 5_000
  })
})
