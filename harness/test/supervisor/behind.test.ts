import { test } from 'tap'
import type { Plan } from '../../src/scenario/plan.ts'
import { RefusedPlan, requireRunner } from '../../src/supervisor/refusal.ts'
import { planOf, runFake } from './fake-run.ts'

const faults = { cannot: () => undefined, inject: () => Promise.reject(new Error('unused')) }

test('a runner that has no routers is refused, with what has', async t => {
  const message =
    'n2 of test cannot be behind a router (hotel): nodes of this runner share one network; use --runner netns'
  t.throws(() => requireRunner(behindIn(planOf({ steps: [] })), { faults }), new RefusedPlan(message))
})

test('a runner that cannot make routers here says why, and only if a node is to be behind one', async t => {
  const runner = { faults, cannotPutBehind: () => 'no NAT here' }
  const message = 'n2 of test cannot be behind a router (hotel): no NAT here'
  t.throws(() => requireRunner(behindIn(planOf({ steps: [] })), runner), new RefusedPlan(message))
  t.doesNotThrow(() => requireRunner(planOf({ steps: [] }), runner))
  const able = { faults, cannotPutBehind: () => undefined }
  t.doesNotThrow(() => requireRunner(behindIn(planOf({ steps: [] })), able))
})

for (const seed of [1, 2, 3, 4]) {
  test(`a newcomer without a bootstrap node is told of one that can be dialled (seed ${seed})`, async t => {
    const steps = [
      { type: 'fault', fault: { type: 'kill', nodes: ['n1'] } },
      { type: 'join', nodes: ['n5'] }
    ] as const
    const plan = behindIn({ ...planOf({ nodes: 5, later: 1, steps }), seed }, 'n2', 'n4')
    const { args } = (await runFake(plan)).runner.specs.at(-1)!
    t.equal(args[args.indexOf('--bootstrap') + 1], '/ip4/127.1.1.3/tcp/4001')
  })
}

function behindIn(plan: Plan, ...names: string[]): Plan {
  const hidden = names.length === 0 ? ['n2'] : names
  return { ...plan, nodes: plan.nodes.map(node => (hidden.includes(node.name) ? { ...node, behind: 'hotel' } : node)) }
}
