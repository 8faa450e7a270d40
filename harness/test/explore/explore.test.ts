import { Discovery } from '@gossip-discovery/libp2p/core'
import { test } from 'tap'
import { scenarioText } from '../../src/explore/draft.ts'
import { type ExploreOptions, explore, type Trial } from '../../src/explore/explore.ts'
import { DRAFT_KINDS } from '../../src/explore/generate.ts'
import { explorationExitCode, explorationText } from '../../src/explore/summary.ts'
import { readScenario } from '../../src/scenario/file/read.ts'
import type { Plan } from '../../src/scenario/plan.ts'
import { planScenario } from '../../src/scenario/planning/plan-scenario.ts'
import type { CreateCore } from '../../src/simulation/host/world.ts'
import { runSimulation } from '../../src/simulation/summary.ts'

/** A core that never forgets anybody. */
const neverForgets: CreateCore = (config, self, host, nowMs) => {
  const core = new Discovery(config, self, host, nowMs)
  const { handle } = core
  core.handle = function (input, atMs) {
    return handle.call(this, input, atMs).filter(({ type }) => type !== 'expired')
  }
  return core
}

const fails = ({ steps }: Plan) =>
  steps.some(({ action }) => action.type === 'fault' && action.fault.type === 'pause') ? 'fail' : 'pass'

/** Explores so many plans, by what `outcomeOf` makes of each. */
function explored(
  plans: number,
  outcomeOf: (plan: Plan, run: number) => Trial['outcome'],
  more: Partial<ExploreOptions> = {}
) {
  let begun = 0
  let run = 0
  const discarded: number[] = []
  return explore({
    seed: 4,
    nodes: 8,
    kinds: DRAFT_KINDS,
    settleMs: 1_000,
    isExact: true,
    isOver: () => ++begun > plans,
    isInterrupted: () => false,
    async run(plan) {
      const id = ++run
      return {
        outcome: outcomeOf(plan, id),
        reason: `run ${id}`,
        keep: async () => `folder ${id}`,
        async discard() {
          discarded.push(id)
        }
      }
    },
    ...more
  }).then(found => ({ found, discarded, runs: run }))
}

test('a core that never forgets is found, and its plan shrinks to the node that ends, which repeats from its file', async t => {
  const outcomeOf = (plan: Plan) => runSimulation({ plan, createCore: neverForgets }).judgement.outcome
  const { found } = await explored(1, outcomeOf, { kinds: ['kill', 'starve', 'clock'], seed: 4 })
  const [failure] = found.failures
  t.equal(found.outcomes.fail, 1)
  t.ok(failure!.draft.steps.length > 1, 'several steps were planned')
  t.match(failure!.smallest, { nodes: failure!.draft.bootstraps + 1, steps: [{ kind: 'kill' }] })
  t.equal(failure!.smallest.steps.length, 1)
  t.same([failure!.failed, failure!.runs], [1, 1])
  const again = readScenario(scenarioText(failure!.smallest), { name: 'again', file: 'again.yaml' })
  t.equal(outcomeOf(planScenario(again, { settleMs: 1_000 })), 'fail', 'its file fails as well')
  const sound = runSimulation({ plan: planScenario(again, { settleMs: 1_000 }) })
  // A node that is left alone has nobody to list, which is no pass either.
  t.not(sound.judgement.outcome, 'fail', 'the real core does not')
  t.same(sound.judgement.findings, [])
})

test('a step that fails is made as short as it may be, and others are dropped', async t => {
  const { found } = await explored(20, fails)
  t.ok(found.failures.length > 1)
  for (const { smallest } of found.failures) {
    t.match(smallest, { nodes: smallest.bootstraps + 1, steps: [{ kind: 'pause' }] })
    t.equal(smallest.steps.length, 1)
    t.equal(smallest.steps[0]!.first, smallest.steps[0]!.last)
    t.ok(smallest.steps[0]!.forMs! < 4_000, 'half of it would be too short')
  }
})

test('of all runs only the folder of the smallest that fails is kept', async t => {
  const { found, discarded, runs } = await explored(20, fails)
  const kept = found.failures.map(({ folder }) => Number(folder.split(' ')[1]))
  t.equal(discarded.length + kept.length, runs)
  t.same(
    discarded.filter(id => kept.includes(id)),
    []
  )
})

test('a real network is run again at most 10 times, and how often the smallest failed is counted', async t => {
  const { found, runs } = await explored(1, (_, run) => (run <= 3 || run % 2 === 0 ? 'fail' : 'pass'), {
    isExact: false
  })
  t.equal(runs, 11)
  t.match(found.failures, [{ runs: 5, failed: 3 }], 'once when it was found, and four times afterwards')
})

test('an interrupt ends it, and what there was is told', async t => {
  const { found, discarded } = await explored(9, (_, run) => (run === 4 ? 'interrupted' : 'pass'))
  t.match(found, { plans: 3, outcomes: { pass: 3, fail: 0, unknown: 0 } })
  t.ok(discarded.includes(4))
})

test('the exit code is that of a failure first, and unknown for more than half, or for nothing', async t => {
  const codeOf = async (outcomes: Trial['outcome'][]) =>
    explorationExitCode((await explored(outcomes.length, (_, run) => outcomes[run - 1] ?? 'pass')).found)
  t.equal(await codeOf(['pass', 'pass']), 0)
  t.equal(await codeOf(['pass', 'unknown']), 0)
  t.equal(await codeOf(['unknown', 'pass', 'unknown']), 3)
  t.equal(await codeOf([]), 3)
  t.equal(await codeOf(['unknown', 'unknown', 'fail']), 1)
})

test('the summary names what failed with its command, doubts, plans and steps by kind', async t => {
  const { found } = await explored(5, (plan, run) => (run === 1 ? 'unknown' : fails(plan)))
  const text = explorationText(found, ({ index }) => `test-network run ${index}.yaml`)
  for (const { index } of found.failures) t.match(text, new RegExp(`plan ${index} failed: (.|\n)*run ${index}\\.yaml`))
  t.match(text, /^plan 1 could not be judged: run 1$/m)
  t.match(text, /^seed 4: 5 plans, \d passed, \d failed, 1 unknown$/m)
  t.match(text, /^steps: [a-z-]+ \d+(, [a-z-]+ \d+)*$/m)
})
