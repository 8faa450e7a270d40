import { test } from 'tap'
import { nodeLineSchema } from '../../src/contract.ts'
import { judge } from '../../src/judge/judge.ts'
import { SCENARIOS, type ScenarioName } from '../../src/simulation/scenarios.ts'
import { MAX_RECORDED_NODES, runSimulation } from '../../src/simulation/simulation.ts'
import { simulate } from './plans.ts'

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
  const options = { nodes: 20, seed: 3, scenario: 'restart' } as const
  const first = simulate(options)
  const second = simulate(options)
  t.equal(JSON.stringify(first), JSON.stringify(second))
  t.ok(first.history!.length > 20 * 19)
})

test('another seed gives another history', async t => {
  t.not(simulate({ seed: 3 }).fingerprint, simulate({ seed: 4 }).fingerprint)
})

test('a network too large for a history keeps numbers, and the same ones each time', async t => {
  const options = { nodes: MAX_RECORDED_NODES + 1, seed: 3, deadlineMs: 1_500 }
  const first = runSimulation(options)
  t.equal(first.history, undefined)
  t.equal(first.fingerprint, runSimulation(options).fingerprint)
})

test('a history is one that the judge accepts, in order and within the contract', async t => {
  const { history } = simulate({ nodes: 12, scenario: 'late-joiner' })
  t.same(judge(history!), { outcome: 'pass' })
  t.same(
    history!.map(({ atMs }) => atMs),
    history!.map(({ atMs }) => atMs).toSorted((a, b) => a - b)
  )
  for (const event of history!) if (event.type === 'line') t.ok(nodeLineSchema.safeParse(event.line).success)
})

test('a deadline that comes too soon is a failure that says what was missing', async t => {
  const { verdict, endedBy } = simulate({ nodes: 20, deadlineMs: 600 })
  t.equal(endedBy, 'deadline')
  t.match(verdict, { outcome: 'fail', violations: [{ check: 'complete', message: /entries were missing/ }] })
})

test('one node is no network', async t => {
  t.throws(() => simulate({ nodes: 1 }), /at least 2 nodes, got 1/)
  t.throws(() => simulate({ nodes: 2.5 }), /at least 2 nodes/)
})

for (const name of Object.keys(SCENARIOS) as ScenarioName[]) {
  test(`scenario ${name}: ${SCENARIOS[name].about}`, async t => {
    const { verdict, faults, detections, history } = simulate({ nodes: 16, scenario: name, deadlineMs: 180_000 })
    t.same(verdict, { outcome: 'pass' })
    t.same(judge(history!), { outcome: 'pass' }, 'who only has the history comes to the same verdict')
    for (const { effect, description } of faults) t.ok(effect > 0, description)
    const isNoticed = ['crash', 'restart', 'power-off', 'leave', 'freeze'].includes(name)
    t.equal(
      detections.some(({ droppedBy, observers }) => droppedBy === observers),
      isNoticed,
      isNoticed ? 'all others dropped the node' : 'no node was dropped by all others'
    )
  })
}
