/** Plans of a few lines of YAML. */
import type { NodeName } from '../../src/contract.ts'
import { readScenario, ScenarioError } from '../../src/scenario/file/read.ts'
import type { Action, Plan } from '../../src/scenario/plan.ts'
import { actedOn } from '../../src/scenario/planning/actions.ts'
import { planScenario } from '../../src/scenario/planning/plan-scenario.ts'

export interface Size {
  nodes?: number | undefined
  seed?: number
  deadlineMs?: number
}

export function plan(steps: string, size: Size = {}): Plan {
  return planOf(`about: x\nsteps:\n  ${steps}`, size)
}

/** Undefined when there are too few nodes for it. */
export function planned(text: string, size: Size = {}): Plan | undefined {
  try {
    return planOf(text, size)
  } catch (error) {
    if (error instanceof ScenarioError && /give the run more nodes/.test(error.message)) return undefined
    throw error
  }
}

function planOf(text: string, { nodes, seed, deadlineMs }: Size): Plan {
  const scenario = readScenario(text.trimStart(), { name: 'x', file: 'x.yaml' })
  return planScenario(scenario, { nodes, seed, deadlineMs, settleMs: 1_000 })
}

/** Of the first step. */
export function nodesAt({ steps }: Plan): readonly NodeName[] {
  return actedOn(steps[0]!.action)
}

export function endsForGood(action: Action): boolean {
  if (action.type === 'leave') return true
  return action.type === 'fault' && ['kill', 'power-off'].includes(action.fault.type) && action.forMs === undefined
}
