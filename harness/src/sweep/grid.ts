/** What a sweep measures: every number of nodes at every loss, so many times, in an order that is fair to all of them. */
import { planChance, sample } from '../scenario/chance.ts'

/** One cell of the grid. */
export interface SweepCell {
  readonly nodes: number
  /** Of each packet, on every link; undefined if links are as the scenario has them. */
  readonly lossPercent?: number | undefined
}

export interface Grid {
  /** Ascending, each once. */
  readonly nodes: readonly number[]
  /** Ascending, each once; undefined if links are as the scenario has them. */
  readonly lossPercent?: readonly number[] | undefined
  /** Runs of each cell. */
  readonly repeat: number
  /** Of the first round; each round has the next one. */
  readonly seed: number
}

/** A run that is to be made. */
export interface Turn extends SweepCell {
  /** From 1. */
  readonly round: number
  /** Of its plan: the same for all cells of a round. */
  readonly seed: number
}

/** By loss, and then by the number of nodes. */
export function cellsOf({ nodes, lossPercent }: Pick<Grid, 'nodes' | 'lossPercent'>): SweepCell[] {
  return (lossPercent ?? [undefined]).flatMap(loss => nodes.map(count => ({ nodes: count, lossPercent: loss })))
}

/**
 * Round by round, each cell once in every round, in an order by chance: a host that becomes slower meets all cells alike, and
 * no cell always follows the same other one. Equal grids give equal turns.
 */
export function turnsOf(grid: Grid): Turn[] {
  const cells = cellsOf(grid)
  return Array.from({ length: grid.repeat }, (_, index) => {
    const seed = grid.seed + index
    const order = sample(cells, cells.length, planChance(seed, 'order of a sweep'))
    return order.map(cell => ({ ...cell, round: index + 1, seed }))
  }).flat()
}

/** `50 nodes, 5 % loss` */
export function cellText({ nodes, lossPercent }: SweepCell): string {
  return `${nodes} nodes${lossPercent === undefined ? '' : `, ${lossPercent} % loss`}`
}

export function isOfCell(one: SweepCell, other: SweepCell): boolean {
  return one.nodes === other.nodes && one.lossPercent === other.lossPercent
}
