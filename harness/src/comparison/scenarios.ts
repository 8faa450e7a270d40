/** The scenarios in `scenarios/compare`, and the plan of a run of one. */
import { fileURLToPath } from 'node:url'
import type { Plan } from '../scenario/plan.ts'
import { planScenario } from '../scenario/planning/plan-scenario.ts'
import { lastsMs } from '../scenario/planning/timeline.ts'
import type { Scenario } from '../scenario/scenario.ts'
import { loadScenario } from '../scenario/shipped.ts'
import type { ComparedScenarioName } from './names.ts'

/** How long what has come about must hold in the end. */
const SETTLE_MS = 500

/** A run may start so slowly, and its deadline leaves time for it. */
const START_MS = 10_000
const START_OF_NODE_MS = 300

export async function loadComparedScenario(name: ComparedScenarioName): Promise<Scenario> {
  return await loadScenario(fileURLToPath(new URL(`../../scenarios/compare/${name}.yaml`, import.meta.url)))
}

/** Every wait has all of its time before the deadline. */
export function planCompared(scenario: Scenario, { nodes, seed }: { nodes: number; seed: number }): Plan {
  return withDeadline(planScenario(scenario, { nodes, seed, settleMs: SETTLE_MS }))
}

/** The plan up to a step: nobody joins who would come later. */
export function planBefore(plan: Plan, step: string): Plan {
  const index = plan.steps.findIndex(({ id }) => id === step)
  const steps = plan.steps.slice(0, index)
  const later = new Set(plan.steps.slice(index).flatMap(({ action }) => (action.type === 'join' ? action.nodes : [])))
  return withDeadline({ ...plan, steps, nodes: plan.nodes.filter(({ name }) => !later.has(name)) })
}

/** How long a run of the plan takes where every wait is over at once. */
export function leastMs({ steps, settleMs }: Plan): number {
  return lastsMs(steps) + settleMs
}

function withDeadline(plan: Plan): Plan {
  const waits = plan.steps.map(({ action, withinMs }) => (action.type === 'wait' ? withinMs : 0))
  const waitsMs = waits.reduce((sum, ms) => sum + ms, 0)
  return { ...plan, deadlineMs: leastMs(plan) + waitsMs + START_MS + START_OF_NODE_MS * plan.nodes.length }
}
