/** Runs that are made one after the other, kept as they come, and made again where they showed nothing: sweeps and comparisons. */

/** A run that could not be judged is made again so often in all; then its place stays empty. */
export const MAX_TRIES = 3

/** How turns and the runs that were made of them are known. */
export interface RunSeries<Turn, Run> {
  /** In the order in which they come. */
  readonly turns: readonly Turn[]
  /** Equal for a turn and all runs of it, and for nothing else. */
  keyOf(of: Turn | Run): string
  /** The run showed something: it is not made again. */
  isMeasured(run: Run): boolean
}

export interface TurnSteps<Turn, Run> {
  /** Undefined if it was interrupted: it counts as never begun. */
  measure(turn: Turn): Promise<Run | undefined>
  /** As soon as a run is over: what is kept here is not run again when the series goes on. */
  keep(run: Run): Promise<void>
  /** Of the turns, `done` are over. */
  tell(turn: Turn, progress: { readonly done: number; readonly all: number }): void
  /** No other run begins. */
  isInterrupted(): boolean
}

/**
 * Makes the runs that are missing among `done`. What could not be judged comes again when all others had their turn: by then the
 * host may have less to do.
 *
 * @returns all runs, those of `done` first
 */
export async function carryOutTurns<Turn, Run>(
  series: RunSeries<Turn, Run>,
  done: readonly Run[],
  steps: TurnSteps<Turn, Run>
): Promise<Run[]> {
  const { turns, isMeasured } = series
  const runs = [...done]
  const queue = missingTurns(series, done)
  for (let turn = queue.shift(); turn !== undefined && !steps.isInterrupted(); turn = queue.shift()) {
    steps.tell(turn, { done: turns.length - queue.length - 1, all: turns.length })
    const run = await steps.measure(turn)
    if (run === undefined) break
    runs.push(run)
    await steps.keep(run)
    if (!isMeasured(run) && triesOf(series, turn, runs).length < MAX_TRIES) queue.push(turn)
  }
  return runs
}

/** Those that were never judged and may still be tried; those that were tried come last. */
export function missingTurns<Turn, Run>(series: RunSeries<Turn, Run>, done: readonly Run[]): Turn[] {
  const missing = series.turns
    .map(turn => ({ turn, tries: triesOf(series, turn, done) }))
    .filter(({ tries }) => tries.length < MAX_TRIES && !tries.some(series.isMeasured))
  return missing.sort((a, b) => a.tries.length - b.tries.length).map(({ turn }) => turn)
}

/** The one run of each turn that counts: the last one. */
export function lastOfEach<Run>(runs: readonly Run[], keyOf: (run: Run) => string): Run[] {
  return [...new Map(runs.map(run => [keyOf(run), run])).values()]
}

function triesOf<Turn, Run>({ keyOf }: RunSeries<Turn, Run>, turn: Turn, runs: readonly Run[]): Run[] {
  const key = keyOf(turn)
  return runs.filter(run => keyOf(run) === key)
}
