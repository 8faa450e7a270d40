/** The shipped scenarios with 12 nodes in the simulator. With SEEDS=20, as `npm run test:all` runs it, each of them so often. */
import { test } from 'tap'
import type { HistoryEvent } from '../../src/history/history.ts'
import { needsOf } from '../../src/scenario/needs.ts'
import { planScenario } from '../../src/scenario/planning/plan-scenario.ts'
import { loadScenario, shippedNames } from '../../src/scenario/shipped.ts'
import { runSimulation } from '../../src/simulation/summary.ts'
import { PASS, shown } from './plans.ts'

const NODES = 12
const SEEDS = Number(process.env.SEEDS ?? 1)

for (const name of await shippedNames()) {
  const { behind } = needsOf(planScenario(await loadScenario(name), { nodes: NODES, settleMs: 1_000 }))
  // The simulator has no routers: cli/scenarios.test.ts shows that it says so.
  if (behind.length > 0) continue
  test(`${name}: every fault bites, and the network is right in the end`, async t => {
    const scenario = await loadScenario(name)
    for (let seed = 1; seed <= SEEDS; seed++) {
      const plan = planScenario(scenario, { nodes: NODES, seed, settleMs: 1_000 })
      const { judgement, faults, history, endedBy } = runSimulation({ plan })
      t.equal(endedBy, 'settled')
      for (const { proof, description } of faults) t.equal(proof.result, 'confirmed', description)
      t.same(shown(judgement), PASS, `seed ${seed}: ${judgement.notJudged.join('; ')}`)
      const witness = runSimulation({ plan, maxRecordedNodes: 0 }).judgement
      t.same(shown(witness), PASS, `seed ${seed}, without a whole history: ${witness.notJudged.join('; ')}`)
      t.same(witness.phases, judgement.phases, 'with the same phases')
      t.same(spokenAfterEnd(history), [], 'no process does anything after its end')
      const steps = history.flatMap(event => (event.type === 'step' ? [event] : []))
      t.same(
        steps.filter(({ state }) => state === 'begun').map(({ step }) => step),
        steps.filter(({ state }) => state === 'done').map(({ step }) => step),
        'every step that began was done'
      )
    }
  })
}

function spokenAfterEnd(history: readonly HistoryEvent[]): HistoryEvent[] {
  const ended = new Set<string>()
  return history.filter(event => {
    if (!('run' in event)) return false
    const process = `${event.node} ${event.run}`
    if (event.type === 'exited') ended.add(process)
    return event.type !== 'exited' && ended.has(process)
  })
}
