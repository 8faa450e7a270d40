/** The main job: a run from the command line to the exit code. */
import { quote } from 'shell-quote'
import type { History, HistoryEvent } from '../history/history.ts'
import { judge } from '../judge/judge.ts'
import { exitCodeOf, type Verdict } from '../judge/verdict.ts'
import { renderJson } from '../reports/json.ts'
import { runners } from '../runners/registry.ts'
import { planColdStart } from '../scenario/cold-start.ts'
import type { Plan } from '../scenario/plan.ts'
import type { NodeProgram } from '../supervisor/nodes/fleet.ts'
import { RefusedPlan, requireRunner } from '../supervisor/refusal.ts'
import { supervise } from '../supervisor/supervisor.ts'
import type { RunFolder } from './artefacts.ts'
import { catchInterrupts } from './interrupts.ts'
import { makeFolder, shortPath, writeReports } from './run-reports.ts'
import type { RunUsage } from './usage/usages.ts'
import { UsageError } from './usage/values.ts'

const SCENARIO = 'converge'

/** Columns of a log that is no terminal. */
const DEFAULT_WIDTH = 100

/** What a run needs beside its plan. */
export type RunOptions = Omit<RunUsage, 'nodes' | 'deadlineMs' | 'settleMs' | 'bootstrapPeers'>

/**
 * Starts the nodes and waits until all of them know each other. The exit code.
 *
 * @throws if the run could not begin
 */
export async function testNetwork(usage: RunUsage, argv: readonly string[]): Promise<number> {
  return await runScenario(planColdStart({ ...usage, scenario: SCENARIO }), usage, argv)
}

/**
 * Carries out the plan, prints what it showed, and leaves its folder. The exit code.
 *
 * @param argv what the command line said, so that the run can be repeated
 * @throws {UsageError} if the runner or a program cannot do what is planned
 * @throws if the run could not begin
 */
export async function runScenario(plan: Plan, options: RunOptions, argv: readonly string[]): Promise<number> {
  const interrupts = catchInterrupts()
  try {
    const { history, folder } = await observeRun(plan, options, argv, interrupts.signal)
    const verdict = judge(history)
    const exitCode = interrupts.exitCode() ?? exitCodeOf[verdict.outcome]
    const json = renderJson(history, verdict, { path: folder.path, exitCode })
    await writeReports(history, verdict, json, folder)
    process.stdout.write(options.json ? `${json}\n` : await renderText(history, verdict, folder.path))
    return exitCode
  } catch (error) {
    throw error instanceof RefusedPlan ? new UsageError(error.message) : error
  } finally {
    interrupts.release()
  }
}

/** Runs the plan to the end; what the runner held is given back, whatever became of it. */
async function observeRun(
  plan: Plan,
  options: RunOptions,
  argv: readonly string[],
  interrupt: AbortSignal
): Promise<{ history: History; folder: RunFolder }> {
  let folder: RunFolder | undefined
  let view: View | undefined
  const runner = await runners[options.runner]({
    ...options,
    logPathOf: node => folder?.logPathOf(node),
    say: line => process.stderr.write(`${line}\n`)
  })
  try {
    requireRunner(plan, runner)
    // Only a run that begins leaves a folder.
    const { append } = (folder = await makeFolder(options.out, plan.scenario))
    const { observe } = (view = await openView(options.json))
    const history = await supervise(plan, {
      runner,
      interrupt,
      command: quote(['test-network', ...argv]),
      concurrentStarts: options.concurrentStarts,
      programs: programsOf(plan, options),
      onEvent: event => {
        append(event)
        observe(event)
      }
    })
    return { history, folder }
  } finally {
    view?.end()
    await runner.close()
  }
}

/** Whatever program a node of the plan runs, it gets the flags of the command line. */
function programsOf(plan: Plan, { announceIntervalMs, ttlMs, mdns }: RunOptions): Record<string, NodeProgram> {
  const args = [
    ...(announceIntervalMs === undefined ? [] : ['--announce-interval-ms', String(announceIntervalMs)]),
    ...(ttlMs === undefined ? [] : ['--ttl-ms', String(ttlMs)]),
    ...(mdns ? ['--mdns'] : [])
  ]
  return Object.fromEntries(plan.nodes.map(({ program }) => [program, { args }]))
}

interface View {
  observe(event: HistoryEvent): void
  end(): void
}

async function openView(json: boolean): Promise<View> {
  if (json) return { observe() {}, end() {} }
  const { createLiveView } = await import('../reports/terminal/live.ts')
  return createLiveView()
}

async function renderText(history: History, verdict: Verdict, folderPath: string): Promise<string> {
  const { renderSummary } = await import('../reports/terminal/terminal.ts')
  const { columns, isTTY } = process.stdout
  // Some terminals do not know their width and say 0.
  const width = columns || DEFAULT_WIDTH
  const colour = isTTY === true && process.stdout.hasColors()
  return renderSummary(history, verdict, { colour, width, artefactsPath: shortPath(folderPath) })
}
