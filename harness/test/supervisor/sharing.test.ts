import { test } from 'tap'
import { createSharedRunner } from '../../src/runners/shared/shared-runner.ts'
import { planScenario } from '../../src/scenario/planning/plan-scenario.ts'
import { loadScenario } from '../../src/scenario/shipped.ts'
import { RefusedPlan, requireRunner, requireShareable } from '../../src/supervisor/refusal.ts'
import { planOf } from './fake-run.ts'

const runner = createSharedRunner({ command: ['x'], processes: 3 })

test('a plan of programs of its own, or that bounds what a node costs, is refused before anything starts', t => {
  const plan = planOf({ steps: [] })
  t.doesNotThrow(() => requireShareable(plan))
  t.throws(
    () => requireShareable({ ...plan, programs: { old: { ours: 'libp2p-2' } } }),
    new RefusedPlan('test runs the program old, and only nodes of the package share processes; leave --per-process out')
  )
  t.throws(
    () => requireShareable({ ...plan, bounds: { maxBytesPerSecond: 1 } }),
    new RefusedPlan(
      'test bounds what a node receives, which cannot be told of nodes that share processes; leave --per-process out'
    )
  )
  t.end()
})

for (const [name, can] of Object.entries({
  calm: true,
  'late-joiner': true,
  leave: true,
  crash: false,
  split: false,
  restart: false,
  'clock-jumps': false
})) {
  test(`nodes that share processes ${can ? 'can' : 'cannot'} do ${name}`, async t => {
    const plan = planScenario(await loadScenario(name), { nodes: 6, settleMs: 1_000 })
    const check = () => {
      requireShareable(plan)
      requireRunner(plan, runner)
    }
    if (can) t.doesNotThrow(check)
    else t.throws(check, { name: 'RefusedPlan', message: /^step s\d\S* of \S+ cannot be done: [a-z]+: [^\n]+$/ })
  })
}
