/**
 * The simulator's own witness, which keeps up with 10,000 nodes, beside the judge, who reads the history: the same outcome and
 * the same broken rules for the same run, whatever is planned and whichever core is broken.
 */
import { type AddressBookEntry, Discovery, type Output } from '@gossip-discovery/libp2p/core'
import fc from 'fast-check'
import { test } from 'tap'
import type { Fault, Flapping } from '../../src/faults/fault.ts'
import type { Judgement } from '../../src/judge/judgement.ts'
import type { RuleId } from '../../src/judge/rules.ts'
import type { Action, Bounds, PlannedStep } from '../../src/scenario/plan.ts'
import type { CreateCore } from '../../src/simulation/host/world.ts'
import { at, fault, name, next, type PlanInit, simulate } from './plans.ts'

/** Runs of the property; more of them with RUNS=500. */
const RUNS = Number(process.env.RUNS ?? 200)
const SEED = Number(process.env.SEED ?? 11)

type BookOutput = Extract<Output, { entry: AddressBookEntry }>

/** What the core of n3 does with each of its outputs that change its book. */
const DEFECTS: Record<string, (output: BookOutput) => Output[]> = {
  none: output => [output],
  'tells nothing of who joins': output => (output.type === 'joined' ? [] : [output]),
  'tells nothing of who expires': output => (output.type === 'expired' ? [] : [output]),
  'says that a newcomer is gone': output =>
    output.type === 'joined' ? [output, { ...output, type: 'expired' }] : [output],
  'says everything twice': output => [output, output],
  'says updated of newcomers': output => [output.type === 'joined' ? { ...output, type: 'updated' } : output]
}

/** What the core of n3 does with what is in its book after so long. */
const SLOW_DEFECTS: Record<string, (core: Discovery, nowMs: number) => void> = {
  'keeps what is gone': core => {
    core.book.shorten = () => false as never
  },
  'believes that everybody is gone after 3 s': core => {
    core.book.apply = function (record, ...rest) {
      const result = Object.getPrototypeOf(this).apply.call(this, record, ...rest)
      const ttlMs = Math.min(record.announcement.ttlMs, 3_000)
      if (result !== 'stale') this.shorten(record.announcement.peer, rest[0] + ttlMs)
      return result
    }
  }
}

function coreWith(defect: string): CreateCore {
  return (config, self, host, nowMs) => {
    const core = new Discovery(config, self, host, nowMs)
    if (config.name !== 'n3') return core
    SLOW_DEFECTS[defect]?.(core, nowMs)
    const { handle } = core
    core.handle = function (input, atMs) {
      const alter = DEFECTS[defect] ?? DEFECTS.none!
      return handle.call(this, input, atMs).flatMap(output => ('entry' in output ? alter(output) : [output]))
    }
    return core
  }
}

const some = (nodes: number, most = nodes - 1) =>
  fc.uniqueArray(fc.nat(nodes - 1), { minLength: 1, maxLength: most }).map(chosen => chosen.map(name))

const faults = (nodes: number): fc.Arbitrary<Fault> =>
  fc.oneof(
    some(nodes, 2).map((nodes): Fault => ({ type: 'kill', nodes })),
    some(nodes, 2).map((nodes): Fault => ({ type: 'power-off', nodes })),
    some(nodes, 2).map((nodes): Fault => ({ type: 'pause', nodes })),
    some(nodes).map((group): Fault => ({ type: 'partition', groups: [group] })),
    some(nodes, 2).map((nodes): Fault => ({ type: 'one-way', nodes, direction: 'inbound' })),
    some(nodes).map((nodes): Fault => ({ type: 'links', nodes, links: { latencyMs: 200 } }))
  )

/** Most faults end; some flap. */
const broken = (nodes: number): fc.Arbitrary<Action> =>
  fc
    .record({
      what: faults(nodes),
      forMs: fc.option(fc.constantFrom(3_000, 9_000, 20_000), { freq: 4, nil: undefined }),
      flapping: fc.option(fc.constant<Flapping>({ onMs: 2_000, offMs: 1_500 }), { freq: 5, nil: undefined })
    })
    .map(({ what, forMs, flapping }) => fault(what, forMs, forMs === undefined ? undefined : flapping))

