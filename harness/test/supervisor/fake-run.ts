import type { History, HistoryEvent, Observation } from '../../src/history/history.ts'
import { planColdStart } from '../../src/scenario/cold-start.ts'
import type { Action, Beginning, Plan, PlannedNode, PlannedStep } from '../../src/scenario/plan.ts'
import { type SuperviseOptions, supervise } from '../../src/supervisor/supervisor.ts'
import { FakeClock } from '../toolkit/fake-clock.ts'
import { FakeRunner, type FakeRunnerOptions } from '../toolkit/fake-runner.ts'

/** Of a plan whose steps follow each other, unless a step says when it begins. */
export interface PlanParts {
  nodes?: number
  /** The last ones join by a step. */
  later?: number
  steps: readonly (Action & { begins?: Beginning; withinMs?: number })[]
  deadlineMs?: number
}

export function planOf({ nodes = 4, later = 0, steps, deadlineMs = 100_000 }: PlanParts): Plan {
  const cold = planColdStart({ scenario: 'test', nodes, bootstrapPeers: 1, deadlineMs, settleMs: 1_000 })
  const planned = cold.nodes.map((node, index): PlannedNode => ({ ...node, startsAtOnce: index < nodes - later }))
  const numbered = steps.map(({ begins, withinMs = 10_000, ...action }, index): PlannedStep => {
    const begin: Beginning = begins ?? (index === 0 ? { type: 'at', atMs: 0, from: 'full' } : { type: 'next' })
    return { id: `s${index + 1}`, begins: begin, action: action as Action, withinMs }
  })
  return { ...cold, nodes: planned, steps: numbered }
}

export interface FakeRun {
  history: History
  runner: FakeRunner
  clock: FakeClock
}

/** Carries the plan out in no time. */
export async function runFake(
  plan: Plan,
  runnerOptions: FakeRunnerOptions = {},
  options: Partial<SuperviseOptions> = {}
): Promise<FakeRun> {
  const clock = new FakeClock()
  const runner = new FakeRunner(clock, runnerOptions)
  const run = supervise(plan, {
    runner,
    interrupt: new AbortController().signal,
    command: 'test-network',
    concurrentStarts: 2,
    onEvent: () => {},
    pace: { next: async () => {} },
    clock,
    collectEvidence: () => ({ ready: () => {}, end: async () => {}, close: () => {} }),
    ...options
  })
  return { history: await clock.run(run), runner, clock }
}

/** Steps, faults and the end, one line each. */
export function wordsOf(history: History): string[] {
  return history.flatMap(event => {
    switch (event.type) {
      case 'step':
        return `${event.step} ${event.state}`
      case 'fault-injected':
      case 'fault-healed':
        return `${event.fault} ${event.type.slice('fault-'.length)}`
      case 'fault-proof':
        return `${event.fault} proof of ${event.of}: ${event.result}`
      case 'run-ended':
        return `ended: ${event.reason}`
      case 'run-closed':
        return 'closed'
      default:
        return []
    }
  })
}

export function isType<T extends Observation['type']>(type: T) {
  return (event: HistoryEvent): event is HistoryEvent & { type: T } => event.type === type
}

export function whyOf(history: History, step: string): string | undefined {
  return history.filter(isType('step')).find(event => event.step === step && event.why !== undefined)?.why
}
