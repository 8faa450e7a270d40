import { test } from 'tap'
import { COMPARED_SCENARIO_NAMES, COMPARED_SCENARIOS, LIMIT_MS, STEPS } from '../../src/comparison/names.ts'
import { leastMs, loadComparedScenario, planBefore, planCompared } from '../../src/comparison/scenarios.ts'
import { shippedNames } from '../../src/scenario/shipped.ts'

for (const name of COMPARED_SCENARIO_NAMES) {
  for (const nodes of [5, 10, 50]) {
    test(`every wait of ${name} with ${nodes} nodes has a hard limit, and all of it before the deadline`, async t => {
      const plan = planCompared(await loadComparedScenario(name), { nodes, seed: 1 })
      const waits = plan.steps.filter(({ action }) => action.type === 'wait')
      t.match(plan.steps[0], { id: 's1', begins: { type: 'at', atMs: 0, from: 'start' }, action: { until: 'full' } })
      for (const { withinMs, id } of waits) t.ok(withinMs <= LIMIT_MS + leastMs(plan), `${id} ends`)
      const waitsMs = waits.reduce((sum, { withinMs }) => sum + withinMs, 0)
      t.ok(plan.deadlineMs > leastMs(plan) + waitsMs)
    })
  }

  test(`steps of ${name} after which a system is not waited for any more are waits`, async t => {
    const { steps } = planCompared(await loadComparedScenario(name), { nodes: 10, seed: 1 })
    for (const [missed, before] of Object.entries(COMPARED_SCENARIOS[name].shortened)) {
      t.equal(steps.find(({ id }) => id === missed)?.action.type, 'wait')
      if (before !== 'none') t.ok(steps.some(({ id }) => id === before))
    }
  })
}

test('figures are taken from steps that do what they are named after', async t => {
  const life = planCompared(await loadComparedScenario('life'), { nodes: 10, seed: 1 })
  const actionOf = (step: string) => life.steps.find(({ id }) => id === step)?.action
  t.match(actionOf(STEPS.life.joiner), { type: 'join', nodes: { length: 1 } })
  t.match(actionOf(STEPS.life.crash), { type: 'fault', fault: { type: 'kill', nodes: { length: 1 } } })
  t.match(actionOf(STEPS.life.newcomer), { type: 'join', nodes: { length: 1 } })
  const split = planCompared(await loadComparedScenario('split'), { nodes: 10, seed: 1 })
  t.match(
    split.steps.find(({ id }) => id === STEPS.split.partition),
    { action: { fault: { type: 'partition' }, forMs: 20_000 } }
  )
})

test('a plan that ends early has neither the later steps nor the nodes that would join in them', async t => {
  const whole = planCompared(await loadComparedScenario('life'), { nodes: 10, seed: 1 })
  const part = planBefore(whole, 's4')
  t.same(
    part.steps.map(({ id }) => id),
    ['s1', 's2', 's3']
  )
  t.equal(part.nodes.length, 9)
  t.ok(part.deadlineMs < whole.deadlineMs)
})

test('the scenarios of comparisons are no shipped scenarios, which ours has to pass', async t => {
  const shipped = await shippedNames()
  t.notOk(shipped.includes('life') || shipped.includes('strain'))
})
