import fc from 'fast-check'
import { test } from 'tap'
import type { Fault } from '../../src/faults/fault.ts'
import type { History } from '../../src/history/history.ts'
import type { FaultHabits, NodeHabits } from '../toolkit/fake-runner.ts'
import { isType, type PlanParts, planOf, runFake } from './fake-run.ts'

const RUNS = 150

const NODES = ['n1', 'n2', 'n3', 'n4', 'n5']

const nodes = fc.subarray(NODES, { minLength: 1 })
const ms = fc.integer({ min: 0, max: 20_000 })
const fault: fc.Arbitrary<Fault> = fc.oneof(
  fc.record({ type: fc.constantFrom('kill', 'pause', 'power-off'), nodes }),
  fc.record({ type: fc.constant('partition'), groups: fc.tuple(nodes, nodes) }),
  fc.record({ type: fc.constant('links'), nodes, links: fc.constant({ latencyMs: 50 }) })
)
const action: fc.Arbitrary<PlanParts['steps'][number]> = fc.oneof(
  fc.record({ type: fc.constant('fault'), fault, forMs: ms }),
  fc.record({ type: fc.constant('fault'), fault }),
  fc.record({
    type: fc.constant('fault'),
    fault,
    forMs: ms,
    flapping: fc.record({ onMs: fc.integer({ min: 100, max: 5_000 }), offMs: fc.integer({ min: 100, max: 5_000 }) })
  }),
  fc.record({ type: fc.constantFrom('join', 'leave'), nodes }),
  fc.record({ type: fc.constant('restart'), nodes, key: fc.constantFrom('same', 'new'), afterMs: ms }),
  fc.record({ type: fc.constant('wait'), until: fc.constantFrom('full', 'noticed', 'whole') })
)
const begins = fc.oneof(
  fc.constant({ type: 'next' } as const),
  fc.record({ type: fc.constant('at'), atMs: ms, from: fc.constantFrom('start', 'full') })
)
const step = fc.tuple(action, begins, fc.integer({ min: 1, max: 15_000 })).map(([act, begin, withinMs]) => ({
  ...act,
  begins: begin,
  withinMs
}))
const outcome = fc.oneof(
  { weight: 6, arbitrary: fc.constant('works' as const) },
  { weight: 1, arbitrary: fc.constantFrom('rejects' as const, 'hangs' as const) },
  { weight: 2, arbitrary: fc.record({ afterMs: ms }) }
)
const faultHabits: fc.Arbitrary<FaultHabits> = fc.record({ inject: outcome, prove: outcome, undo: outcome })
const nodeHabits: fc.Arbitrary<NodeHabits> = fc.oneof(
  { weight: 8, arbitrary: fc.constant({}) },
  { weight: 1, arbitrary: fc.record({ readyAfterMs: fc.oneof(ms, fc.constant(Number.POSITIVE_INFINITY)) }) },
  { weight: 1, arbitrary: fc.record({ diesAfterMs: ms }) }
)

test('whatever is planned and whatever goes wrong, what was broken is healed or told, and nothing outlives the run', async t => {
  let healed = 0
  let told = 0
  await fc.assert(
    fc.asyncProperty(
      fc.array(step, { maxLength: 6 }),
      fc.integer({ min: 0, max: 2 }),
      fc.infiniteStream(nodeHabits),
      fc.array(faultHabits, { minLength: 1, maxLength: 4 }),
      fc.option(ms),
      async (steps, later, habits, faults, interruptAtMs) => {
        const plan = planOf({ nodes: NODES.length, later, steps, deadlineMs: 40_000 })
        const interrupt = new AbortController()
        const onEvent = ({ atMs }: History[number]) => {
          if (interruptAtMs !== null && atMs >= interruptAtMs) interrupt.abort()
        }
        let asked = 0
        const habitsOf = () => habits.next().value
        const faultHabitsOf = () => faults[asked++ % faults.length]!
        const { history, runner, clock } = await runFake(
          plan,
          { habitsOf, faultHabitsOf },
          { interrupt: interrupt.signal, onEvent }
        )
        const callsInRun = runner.calls.length
        await clock.runOut()
        mustHealOrTell(history)
        mustEndInOrder(history)
        if (runner.living.length > 0) throw new Error(`${runner.living.join()} outlived the run`)
        // What comes in force late still kills, and is undone.
        const late = runner.calls.slice(callsInRun).filter(call => !/^(undo|signal)/.test(call))
        if (late.length > 0) throw new Error(`after the end: ${late.join()}`)
        healed += history.filter(isType('fault-healed')).length
        told += history.filter(event => event.type === 'step' && event.state === 'failed').length
        const left = [...runner.inForce].length
        const untold = history.filter(event => event.type === 'step' && /healed/.test(event.why ?? '')).length
        if (left > untold) throw new Error(`${left} faults are left, ${untold} told of`)
      }
    ),
    { numRuns: RUNS }
  )
  t.ok(healed > 0 && told > 0, `${healed} healed, ${told} steps that failed`)
})

function mustHealOrTell(history: History): void {
  const open = new Map<string, number>()
  for (const event of history) {
    if (event.type === 'fault-injected') open.set(event.fault, (open.get(event.fault) ?? 0) + 1)
    if (event.type === 'fault-healed') open.set(event.fault, (open.get(event.fault) ?? 0) - 1)
  }
  for (const [fault, count] of open) {
    if (count < 0) throw new Error(`${fault} was healed more often than injected`)
    const isTold = history.some(event => event.type === 'step' && event.step === fault && event.state === 'failed')
    if (count > 0 && !isTold) throw new Error(`${fault} was not healed, and the history does not say so`)
  }
}

function mustEndInOrder(history: History): void {
  if (history.at(-1)?.type !== 'run-closed') throw new Error(`${history.at(-1)?.type} is the last event`)
  const endedAt = history.findIndex(isType('run-ended'))
  const begun = history
    .slice(endedAt)
    .find(({ type }) => ['fault-injected', 'spawned', 'leave-requested'].includes(type))
  if (begun !== undefined) throw new Error(`${begun.type} after the run had ended`)
  const spawned = history.filter(isType('spawned')).length
  const exited = history.filter(isType('exited')).length
  if (spawned !== exited) throw new Error(`${spawned} processes were started, ${exited} ended`)
}
