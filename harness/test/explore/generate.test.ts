import fc from 'fast-check'
import { test } from 'tap'
import { type Draft, scenarioText, withNodes } from '../../src/explore/draft.ts'
import { planOfDraft } from '../../src/explore/explore.ts'
import { DRAFT_KINDS, generate, MAX_EXPLORED_NODES, MIN_EXPLORED_NODES } from '../../src/explore/generate.ts'
import type { Action, Plan } from '../../src/scenario/plan.ts'
import { actedOn } from '../../src/scenario/planning/actions.ts'
import { lastsMs } from '../../src/scenario/planning/timeline.ts'

const SETTLE_MS = 1_000

const anyDraft: fc.Arbitrary<Draft> = fc
  .record({
    seed: fc.nat(),
    index: fc.integer({ min: 1, max: 10_000 }),
    nodes: fc.option(fc.integer({ min: MIN_EXPLORED_NODES, max: 40 }), { nil: undefined }),
    kinds: fc.subarray(DRAFT_KINDS, { minLength: 1 })
  })
  .map(generate)

function planned(draft: Draft): Plan {
  return planOfDraft(draft, { settleMs: SETTLE_MS })
}

test('every plan can be planned, and every fault that has an end is healed before the deadline', async t => {
  fc.assert(
    fc.property(anyDraft, draft => {
      const { steps, deadlineMs } = planned(draft)
      return lastsMs(steps) + SETTLE_MS < deadlineMs && steps.at(-1)!.action.type === 'wait'
    }),
    { numRuns: 500 }
  )
  t.end()
})

test('at each moment at least half of the nodes are healthy, and one that the others are told of', async t => {
  fc.assert(
    fc.property(anyDraft, draft => {
      const plan = planned(draft)
      for (const atMs of momentsOf(plan)) {
        const healthy = plan.nodes.filter(({ name }) => isHealthy(plan, name, atMs))
        if (healthy.length < plan.nodes.length / 2) return false
        if (!healthy.some(({ name }) => Number(name.slice(1)) <= draft.bootstraps)) return false
      }
      return true
    }),
    { numRuns: 500 }
  )
  t.end()
})

test('equal seeds make equal drafts, plan by plan; another seed makes others', async t => {
  const drafts = (seed: number) =>
    Array.from({ length: 50 }, (_, index) => scenarioText(generate({ seed, index: index + 1, kinds: DRAFT_KINDS })))
  t.same(drafts(7), drafts(7))
  const others = drafts(8)
  t.equal(drafts(7).filter((text, index) => text === others[index]).length, 0)
})

test('every kind comes up, and only those that are wanted', async t => {
  const kindsOf = (kinds: typeof DRAFT_KINDS) =>
    new Set(
      Array.from({ length: 300 }, (_, index) => generate({ seed: 1, index: index + 1, kinds })).flatMap(({ steps }) =>
        steps.map(({ kind }) => kind)
      )
    )
  t.same([...kindsOf(DRAFT_KINDS)].sort(), [...DRAFT_KINDS].sort())
  t.same([...kindsOf(['pause', 'leave'])].sort(), ['leave', 'pause'])
})

test('packets that overtake others are delayed, as real links need it', async t => {
  const links = Array.from({ length: 300 }, (_, index) => generate({ seed: 1, index: index + 1, kinds: ['links'] }))
    .flatMap(({ steps }) => steps)
    .map(({ keys = {} }) => Object.keys(keys))
  t.ok(links.some(keys => keys.includes('reordering')))
  t.ok(links.some(keys => !keys.includes('latency')))
  t.same(
    links.filter(keys => keys.includes('reordering') && !keys.includes('latency')),
    []
  )
})

test('the number of nodes is the one that is wanted, up to the most', async t => {
  for (const nodes of [MIN_EXPLORED_NODES, 9, MAX_EXPLORED_NODES]) {
    t.equal(planned(generate({ seed: 3, index: 1, nodes, kinds: DRAFT_KINDS })).nodes.length, nodes)
  }
})

test('with fewer nodes, the steps keep to those that are left, and those that no step names go first', async t => {
  fc.assert(
    fc.property(anyDraft, fc.integer({ min: 0, max: 40 }), (draft, nodes) => {
      const smaller = withNodes(draft, nodes)
      if (smaller === undefined) return nodes <= draft.bootstraps
      const named = new Set(smaller.steps.flatMap(({ first, last }) => [first, last]))
      return (
        smaller.nodes === Math.min(nodes, draft.nodes) && [...named].every(node => node >= 1 && node <= smaller.nodes)
      )
    })
  )
  const draft: Draft = {
    seed: 1,
    nodes: 8,
    bootstraps: 1,
    steps: [{ kind: 'kill', first: 7, last: 8, atMs: 0 }]
  }
  t.match(withNodes(draft, 3), { nodes: 3, steps: [{ first: 2, last: 3 }] })
})

/** Just after each beginning, and just before each end. */
function momentsOf(plan: Plan): number[] {
  return [
    0,
    ...plan.steps.flatMap(({ begins, action }) => [startOf({ begins }), endOf({ begins, action }) - 1])
  ].filter(Number.isFinite)
}

function isHealthy(plan: Plan, node: string, atMs: number): boolean {
  const { startsAtOnce } = plan.nodes.find(({ name }) => name === node)!
  let runs = startsAtOnce
  let isHit = false
  for (const step of plan.steps) {
    const { action } = step
    if (startOf(step) > atMs || !touched(action).includes(node)) continue
    if (action.type === 'join' || action.type === 'restart') runs = true
    if (action.type === 'leave' || endOf(step) === Number.POSITIVE_INFINITY) runs = false
    else if (endOf(step) > atMs) isHit = true
  }
  return runs && !isHit
}

function touched(action: Action): readonly string[] {
  const isCut = action.type === 'fault' && action.fault.type === 'partition'
  return isCut ? action.fault.groups.flat() : actedOn(action)
}

function startOf({ begins }: Pick<Plan['steps'][number], 'begins'>): number {
  return begins.type === 'at' ? begins.atMs : Number.POSITIVE_INFINITY
}

function endOf({ begins, action }: Pick<Plan['steps'][number], 'begins' | 'action'>): number {
  if (action.type === 'fault') return startOf({ begins }) + (action.forMs ?? Number.POSITIVE_INFINITY)
  return startOf({ begins }) + (action.type === 'restart' ? action.afterMs : 0)
}
