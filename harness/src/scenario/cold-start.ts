/** The plan of a run that only starts its nodes and waits until all of them know each other. */
import type { Plan, PlannedNode } from './plan.ts'

export interface ColdStart {
  readonly scenario: string
  /** How many, at least 2. */
  readonly nodes: number
  /** Every later node is told the addresses of this many first ones. */
  readonly bootstrapPeers: number
  readonly deadlineMs: number
  readonly settleMs: number
}

/** The program that every node of the plan runs. */
export const ONLY_PROGRAM = 'node'

export function planColdStart({ scenario, nodes, bootstrapPeers, deadlineMs, settleMs }: ColdStart): Plan {
  return {
    scenario,
    seed: 1,
    nodes: Array.from({ length: nodes }, (_, index) => plannedNode(index, bootstrapPeers)),
    links: {},
    steps: [],
    bounds: {},
    deadlineMs,
    settleMs
  }
}

function plannedNode(index: number, bootstrapPeers: number): PlannedNode {
  const bootstrap = Array.from({ length: Math.min(index, bootstrapPeers) }, (_, earlier) => `n${earlier + 1}`)
  return { name: `n${index + 1}`, program: ONLY_PROGRAM, bootstrap, startsAtOnce: true }
}
