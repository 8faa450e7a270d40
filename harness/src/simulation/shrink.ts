/** A failing simulation, made as small as it can be. */
import { smallestFailing } from '../explore/smallest.ts'
import type { Plan } from '../scenario/plan.ts'
import type { SimulationOptions } from './simulation.ts'
import { runSimulation, type SimulationResult } from './summary.ts'

export interface Shrunk {
  readonly plan: Plan
  readonly result: SimulationResult
  /** Simulations that were tried. */
  readonly tried: number
}

export interface ShrinkOptions extends Omit<SimulationOptions, 'plan' | 'command'> {
  /**
   * The same scenario for another number of nodes; its steps keep their ids.
   *
   * @throws {Error} when it is not for so few
   */
  readonly planFor: (nodes: number) => Plan
  /** Default: it fails. */
  readonly fails?: (result: SimulationResult) => boolean
}

const MAX_TRIED = 200

/** Time of the host, not of the simulation. */
const MAX_WALL_MS = 120_000

/** Nodes of a plan, and the ids of its steps. */
interface Cut {
  readonly nodes: number
  readonly steps: readonly string[]
}

/**
 * Takes nodes and steps out of a plan for as long as its simulation still fails.
 *
 * @returns undefined when the plan does not fail
 */
export async function shrink(plan: Plan, options: ShrinkOptions): Promise<Shrunk | undefined> {
  const { planFor, fails = ({ judgement }) => judgement.outcome === 'fail', ...simulated } = options
  const first = runSimulation({ plan, ...simulated })
  if (!fails(first)) return undefined
  let smallest = { plan, result: first }
  const untilMs = performance.now() + MAX_WALL_MS
  const { tried } = await smallestFailing<string, Cut>(
    { nodes: plan.nodes.length, steps: plan.steps.map(({ id }) => id) },
    {
      maxTried: MAX_TRIED,
      isOver: () => performance.now() >= untilMs,
      withNodes: (cut, nodes) => (nodes < 2 ? undefined : { ...cut, nodes }),
      async attempt({ nodes, steps }) {
        const smaller = planOrNone(planFor, nodes)
        if (smaller === undefined) return 'impossible'
        const tried = withSteps(smaller, new Set(steps))
        const result = runSimulation({ plan: tried, ...simulated })
        if (!fails(result)) return 'holds'
        smallest = { plan: tried, result }
        return 'fails'
      }
    }
  )
  return { ...smallest, tried: tried + 1 }
}

/** The plan without the steps whose ids are not given. */
export function withSteps(plan: Plan, ids: ReadonlySet<string>): Plan {
  return { ...plan, steps: plan.steps.filter(({ id }) => ids.has(id)) }
}

function planOrNone(planFor: (nodes: number) => Plan, nodes: number): Plan | undefined {
  try {
    return planFor(nodes)
  } catch {
    return undefined
  }
}
