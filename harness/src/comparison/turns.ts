/** Which runs a comparison makes, in an order that is fair to all systems, and which of them would be in vain. */
import { planChance, sample } from '../scenario/chance.ts'
import type { RunSeries } from '../sweep/turns.ts'
import type { ComparedRun } from './measured.ts'
import { COMPARED_SCENARIOS, type ComparedScenarioName } from './names.ts'

/** One cell of the table, by the scenario that its figures come from. */
export interface ComparedCell {
  readonly system: string
  readonly scenario: ComparedScenarioName
  readonly nodes: number
}

export interface ComparedTurn extends ComparedCell {
  /** From 1. */
  readonly round: number
  readonly seed: number
}

export interface ComparedGrid {
  readonly systems: readonly string[]
  readonly scenarios: readonly ComparedScenarioName[]
  /** Ascending, each once. */
  readonly nodes: readonly number[]
  /** Runs of each cell. */
  readonly repeat: number
  /** Of the first round; each round has the next one. */
  readonly seed: number
}

/** After so many runs of a cell in which a step was missed, later ones do not wait for it. */
const GIVE_UP_AFTER = 2

/** After so many runs of a system that showed nothing, and none that did, it is not started again. */
const START_TRIES = 3

/** What is left of a turn: all of it, the part before a step, or nothing, for that reason. */
export type Part = 'all' | { readonly before: string } | { readonly none: string }

export function comparedCells({ systems, scenarios, nodes }: Omit<ComparedGrid, 'repeat' | 'seed'>): ComparedCell[] {
  return systems.flatMap(system =>
    scenarios.flatMap(scenario => {
      const sizes = COMPARED_SCENARIOS[scenario].sizes === 'all' ? nodes : nodes.slice(0, 1)
      return sizes.map(count => ({ system, scenario, nodes: count }))
    })
  )
}

/**
 * Round by round, each cell once in every round, in an order by chance: a host that becomes slower meets all systems alike. Equal
 * grids give equal turns.
 */
export function comparedSeries(grid: ComparedGrid): RunSeries<ComparedTurn, ComparedRun> {
  const cells = comparedCells(grid)
  const turns = Array.from({ length: grid.repeat }, (_, index) => {
    const seed = grid.seed + index
    const order = sample(cells, cells.length, planChance(seed, 'order of a comparison'))
    return order.map(cell => ({ ...cell, round: index + 1, seed }))
  }).flat()
  return { turns, keyOf, isMeasured: ({ outcome }) => outcome !== 'unmeasured' }
}

export function keyOf({ system, scenario, nodes, round }: ComparedTurn | ComparedRun): string {
  return `${system} ${scenario} ${nodes} ${round}`
}

export function isInCell(run: ComparedRun, { system, scenario, nodes }: ComparedCell): boolean {
  return run.system === system && run.scenario === scenario && run.nodes === nodes
}

/** What of the turn is worth its time, after the runs that were made. Equal runs give equal parts, so a comparison can go on. */
export function partOf(turn: ComparedTurn, runs: readonly ComparedRun[]): Part {
  const own = runs.filter(({ system, outcome }) => system === turn.system && outcome !== 'given-up')
  if (own.length >= START_TRIES && own.every(({ outcome }) => outcome === 'unmeasured')) {
    return { none: `it did not run ${own.length} times: ${own[0]!.reason}` }
  }
  const missed = own.filter(run => isInCell(run, turn)).flatMap(run => run.missed ?? [])
  const shortened: Readonly<Record<string, string>> = COMPARED_SCENARIOS[turn.scenario].shortened
  for (const [step, before] of Object.entries(shortened)) {
    if (missed.filter(each => each === step).length < GIVE_UP_AFTER) continue
    return before === 'none' ? { none: `step ${step} was missed ${GIVE_UP_AFTER} times` } : { before }
  }
  return 'all'
}

/** `memberlist, life with 10 nodes` */
export function turnText({ system, scenario, nodes }: ComparedCell): string {
  return `${system}, ${scenario} with ${nodes} nodes`
}
