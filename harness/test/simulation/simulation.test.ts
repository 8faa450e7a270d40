import { test } from 'tap'
import { nodeLineSchema } from '../../src/contract.ts'
import { judge } from '../../src/judge/judge.ts'
import { at, name, simulate } from './plans.ts'

for (const nodes of [2, 5, 20, 50, 100, 200]) {
  test(`${nodes} nodes find each other from a cold start`, async t => {
    const { endedBy, convergedAtMs, filledMs, overlay } = simulate({ nodes, seed: 7 })
    t.equal(endedBy, 'settled')
    t.ok(convergedAtMs! < 30_000)
    t.ok(filledMs[50]! <= filledMs[99]! && filledMs[99]! <= filledMs[100]!)
    t.equal(overlay.components, 1, 'the overlay is connected')
  })
}

test('the same seed gives the same history, byte for byte', async t => {
  const restart = at(10_000, { type: 'restart', nodes: ['n5'], key: 'same', afterMs: 5_000 })
  const init = { nodes: 20, seed: 3, steps: [restart] }
  const first = simulate(init)
  const second = simulate(init)
  t.equal(JSON.stringify(first), JSON.stringify(second))
  t.ok(first.history.length > 20 * 19)
})

test('another seed gives another history', async t => {
  t.not(simulate({ seed: 3 }).fingerprint, simulate({ seed: 4 }).fingerprint)
})

test('a history is one that the judge accepts, in order and within the contract', async t => {
  const { history } = simulate({ nodes: 12, absent: 1, steps: [at(10_000, { type: 'join', nodes: [name(11)] })] })
  const { outcome, findings } = judge(history)
  t.same({ outcome, findings }, { outcome: 'pass', findings: [] })
  t.same(
    history.map(({ atMs }) => atMs),
    history.map(({ atMs }) => atMs).toSorted((a, b) => a - b)
  )
  for (const event of history) if (event.type === 'line') t.ok(nodeLineSchema.safeParse(event.line).success)
})

test('a deadline that comes too soon is a failure that says what was missing', async t => {
  const { judgement, endedBy } = simulate({ nodes: 20, deadlineMs: 600 })
  t.equal(endedBy, 'deadline')
  t.match(judgement, { outcome: 'fail', findings: [{ rule: 'complete' }] })
})

test('one node is no network', async t => {
  t.throws(() => simulate({ nodes: 1 }), /at least 2 nodes, got 1/)
})
