/** Scenarios of a test's own. */
import type { Fault, PlannedFault } from '../../src/simulation/faults.ts'
import type { LinkModel } from '../../src/simulation/net/network.ts'
import { type Plan, type PlanInit, SCENARIOS } from '../../src/simulation/scenarios.ts'
import { runSimulation, Simulation, type SimulationOptions } from '../../src/simulation/simulation.ts'
import type { SimulationResult } from '../../src/simulation/summary.ts'

/** The cold start of a small network is over by then. */
export const BREAK_AT_MS = 10_000

/** A cold start, and what else a test asks for. */
export function scenario(change: Partial<Plan> = {}, link: Partial<LinkModel> = {}) {
  const plan = (init: PlanInit): Plan => {
    const calm = SCENARIOS.calm.plan(init)
    return { ...calm, ...change, link: { ...calm.link, ...link } }
  }
  return { name: 'test', plan }
}

export function planned(fault: Fault, forMs?: number, atMs = BREAK_AT_MS): PlannedFault {
  return { fault, atMs, ...(forMs !== undefined && { untilMs: atMs + forMs }) }
}

export function simulate(options: Partial<SimulationOptions> = {}): SimulationResult {
  return runSimulation({ nodes: 10, deadlineMs: 120_000, seed: 1, ...options })
}

/** A network that is up, and stays as it is; stopped at `untilMs`, to be looked at. */
export function simulationAt(untilMs: number, options: Partial<SimulationOptions> = {}): Simulation {
  const simulation = new Simulation({
    nodes: 10,
    deadlineMs: untilMs,
    seed: 1,
    scenario: scenario({ lastsMs: untilMs }),
    ...options
  })
  simulation.run()
  return simulation
}
