/** A simulation from its plan to the exit code: N cores of the real code under virtual time. */
import { setImmediate as nextTurn } from 'node:timers/promises'
import { setFlagsFromString } from 'node:v8'
import { exitCodeOf, type Outcome } from '../judge/judgement.ts'
import { reasonOfOutcome } from '../reports/headline.ts'
import { type Judged, judged } from '../reports/judged.ts'
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
import { closeFolder, makeFolder, renderText, shortPath, writeFiles, writeReports } from './run-reports.ts'

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

/** What the simulator's witness saw and, where the history is whole, what the judge of all runs makes of it. */
interface Shown {
  readonly result: SimulationResult
  readonly byHistory: Judged | undefined
  /** The worse of both. */
  readonly outcome: Outcome
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
  const shown = await shownBy(simulation, { interrupt: interrupts.signal, progress })
  const document = documentOf(shown)
  await fillFolder(plan, shown, folder)
  process.stdout.write(json ? `${document}\n` : await textOf(shown, folder.path))
  const exitCode = interrupts.exitCode()
  interrupts.release()
  if (exitCode === undefined && shown.result.verdict.outcome === 'fail') await tellTheSmallest(plan, options)
  if (!json) process.stdout.write(`artefacts  ${shortPath(folder.path)}\n`)
  return exitCode ?? exitCodeOf[shown.outcome]
}

/** One simulation of several, without a word: its folder is made only when it is asked for. */
export async function simulateQuietly(plan: Plan, interrupt: AbortSignal): Promise<QuietSimulation> {
  const simulation = new Simulation({ plan })
  const shown = await shownBy(simulation, { interrupt })
  const { result, byHistory, outcome } = shown
  return {
    outcome: result.endedBy === 'interrupted' ? 'interrupted' : outcome,
    reason: reasonOfVerdict(result.verdict) ?? (byHistory && reasonOfOutcome(byHistory)) ?? outcome,
    async keep(out) {
      const folder = await makeFolder(out, `simulation-${plan.scenario}`)
      await fillFolder(plan, shown, folder)
      return folder.path
    }
  }
}

/** What the witness saw first. */
function reasonOfVerdict(verdict: SimulationResult['verdict']): string | undefined {
  if (verdict.outcome === 'pass') return undefined
  return verdict.outcome === 'fail' ? verdict.violations[0]?.message : verdict.reasons[0]
}

interface Running {
  readonly interrupt: AbortSignal
  readonly progress?: ReturnType<typeof createProgress>
}

async function shownBy(simulation: Simulation, running: Running): Promise<Shown> {
  setFlagsFromString(`--max-semi-space-size=${MAX_YOUNG_MIB}`)
  const result = summarise(simulation, await run(simulation, running))
  const { nodes } = simulation.plan
  const byHistory = nodes.length > MAX_RECORDED_NODES ? undefined : judged(result.history)
  const outcomes = [result.verdict.outcome, byHistory?.judgement.outcome ?? 'pass']
  const outcome = (['fail', 'unknown'] as const).find(bad => outcomes.includes(bad)) ?? 'pass'
  return { result, byHistory, outcome }
}

function documentOf({ result: { history, ...figures }, byHistory, outcome }: Shown): string {
  return JSON.stringify({ outcome, ...figures, judgement: byHistory?.judgement }, null, 2)
}

/** What the judge found is told where the witness has not seen it. */
async function textOf({ result, byHistory, outcome }: Shown, folderPath: string): Promise<string> {
  const text = `${renderSimulation(result)}\n\n`
  if (byHistory === undefined || outcome === result.verdict.outcome) return text
  return `${text}The history of it was judged:\n${await renderText(byHistory, folderPath)}\n`
}

async function fillFolder(plan: Plan, shown: Shown, folder: RunFolder): Promise<void> {
  for (const event of shown.result.history) folder.append(event)
  await leaveReports(plan, shown, documentOf(shown), folder)
  await closeFolder(folder)
}

/** The reports of any run, unless only the witness saw what went wrong: then what it says. */
async function leaveReports(plan: Plan, shown: Shown, document: string, folder: RunFolder): Promise<void> {
  const { result, byHistory, outcome } = shown
  if (byHistory?.judgement.outcome === outcome) {
    await writeReports(byHistory, document, folder)
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

async function tellTheSmallest(plan: Plan, { planFor, scenario }: SimulateOptions): Promise<void> {
  process.stderr.write('making the failure smaller; Ctrl-C if this is enough\n')
  const smallest = (await shrink(plan, { planFor }))?.plan
  if (smallest === undefined) return
  const onlySteps = smallest.steps.map(({ id }) => id)
  process.stderr.write(`the smallest that fails: ${commandOf(smallest, { scenario, onlySteps })}\n`)
}
