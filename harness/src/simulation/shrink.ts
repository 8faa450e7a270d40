import type { Plan } from '../scenario/plan.ts'
import type { SimulationOptions } from './simulation.ts'
import { runSimulation, type SimulationResult } from './summary.ts'

/** A failing simulation, made as small as it could be. */
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
  /** Default: the verdict is a failure. */
  readonly fails?: (result: SimulationResult) => boolean
}

const MAX_TRIED = 200

/** Whoever waits for the smallest would rather have a small one. Time of the host, not of the simulation. */
const MAX_WALL_MS = 120_000

/**
 * Takes nodes and steps out of a plan for as long as its simulation still fails. What fails need not fail in the same way.
 *
 * @returns undefined when the plan does not fail
 */
export function shrink(plan: Plan, options: ShrinkOptions): Shrunk | undefined {
  const shrinking = new Shrinking(plan, options)
  if (shrinking.smallest === undefined) return undefined
  shrinking.shrinkNodes()
  shrinking.shrinkSteps()
  shrinking.shrinkNodes()
  return { ...shrinking.smallest, tried: shrinking.tried }
}

/** The plan without the steps whose ids are not given. */
export function withSteps(plan: Plan, ids: ReadonlySet<string>): Plan {
  return { ...plan, steps: plan.steps.filter(({ id }) => ids.has(id)) }
}

class Shrinking {
  smallest: { plan: Plan; result: SimulationResult } | undefined
  tried = 0
  readonly #untilMs = performance.now() + MAX_WALL_MS
  readonly #options: ShrinkOptions

  constructor(plan: Plan, options: ShrinkOptions) {
    this.#options = options
    this.#tries(plan)
  }

  /** Takes off half of the nodes, then ever smaller shares of them. */
  shrinkNodes(): void {
    let share = Math.floor(this.smallest!.plan.nodes.length / 2)
    while (share >= 1) {
      const fewer = this.#planFor(this.smallest!.plan.nodes.length - share)
      if (fewer === undefined || !this.#tries(fewer)) share = Math.floor(share / 2)
    }
  }

  /** Takes out half of the steps, then ever smaller runs of them. */
  shrinkSteps(): void {
    let { steps } = this.smallest!.plan
    for (let length = Math.ceil(steps.length / 2); length >= 1; length = length === 1 ? 0 : Math.ceil(length / 2)) {
      for (let from = 0; from < steps.length; ) {
        const fewer = steps.toSpliced(from, length)
        if (this.#tries({ ...this.smallest!.plan, steps: fewer })) steps = fewer
        else from += length
      }
    }
  }

  #planFor(nodes: number): Plan | undefined {
    if (nodes < 2) return undefined
    const kept = new Set(this.smallest!.plan.steps.map(({ id }) => id))
    try {
      return withSteps(this.#options.planFor(nodes), kept)
    } catch {
      return undefined
    }
  }

  #tries(plan: Plan): boolean {
    if (this.tried >= MAX_TRIED || performance.now() >= this.#untilMs) return false
    this.tried++
    const { planFor: _, fails = ({ verdict }) => verdict.outcome === 'fail', ...options } = this.#options
    const result = runSimulation({ plan, ...options })
    if (!fails(result)) return false
    this.smallest = { plan, result }
    return true
  }
}
