/** Carries a sweep out, run by run, from where it stopped. */
import { type Grid, isOfCell, type Turn, turnsOf } from './grid.ts'
import type { MeasuredRun } from './measured.ts'

/** A run that could not be judged is made again so often in all; then its place stays empty. */
export const MAX_TRIES = 3

export interface SweepSteps {
  /** Undefined if it was interrupted: it counts as never begun. */
  measure(turn: Turn): Promise<MeasuredRun | undefined>
  /** As soon as a run is over: what is kept here is not run again when the sweep goes on. */
  keep(run: MeasuredRun): Promise<void>
  /** Of the turns, `done` are over. */
  tell(turn: Turn, progress: { readonly done: number; readonly all: number }): void
  isInterrupted(): boolean
}

/**
 * Makes the runs that are missing among `done`. What could not be judged comes again when all others had their turn: by then the
 * host may have less to do.
 *
 * @returns all runs, those of `done` first
 */
export async function carryOutSweep(
  grid: Grid,
  done: readonly MeasuredRun[],
  steps: SweepSteps
): Promise<MeasuredRun[]> {
  const runs = [...done]
  const turns = turnsOf(grid)
  const queue = missingTurns(turns, done)
  for (let turn = queue.shift(); turn !== undefined && !steps.isInterrupted(); turn = queue.shift()) {
    steps.tell(turn, { done: turns.length - queue.length - 1, all: turns.length })
    const run = await steps.measure(turn)
    if (run === undefined) break
    runs.push(run)
    await steps.keep(run)
    if (run.outcome === 'unknown' && triesOf(turn, runs).length < MAX_TRIES) queue.push(turn)
  }
  return runs
}

/** Those that were never judged and may still be tried; those that were tried come last. */
export function missingTurns(turns: readonly Turn[], done: readonly MeasuredRun[]): Turn[] {
  const missing = turns
    .map(turn => ({ turn, tries: triesOf(turn, done) }))
    .filter(({ tries }) => tries.length < MAX_TRIES && tries.every(({ outcome }) => outcome === 'unknown'))
  return missing.sort((a, b) => a.tries.length - b.tries.length).map(({ turn }) => turn)
}

/** The one run of each turn that counts: the last one. */
export function lastTries(runs: readonly MeasuredRun[]): MeasuredRun[] {
  return [...new Map(runs.map(run => [`${run.nodes} ${run.lossPercent} ${run.round}`, run])).values()]
}

function triesOf(turn: Turn, runs: readonly MeasuredRun[]): MeasuredRun[] {
  return runs.filter(run => run.round === turn.round && isOfCell(run, turn))
}
