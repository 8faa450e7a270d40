/** A simulation from its plan to the exit code: N cores of the real code under virtual time. */
import { setImmediate as nextTurn } from 'node:timers/promises'
import { setFlagsFromString } from 'node:v8'
import { exitCodeOf, type Outcome } from '../judge/judgement.ts'
import { renderJson } from '../reports/result/json.ts'
import type { SimulationSection } from '../reports/result/simulation-schema.ts'
import { reasonOfOutcome } from '../reports/words/headline.ts'
import type { Plan } from '../scenario/plan.ts'
import { commandOf } from '../simulation/command.ts'
import { createProgress } from '../simulation/progress.ts'
import { renderSimulation } from '../simulation/report.ts'
import { shrink, withSteps } from '../simulation/shrink.ts'
import { type Ended, Simulation } from '../simulation/simulation.ts'
import { type SimulationResult, simulationFigures, summarise } from '../simulation/summary.ts'
import type { RunFolder } from './artefacts.ts'
import { catchInterrupts } from './interrupts.ts'
import { tellGithub } from './judging/github.ts'
import { closeFolder, makeFolder, renderEnd, writeReports } from './run-reports.ts'

/**
 * What is on its way in the simulation lives for longer than the young objects of other programs: given room, it is gone before
 * it has to be copied.
 */
export const MAX_YOUNG_MIB = 64

/** So much happens before signals are looked at: some ms, up to a second with 10,000 nodes. */
const HAPPENINGS_A_TURN = 2_000

export interface SimulateOptions {
  /** As it was asked for: a name or a file. */
  readonly scenario: string
  /** Of the scenario that the plan was made of. */
  readonly planFor: (nodes: number) => Plan
  readonly onlySteps: readonly string[] | undefined
  readonly json: boolean
  readonly out: string | undefined
}

export interface QuietSimulation {
  readonly outcome: Outcome | 'interrupted'
  /** Of the outcome, in one line. */
  readonly reason: string
  /** Makes the folder of the run under `out`: its path. */
  keep(out: string): Promise<string>
}

/** Simulates, prints what it showed, and leaves its folder. A failure is made as small as it can be. The exit code. */
export async function simulate(planned: Plan, options: SimulateOptions): Promise<number> {
  const { onlySteps, json, scenario } = options
  const plan = onlySteps === undefined ? planned : withSteps(planned, new Set(onlySteps))
  const interrupts = catchInterrupts()
  const folder = await makeFolder(options.out, `simulation-${plan.scenario}`)
  const simulation = new Simulation({ plan, command: commandOf(plan, { scenario, onlySteps }) })
  const progress = createProgress(simulation, process.stderr)
  const result = await resultOf(simulation, { interrupt: interrupts.signal, progress })
  const exitCode = interrupts.exitCode()
  const document = await fillFolder(result, folder, exitCode)
  process.stdout.write(json ? `${document}\n` : `${renderSimulation(result)}\n\n`)
  interrupts.release()
  const isFailure = exitCode === undefined && result.judgement.outcome === 'fail'
  const smallest = isFailure ? await findTheSmallest(plan, options) : undefined
  if (!json) process.stdout.write(await renderEnd(result.judged, folder.path, smallest))
  await tellGithub(result.judged, folder.path)
  return exitCode ?? exitCodeOf[result.judgement.outcome]
}

/** One simulation of several, without a word: its folder is made only when it is asked for. */
export async function simulateQuietly(plan: Plan, interrupt: AbortSignal): Promise<QuietSimulation> {
  const result = await resultOf(new Simulation({ plan }), { interrupt })
  return {
    outcome: result.endedBy === 'interrupted' ? 'interrupted' : result.judgement.outcome,
    reason: reasonOfOutcome(result.judged),
    async keep(out) {
      const folder = await makeFolder(out, `simulation-${plan.scenario}`)
      await fillFolder(result, folder)
      return folder.path
    }
  }
}

/**
 * The simulation of a digest once more, event by event.
 *
 * @param maxRecordedNodes - a larger network leaves a digest once more
 */
export async function simulateAgain(
  plan: Plan,
  command: string,
  maxRecordedNodes?: number
): Promise<Pick<SimulationResult, 'endedBy' | 'judged'> & { figures: SimulationSection }> {
  const interrupts = catchInterrupts()
  const simulation = new Simulation({ plan, command, ...(maxRecordedNodes !== undefined && { maxRecordedNodes }) })
  const progress = createProgress(simulation, process.stderr)
  try {
    const result = await resultOf(simulation, { interrupt: interrupts.signal, progress })
    return { endedBy: result.endedBy, judged: result.judged, figures: simulationFigures(result) }
  } finally {
    interrupts.release()
  }
}

interface Running {
  readonly interrupt: AbortSignal
  readonly progress?: ReturnType<typeof createProgress>
}

async function resultOf(simulation: Simulation, running: Running): Promise<SimulationResult> {
  setFlagsFromString(`--max-semi-space-size=${MAX_YOUNG_MIB}`)
  return summarise(simulation, await run(simulation, running))
}

/** The content of result.json. */
async function fillFolder(result: SimulationResult, folder: RunFolder, exitCode?: number): Promise<string> {
  for (const event of result.history) folder.append(event)
  const simulation = simulationFigures(result)
  const document = renderJson(result.judged, {
    path: folder.path,
    simulation,
    ...(exitCode !== undefined && { exitCode })
  })
  await writeReports(result.judged, document, folder)
  await closeFolder(folder)
  return document
}

/** Lets the simulation run to its end, or to the first signal. */
async function run(simulation: Simulation, { interrupt, progress }: Running): Promise<Ended> {
  simulation.begin()
  let by: Ended['by'] | undefined
  while (by === undefined) {
    by = simulation.advance(HAPPENINGS_A_TURN)
    progress?.tell()
    await nextTurn()
    if (interrupt.aborted) by ??= 'interrupted'
  }
  progress?.end()
  return simulation.end(by)
}

/** The command of the smallest that fails; undefined if nothing smaller does. */
async function findTheSmallest(plan: Plan, { planFor, scenario }: SimulateOptions): Promise<string | undefined> {
  process.stderr.write('making the failure smaller; Ctrl-C if this is enough\n')
  const smallest = (await shrink(plan, { planFor }))?.plan
  if (smallest === undefined) return undefined
  const onlySteps = smallest.steps.map(({ id }) => id)
  const command = commandOf(smallest, { scenario, onlySteps })
  process.stderr.write(`the smallest that fails: ${command}\n`)
  return command
}
