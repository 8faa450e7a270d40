/** How steady books are: changes of mind and drops at healthy observers, and when all books are at rest. */
import assert from 'node:assert/strict'
import fc from 'fast-check'
import t from 'tap'
import { networkOf } from '../../src/history/network.ts'
import { judge } from '../../src/judge/judge.ts'
import { steadinessOf } from '../../src/judge/metrics.ts'
import type { Bounds } from '../../src/scenario/plan.ts'
import type { HistoryBuilder } from '../toolkit/history-builder.ts'
import { planned, stepOf } from '../toolkit/planned-history.ts'

const cutC = stepOf({ type: 'fault', fault: { type: 'one-way', nodes: ['c'], direction: 'inbound' } })

/** Three nodes that have met, and then one of them does not hear the others. */
function cut(bounds: Bounds = {}): HistoryBuilder {
  return planned(cutC, bounds)
    .observed({ type: 'step', step: 's1', state: 'begun' })
    .faultInjected('s1', 'c')
    .observed({ type: 'fault-proof', fault: 's1', of: 'injection', result: 'confirmed', seen: 'packets stopped' })
    .observed({ type: 'step', step: 's1', state: 'done' })
}

const said = (history: HistoryBuilder) => steadinessOf(networkOf(history.events))

t.test('each drop of a process that runs, and each return of it, is a change of mind of the observer', async t => {
  const history = cut()
  t.match(said(history), { changesOfMind: 0, dropsOfHealthy: 0, falseDrops: 0 })
  history.expired('a', 'c').joined('a', 'c', { seq: 2 }).expired('a', 'c').expired('b', 'c')
  t.match(said(history), { changesOfMind: 3, observer: 'a', subject: 'c', dropsOfHealthy: 0, falseDrops: 0 })
})

t.test('only healthy observers count; drops of healthy nodes are told by anybody and by healthy nodes', async t => {
  const history = cut().expired('c', 'a').joined('c', 'a', { seq: 2 })
  t.match(said(history), { changesOfMind: 0, dropsOfHealthy: 1, falseDrops: 0 })
  t.match(said(history.expired('b', 'a')), {
    changesOfMind: 1,
    observer: 'b',
    subject: 'a',
    dropsOfHealthy: 2,
    falseDrops: 1
  })
})

t.test(
  'who drops what has ended, or what leaves, does not change its mind; nor does it about another process',
  async t => {
    const killed = planned(undefined).exited('c', { signal: 'SIGKILL' }).expired('a', 'c').at(9_000)
    t.match(said(killed), { changesOfMind: 0 })
    t.match(said(killed.spawned('c').ready('c').joined('a', 'c')), { changesOfMind: 0 })
    const left = cut().observed({ type: 'leave-requested', node: 'c', run: 1 }).left('a', 'c')
    t.match(said(left), { changesOfMind: 0 })
    const restarted = cut().expired('a', 'c').exited('c', { signal: 'SIGKILL' }).at(9_000).spawned('c').ready('c')
    t.match(said(restarted.joined('a', 'c')), { changesOfMind: 1 }, 'it was right to list the new process')
  }
)

t.test('the bound of a scenario is a rule, and its figure', async t => {
  const twice = () => cut({ changesOfMind: 2 }).expired('a', 'c').joined('a', 'c', { seq: 2 })
  const findings = (history: HistoryBuilder) =>
    judge(history.events).findings.filter(({ rule }) => rule === 'changes-of-mind')
  t.same(findings(twice()), [])
  t.match(findings(twice().expired('a', 'c')), [
    {
      node: 'a',
      subject: 'c',
      message: 'a changed its mind about c, which ran all the while, 3 times, not at most 2',
      cause: { code: 'dropped-alive', confidence: 'shown' }
    }
  ])
  const check = judge(cut().events).checks.find(({ rule }) => rule === 'changes-of-mind')
  t.equal(check?.status, 'not-tried')
})

t.test('the start has settled when every node has said so of a full book', async t => {
  const met = planned(undefined)
  t.equal(said(met).settled, undefined, 'nobody said anything')
  met.says('a', { type: 'settled' }).says('b', { type: 'settled' })
  t.same(said(met).settled?.atMs, undefined)
  t.match(said(met.at(3_000).says('c', { type: 'settled' })).settled, { sizes: 1, atMs: 3_000 })
  t.match(said(met.expired('a', 'b').at(4_000).says('a', { type: 'settled' })).settled, { sizes: 1, atMs: 3_000 })
})

t.test('a size is counted once, and a book that has changed since has not settled', async t => {
  const history = planned(undefined)
    .says('a', { type: 'settled' })
    .expired('a', 'c')
    .at(2_500)
    .says('a', { type: 'settled' })
  history.says('b', { type: 'settled' }).says('c', { type: 'settled' }).at(3_000).joined('a', 'c', { seq: 2 })
  t.match(said(history).settled, { sizes: 2, atMs: undefined })
  t.match(said(history.at(3_700).says('a', { type: 'settled' })).settled, { sizes: 2, atMs: 3_700 })
})

t.test(
  'in any history no pair has more changes than it has drops and returns, and the bound agrees with the figure',
  async () => {
    const turn = fc.record({ observer: fc.constantFrom('a', 'b'), waitMs: fc.nat(20_000) })
    fc.assert(
      fc.property(fc.array(turn, { maxLength: 12 }), fc.nat(4), (turns, changesOfMind) => {
        const history = cut({ changesOfMind })
        const lists = { a: true, b: true }
        const turnsOf = { a: 0, b: 0 }
        let [nowMs, seq] = [2_100, 1]
        for (const { observer, waitMs } of turns as { observer: 'a' | 'b'; waitMs: number }[]) {
          nowMs += waitMs
          history.at(nowMs)
          if (lists[observer]) history.expired(observer, 'c')
          else history.joined(observer, 'c', { seq: ++seq })
          lists[observer] = !lists[observer]
          turnsOf[observer]++
        }
        assert.equal(said(history).changesOfMind, Math.max(turnsOf.a, turnsOf.b))
        const broken = judge(history.events).findings.some(({ rule }) => rule === 'changes-of-mind')
        assert.equal(broken, Math.max(turnsOf.a, turnsOf.b) > changesOfMind)
      }),
      { numRuns: 50 }
    )
  }
)
