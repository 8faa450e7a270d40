/** The shipped scenarios with 12 nodes in the simulator. With SEEDS=20, as `npm run test:all` runs it, each of them so often. */
import { test } from 'tap'
import type { HistoryEvent } from '../../src/history/history.ts'
import { judge } from '../../src/judge/judge.ts'
import { needsOf } from '../../src/scenario/needs.ts'
import { planScenario } from '../../src/scenario/planning/plan-scenario.ts'
import { loadScenario, shippedNames } from '../../src/scenario/shipped.ts'
import { runSimulation } from '../../src/simulation/summary.ts'

const NODES = 12
const SEEDS = Number(process.env.SEEDS ?? 1)

for (const name of await shippedNames()) {
  const { behind } = needsOf(planScenario(await loadScenario(name), { nodes: NODES, settleMs: 1_000 }))
  // The simulator has no routers: cli/scenarios.test.ts shows that it says so.
  if (behind.length > 0) continue
  test(`${name}: every fault bites, and the network is right in the end`, async t => {
    const scenario = await loadScenario(name)
    for (let seed = 1; seed <= SEEDS; seed++) {
      const { verdict, faults, history, endedBy } = runSimulation({
        plan: planScenario(scenario, { nodes: NODES, seed, settleMs: 1_000 })
      })
      t.same(verdict, { outcome: 'pass' }, `seed ${seed}`)
      t.equal(endedBy, 'settled')
      for (const { proof, description } of faults) t.equal(proof.result, 'confirmed', description)
      const { outcome, findings, notJudged } = judge(history)
      t.same(
        { outcome, findings },
        { outcome: 'pass', findings: [] },
        `who only has the history: ${notJudged.join('; ')}`
      )
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
