/** Histories of three nodes that have met, with one step of a plan. */
import type { Fault, Proof } from '../../src/faults/fault.ts'
import type { Observation } from '../../src/history/history.ts'
import { type Bounds, PLAN_LINKS, type Plan, type PlannedStep } from '../../src/scenario/plan.ts'
import { HistoryBuilder } from './history-builder.ts'

export const abc = ['a', 'b', 'c']

export const stepOf = (action: PlannedStep['action']): PlannedStep => {
  return { id: 's1', begins: { type: 'at', atMs: 0, from: 'full' }, action, withinMs: 30_000 }
}
export const killC = stepOf({ type: 'fault', fault: { type: 'kill', nodes: ['c'] } })

/** Three nodes that have met, with one step planned or none. */
export function planned(step: PlannedStep | undefined, bounds: Bounds = {}): HistoryBuilder {
  const nodes = abc.map(name => ({ name, program: 'p', bootstrap: [], startsAtOnce: true }))
  const plan: Plan = {
    scenario: 'x',
    seed: 1,
    nodes,
    links: {},
    steps: step === undefined ? [] : [step],
    bounds,
    deadlineMs: 30_000,
    settleMs: 1_000
  }
  const startedAt = '1970-01-01T00:00:01.000Z'
  const start: Observation = {
    ...{ type: 'run-started', startedAt, scenario: 'x', nodes: abc, deadlineMs: 30_000, settleMs: 1_000 },
    command: 'test-network run x',
    plan
  }
  return new HistoryBuilder(start)
    .started(...abc)
    .everybodyMeets()
    .at(2_000)
}

export function killed(bounds: Bounds): HistoryBuilder {
  return killing(planned(killC, bounds))
}

/** What follows once a history has come to its kill. */
export function killing(history: HistoryBuilder): HistoryBuilder {
  return history
    .observed({ type: 'step', step: 's1', state: 'begun' })
    .exited('c', { signal: 'SIGKILL' })
    .faultInjected('s1', 'c')
    .observed({ type: 'fault-proof', fault: 's1', of: 'injection', result: 'confirmed', seen: 'gone' })
    .observed({ type: 'step', step: 's1', state: 'done' })
}

/** Every link of the plan is bad from here on, as far as the proof shows. */
export function badLinks(history: HistoryBuilder, result: Proof['result'] = 'confirmed'): HistoryBuilder {
  const what: Fault = { type: 'links', nodes: abc, links: { latencyMs: 300 } }
  return history
    .observed({ type: 'fault-injected', fault: PLAN_LINKS, nodes: abc, what })
    .observed({ type: 'fault-proof', fault: PLAN_LINKS, of: 'injection', result, seen: 'packets were counted' })
}
