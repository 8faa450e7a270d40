import fc from 'fast-check'
import { test } from 'tap'
import { ROUTER_KINDS, ROUTERS } from '../../src/faults/routers.ts'
import { describePlan } from '../../src/scenario/describe.ts'
import { readScenario } from '../../src/scenario/file/read.ts'
import type { Plan } from '../../src/scenario/plan.ts'
import { planScenario } from '../../src/scenario/planning/plan-scenario.ts'
import { anyAmountText } from './any-scenario.ts'
import { nodesAt, planned } from './plans.ts'

const seeds = fc.integer({ min: 0, max: 2 ** 31 - 1 })
const sizes = fc.integer({ min: 2, max: 60 })

/** Each kind with so many nodes, or none. */
const anyBehind = fc.uniqueArray(fc.tuple(fc.constantFrom(...ROUTER_KINDS), anyAmountText), {
  selector: ([kind]) => kind,
  minLength: 1
})

const behindText = (wanted: readonly (readonly [string, string])[]) =>
  `behind: { ${wanted.map(each => each.join(': ')).join(', ')} }`

test('nodes that others are told of are behind nothing, and each kind gets as many as it asks for', async t => {
  let plans = 0
  fc.assert(
    fc.property(anyBehind, seeds, sizes, (wanted, seed, nodes) => {
      const plan = planned(`about: x\n${behindText(wanted)}`, { seed, nodes })
      if (plan === undefined) return true
      plans += 1
      const told = new Set(plan.nodes.flatMap(({ bootstrap }) => bootstrap))
      return (
        !plan.nodes.some(({ name, behind }) => told.has(name) && behind !== undefined) &&
        wanted.every(([kind, amount]) => {
          const count = membersOf(plan, kind).length
          return amount.endsWith('%')
            ? count >= 1 && count <= Math.max(1, (nodes * Number.parseInt(amount, 10)) / 100)
            : count === Number(amount)
        })
      )
    })
  )
  t.ok(plans > 20, 'not all of them were refused')
})

test('equal seeds put the same nodes behind routers; named ones have their place before others are drawn', async t => {
  const seeded = (seed: number) => planned('about: x\nbehind: { home: 3, hotel: n2..n4 }', { seed, nodes: 8 })!
  t.same(seeded(5).nodes, seeded(5).nodes)
  const drawn = Array.from({ length: 50 }, (_, seed) => seeded(seed))
  for (const each of drawn) t.same(membersOf(each, 'hotel'), ['n2', 'n3', 'n4'])
  t.same([...new Set(drawn.flatMap(each => membersOf(each, 'home')))].sort(), ['n5', 'n6', 'n7', 'n8'])
})

test('a NAT that changes hits all that share its router, and a home alone', async t => {
  const text = (selector: string, every = '') =>
    `about: x\nbehind: { home: n2..n4, cgnat: n5..n7 }\nsteps: [{ nat-changes: ${selector}, for: 20s${every} }]`
  const hit = (selector: string) => nodesAt(planned(text(selector), { nodes: 8 })!)
  t.same(hit('n3'), ['n3'])
  t.same(hit('n6'), ['n5', 'n6', 'n7'])
  t.same(hit('all'), ['n2', 'n3', 'n4', 'n5', 'n6', 'n7'], 'n1 and n8 are behind nothing')
  const { action } = planned(text('n3', ', every: 30s, until: 2m'), { nodes: 8 })!.steps[0]!
  t.same(action, {
    type: 'fault',
    fault: { type: 'nat-changes', nodes: ['n3'] },
    forMs: 120_000,
    flapping: { onMs: 20_000, offMs: 10_000 }
  })
})

