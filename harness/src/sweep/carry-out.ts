/** Carries a sweep out, run by run, from where it stopped. */
import { type Grid, type Turn, turnsOf } from './grid.ts'
import type { MeasuredRun } from './measured.ts'
import { carryOutTurns, lastOfEach, missingTurns, type RunSeries, type TurnSteps } from './turns.ts'

export type SweepSteps = TurnSteps<Turn, MeasuredRun>

/**
 * Makes the runs that are missing among `done`.
 *
 * @returns all runs, those of `done` first
 */
export async function carryOutSweep(
  grid: Grid,
  done: readonly MeasuredRun[],
  steps: SweepSteps
): Promise<MeasuredRun[]> {
  return await carryOutTurns(seriesOf(turnsOf(grid)), done, steps)
}

/** Every run of the grid was tried. */
export function isComplete(grid: Grid, runs: readonly MeasuredRun[]): boolean {
  return missingTurns(seriesOf(turnsOf(grid)), runs).length === 0
}

/** The one run of each turn that counts: the last one. */
export function lastTries(runs: readonly MeasuredRun[]): MeasuredRun[] {
  return lastOfEach(runs, keyOf)
}

function seriesOf(turns: readonly Turn[]): RunSeries<Turn, MeasuredRun> {
  return { turns, keyOf, isMeasured: ({ outcome }) => outcome !== 'unknown' }
}

function keyOf({ nodes, lossPercent, round }: Turn | MeasuredRun): string {
  return `${nodes} ${lossPercent} ${round}`
}
