/** A simulation from its plan to the exit code: N cores of the real code under virtual time. */
import { setImmediate as nextTurn } from 'node:timers/promises'
import { setFlagsFromString } from 'node:v8'
import { judge } from '../judge/judge.ts'
import { exitCodeOf } from '../judge/verdict.ts'
import type { Plan } from '../scenario/plan.ts'
import { commandOf } from '../simulation/command.ts'
import { createProgress } from '../simulation/progress.ts'
import { renderSimulation } from '../simulation/report.ts'
import { shrink, withSteps } from '../simulation/shrink.ts'
import { type Ended, Simulation } from '../simulation/simulation.ts'
import { type SimulationResult, summarise } from '../simulation/summary.ts'
import { MAX_RECORDED_NODES } from '../simulation/watch/chronicle.ts'
import type { RunFolder } from './artefacts.ts'
import { catchInterrupts } from './interrupts.ts'
import { makeFolder, shortPath, writeFiles, writeReports } from './run-reports.ts'

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

/** Simulates, prints what it showed, and leaves its folder. A failure is made as small as it can be. The exit code. */
export async function simulate(planned: Plan, options: SimulateOptions): Promise<number> {
  const { onlySteps, json, scenario } = options
  const plan = onlySteps === undefined ? planned : withSteps(planned, new Set(onlySteps))
  const interrupts = catchInterrupts()
  const folder = await makeFolder(options.out, `simulation-${plan.scenario}`)
  setFlagsFromString(`--max-semi-space-size=${MAX_YOUNG_MIB}`)
  const simulation = new Simulation({ plan, command: commandOf(plan, { scenario, onlySteps }) })
  const { history, ...result } = summarise(simulation, await run(simulation, interrupts.signal))
  const document = JSON.stringify(result, null, 2)
  for (const event of history) folder.append(event)
  await leaveReports(plan, { history, ...result }, document, folder)
  process.stdout.write(json ? `${document}\n` : `${renderSimulation({ history, ...result })}\n\n`)
  const exitCode = interrupts.exitCode()
  interrupts.release()
  if (exitCode === undefined && result.verdict.outcome === 'fail') tellTheSmallest(plan, options)
  if (!json) process.stdout.write(`artefacts  ${shortPath(folder.path)}\n`)
  return exitCode ?? exitCodeOf[result.verdict.outcome]
}

/** Those of any run, if its history shows what the simulator's own witness saw; else what that says. */
async function leaveReports(plan: Plan, result: SimulationResult, document: string, folder: RunFolder): Promise<void> {
  const { history, verdict } = result
  const isShown = plan.nodes.length <= MAX_RECORDED_NODES && judge(history).outcome === verdict.outcome
  if (isShown) {
    await writeReports(history, verdict, document, folder)
    return
  }
  const { renderWitnessHtml, renderWitnessJunit } = await import('../simulation/witness-reports.ts')
  const witnessed = { scenario: plan.scenario, nodes: plan.nodes.length, result }
  await writeFiles(folder, {
    'result.json': async () => `${document}\n`,
    'junit.xml': async () => renderWitnessJunit(witnessed),
    'report.html': async () => renderWitnessHtml(witnessed)
  })
}

/** Lets the simulation run to its end, or to the first signal. */
async function run(simulation: Simulation, interrupt: AbortSignal): Promise<Ended> {
  const progress = createProgress(simulation, process.stderr)
  simulation.begin()
  let by: Ended['by'] | undefined
  while (by === undefined) {
    by = simulation.advance(HAPPENINGS_A_TURN)
    progress.tell()
    await nextTurn()
    if (interrupt.aborted) by ??= 'interrupted'
  }
  progress.end()
  return simulation.end(by)
}

function tellTheSmallest(plan: Plan, { planFor, scenario }: SimulateOptions): void {
  process.stderr.write('making the failure smaller; Ctrl-C if this is enough\n')
  const smallest = shrink(plan, { planFor })?.plan
  if (smallest === undefined) return
  const onlySteps = smallest.steps.map(({ id }) => id)
  process.stderr.write(`the smallest that fails: ${commandOf(smallest, { scenario, onlySteps })}\n`)
}