const actions = (nodes: number): fc.Arbitrary<Action> =>
  fc.oneof(
    { weight: 4, arbitrary: broken(nodes) },
    { weight: 1, arbitrary: some(nodes, 1).map(nodes => ({ type: 'leave' as const, nodes })) },
    {
      weight: 1,
      arbitrary: fc.record({
        type: fc.constant('restart' as const),
        nodes: some(nodes, 2),
        key: fc.constantFrom('same' as const, 'new' as const),
        afterMs: fc.constantFrom(0, 1_000, 8_000)
      })
    }
  )

const bounds: fc.Arbitrary<Bounds> = fc.record(
  {
    convergeWithinMs: fc.constantFrom(1_000, 20_000, 20_000, 20_000),
    detectWithinMs: fc.constantFrom(1_000, 3_000, 10_000),
    reconvergeWithinMs: fc.constantFrom(1_000, 5_000),
    falseDrops: fc.constantFrom(0, 5),
    maxBytesPerSecond: fc.constantFrom(100, 100_000, 100_000, 100_000)
  },
  { requiredKeys: [] }
)

type Step = Omit<PlannedStep, 'id' | 'withinMs'>

const waits = fc.constantFrom<Action>(
  { type: 'wait', until: 'full' },
  { type: 'wait', until: 'noticed' },
  { type: 'wait', until: 'whole' }
)

const runs = fc.integer({ min: 3, max: 30 }).chain(nodes =>
  fc.record({
    init: fc.record({
      nodes: fc.constant(nodes),
      seed: fc.nat(1_000),
      deadlineMs: fc.constantFrom(15_000, 60_000, 120_000),
      bounds,
      steps: fc
        .array(
          fc.record({ action: actions(nodes), atMs: fc.integer({ min: 300, max: 20_000 }), wait: fc.option(waits) }),
          {
            maxLength: 3
          }
        )
        .map(planned =>
          planned.flatMap(({ action, atMs, wait }): Step[] => [
            at(atMs, action),
            ...(wait === null ? [] : [next(wait)])
          ])
        )
    }),
    defect: fc.constantFrom('none', 'none', ...Object.keys(DEFECTS), ...Object.keys(SLOW_DEFECTS))
  })
)

function brokenRules({ outcome, checks }: Judgement): { outcome: string; broken: RuleId[] } {
  return { outcome, broken: checks.filter(({ status }) => status === 'fail').map(({ rule }) => rule) }
}

/** The same run twice, once with a whole history and once with a digest. */
function bothOf(init: PlanInit, defect: string) {
  const options = { createCore: coreWith(defect) }
  const byJudge = simulate(init, options)
  const byWitness = simulate(init, { ...options, maxRecordedNodes: 0 })
  return { byJudge, byWitness }
}

test('the witness and the judge find the same rules broken, on up to 30 nodes', async t => {
  const seen = new Set<string>()
  fc.assert(
    fc.property(runs, ({ init, defect }) => {
      const { byJudge, byWitness } = bothOf(init, defect)
      const [judge, witness] = [brokenRules(byJudge.judgement), brokenRules(byWitness.judgement)]
      if (JSON.stringify(judge) !== JSON.stringify(witness)) {
        throw new Error(`judge ${JSON.stringify(judge)}, witness ${JSON.stringify(witness)}`)
      }
      for (const word of [judge.outcome, ...judge.broken]) seen.add(word)
    }),
    { numRuns: RUNS, seed: SEED, endOnFailure: true }
  )
  t.comment([...seen].join(' '))
  for (const word of ['pass', 'fail', 'unknown', 'complete', 'no-drops', 'notices', 'steps', 'bytes', 'book-as-told']) {
    t.ok(seen.has(word), `${word} came up`)
  }
})