test('whatever is drawn for a change is behind a router, with all that share it', async () => {
  fc.assert(
    fc.property(anyBehind, anyAmountText, seeds, sizes, (wanted, amount, seed, nodes) => {
      const plan = planned(`about: x\n${behindText(wanted)}\nsteps: [{ nat-changes: ${amount} }]`, { seed, nodes })
      if (plan === undefined) return true
      const hit = new Set(nodesAt(plan))
      return plan.nodes.every(({ name, behind }) => {
        if (behind === undefined) return !hit.has(name)
        return !ROUTERS[behind].isShared || membersOf(plan, behind).every(other => hit.has(other) === hit.has(name))
      })
    })
  )
})

test('a newcomer that finds no bootstrap node is told of a node that can be dialled', async t => {
  const text = 'about: x\nbehind: { home: n2..n4 }\nsteps: [{ kill: n1 }, { join: 1 }]'
  for (let seed = 0; seed < 20; seed++) t.same(planned(text, { nodes: 6, seed })!.nodes.at(-1)!.bootstrap, ['n5'])
})

const refused: [text: string, error: RegExp][] = [
  ['behind: { hom: 3 }', /^x\.yaml:2:11: unknown key "hom"; did you mean home\?; there are home, cgnat, /],
  ['behind: { home: 0 }', /^x\.yaml:2:17: home must be n3, n1\.\.n4, a number .* not 0$/],
  ['behind: home', /^x\.yaml:2:9: behind must be keys and their values, not "home"$/],
  ['behind: { home: all }', /^x\.yaml:2:17: all cannot be behind a router: /],
  ['behind: { home: joined }', /^x\.yaml:2:17: joined cannot be behind a router: /],
  ['behind: { home: old }', /^x\.yaml:2:17: no nodes are called old; there are /],
  ['behind: { home: n1..n2 }', /^x\.yaml:2:17: n1 is a bootstrap node, which the others must be able to dial$/],
  ['behind: { home: n9 }', /^x\.yaml:2:17: n9 is not there: the run has 6 nodes, n1\.\.n6$/],
  ['behind: { home: n2..n3, hotel: n3 }', /^x\.yaml:2:32: n3 is behind two routers, home and hotel; name one of them$/],
  ['behind: { home: 6 }', /^x\.yaml:2:17: 6 nodes cannot be chosen, at most 5; give the run more nodes$/],
  ['steps: [{ nat-changes: 1 }]', /^x\.yaml:2:24: no node is behind a router; `behind` at the top of the scenario/],
  ['behind: { home: n3 }\nsteps: [{ nat-changes: n2..n3 }]', /^x\.yaml:3:24: n2 is behind no router; choose among n3$/],
  [
    'behind: { home: n3 }\nsteps: [{ nat-changes: bootstrap }]',
    /^x\.yaml:3:24: none of these nodes is behind a router$/
  ],
  ['behind: { home: n3 }\nsteps: [{ nat-changes: 1, spread: 5s }]', /^x\.yaml:3:27: unknown key "spread"/]
]
for (const [text, error] of refused) {
  test(`told with line and column: ${text.replaceAll('\n', ' ')}`, async t => {
    t.throws(() => plan(text), { name: 'ScenarioError', message: error })
  })
}

test('a plan says what nodes are behind', async t => {
  const plan = planned('about: x\nbehind: { home: n2, corporate: n3..n4 }\nsteps: [{ nat-changes: n2 }]', { nodes: 5 })!
  const words = describePlan(plan, 'x')
  t.match(words, /^ {2}n2 is behind a home router of its own$/m)
  t.match(words, /^ {2}n3\.\.n4 are behind a corporate firewall, which passes TCP to ports 80 and 443 only$/m)
  t.match(words, /the routers of n2 get another public address, and forget all connections$/m)
})

function membersOf({ nodes }: Plan, kind: string): string[] {
  return nodes.filter(({ behind }) => behind === kind).map(({ name }) => name)
}

/** Of six nodes; whatever is wrong is thrown. */
function plan(text: string): Plan {
  const scenario = readScenario(`about: x\n${text}`, { name: 'x', file: 'x.yaml' })
  return planScenario(scenario, { nodes: 6, settleMs: 1_000 })
}
