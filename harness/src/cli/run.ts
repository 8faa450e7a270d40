/** The main job: a run from the command line to the exit code. */
import { quote } from 'shell-quote'
import { isOfOtherMachines } from '../history/at-their-times.ts'
import type { History } from '../history/history.ts'
import type { Network } from '../history/observed.ts'
import { exitCodeOf } from '../judge/judgement.ts'
import { type Judged, judged } from '../reports/judged.ts'
import { type LiveViews, viewsOfRun } from '../reports/live/live-views.ts'
import { renderJson } from '../reports/result/json.ts'
import { runners } from '../runners/registry.ts'
import type { LogPathOf, Runner } from '../runners/runner.ts'
import { planColdStart } from '../scenario/cold-start.ts'
import type { Plan } from '../scenario/plan.ts'
import type { FleetProgram } from '../supervisor/nodes/fleet.ts'
import { RefusedPlan, requireRunner, requireShareable } from '../supervisor/refusal.ts'
import { supervise } from '../supervisor/supervisor.ts'
import type { RunFolder } from './artefacts.ts'
import { catchInterrupts, type Interrupts } from './interrupts.ts'
import { tellGithub } from './judging/github.ts'
import { closeFolder, makeFolder, prepareReports, renderText, shortPath, writeReports } from './run-reports.ts'
import type { RunUsage } from './usage/usages.ts'
import { UsageError } from './usage/values.ts'

const SCENARIO = 'converge'

/** What a run needs beside its plan. */
export interface RunOptions extends Omit<RunUsage, 'nodes' | 'deadlineMs' | 'settleMs' | 'bootstrapPeers'> {
  /** A breach does not end the run early: what follows it is to be measured. */
  measuresOn?: boolean
  /** False for one of many runs, whose folder does not stay: it has no reports. */
  writesReports?: boolean
}

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
    const { result, path, exitCode, json } = await carryOut(plan, options, argv, interrupts)
    process.stdout.write(options.json ? `${json}\n` : await renderText(result, path))
    await tellGithub(result, path)
    return exitCode
  } finally {
    interrupts.release()
  }
}

/** A run that is over and judged, and has left its reports. */
interface JudgedRun {
  readonly result: Judged
  /** Of its folder. */
  readonly path: string
  readonly exitCode: number
  /** The content of result.json. */
  readonly json: string
}

/** @throws as `runScenario` */
export async function carryOut(
  plan: Plan,
  options: RunOptions,
  argv: readonly string[],
  interrupts: Interrupts
): Promise<JudgedRun> {
  try {
    const { history, folder, views } = await observeRun(plan, options, argv, interrupts.signal)
    const result = judged(history)
    const exitCode = interrupts.exitCode() ?? exitCodeOf[result.judgement.outcome]
    const json = renderJson(result, { path: folder.path, exitCode })
    // Whoever has the page open sees the verdict while the reports are written.
    const reports = options.writesReports === false ? undefined : writeReports(result, json, folder)
    await Promise.all([views.close(result, shortPath(folder.path)), reports])
    await closeFolder(folder)
    return { result, path: folder.path, exitCode, json }
  } catch (error) {
    throw error instanceof RefusedPlan ? new UsageError(error.message) : error
  }
}

interface ObservedRun {
  readonly history: History
  readonly folder: RunFolder
  /** The page is still served: it is to show what is made of the run. */
  readonly views: LiveViews
}

/** Runs the plan to the end; what the runner held is given back, whatever became of it. */
async function observeRun(
  plan: Plan,
  options: RunOptions,
  argv: readonly string[],
  interrupt: AbortSignal
): Promise<ObservedRun> {
  let folder: RunFolder | undefined
  let views: LiveViews | undefined
  const prepare = whenFull(() => void prepareReports())
  const { perProcess } = options
  if (perProcess !== undefined) requireShareable(plan)
  const runner = await startRunner(plan, options, node => folder?.logPathOf(node))
  try {
    requireRunner(plan, runner)
    const programs = await programsOf(plan, options)
    const opened = await viewsOfRun(options)
    views = opened
    // Only a run that begins leaves a folder.
    const made = await makeFolder(options.out, plan.scenario)
    folder = made
    const history = await supervise(plan, {
      runner,
      runnerName: options.runner,
      ...(perProcess !== undefined && { perProcess }),
      interrupt,
      command: quote(['test-network', ...argv]),
      concurrentStarts: options.concurrentStarts,
      programs,
      measuresOn: options.measuresOn ?? false,
      onEvent: (event, observed) => {
        made.append(event)
        opened.observe(event, observed)
        prepare(observed)
      }
    })
    if (isOfOtherMachines(history)) await made.replaceHistory(history)
    return { history, folder: made, views: opened }
  } catch (error) {
    await views?.close()
    throw error
  } finally {
    views?.end()
    await runner.close()
  }
}

async function startRunner(plan: Plan, options: RunOptions, logPathOf: LogPathOf): Promise<Runner> {
  return await runners[options.runner]({
    ...options,
    nodes: plan.nodes.map(({ name }) => name),
    behind: new Map(plan.nodes.flatMap(({ name, behind }) => (behind === undefined ? [] : [[name, behind] as const]))),
    seed: plan.seed,
    partitions: partitionsOf(plan),
    logPathOf,
    say
  })
}

/** Acts once, as soon as every book is full: nothing is left then but to wait until the settle time is over, or something is broken. */
function whenFull(act: () => void): (observed: Network) => void {
  let isFull = false
  return ({ fullSinceMs }) => {
    if (isFull || fullSinceMs === undefined) return
    isFull = true
    act()
  }
}

/**
 * What each program of the plan is, with the flags of the command line.
 *
 * @throws {RefusedPlan} for a program that cannot be run here
 */
async function programsOf(plan: Plan, options: RunOptions): Promise<Record<string, FleetProgram>> {
  const { announceIntervalMs, ttlMs, mdns } = options
  const args = [
    ...(announceIntervalMs === undefined ? [] : ['--announce-interval-ms', String(announceIntervalMs)]),
    ...(ttlMs === undefined ? [] : ['--ttl-ms', String(ttlMs)]),
    ...(mdns ? ['--mdns'] : [])
  ]
  const programs: Record<string, FleetProgram> = {}
  for (const name of new Set(plan.nodes.map(({ program }) => program))) {
    const command = await commandOf(plan, name, options)
    const keepsState = isOurs(plan, name, options)
    programs[name] = command === undefined ? { args, keepsState } : { args, command, keepsState }
  }
  return programs
}

/** What the plan will cut apart. */
function partitionsOf({ steps }: Plan) {
  return steps.flatMap(({ action }) =>
    action.type === 'fault' && action.fault.type === 'partition' ? [action.fault.groups] : []
  )
}

/** Our own program on this host: containers do not see its folders. */
function isOurs({ programs }: Plan, name: string, { runner, nodeCommand }: RunOptions): boolean {
  const program = programs?.[name]
  return !isOfImages(runner) && (program === undefined ? nodeCommand === undefined : 'ours' in program)
}

/** Its nodes run in images, and see no folder of this host. */
function isOfImages(runner: RunOptions['runner']): boolean {
  return runner === 'container' || runner === 'kubernetes'
}

async function commandOf(plan: Plan, name: string, { runner }: RunOptions): Promise<FleetProgram['command']> {
  const program = plan.programs?.[name]
  if (program === undefined) return undefined
  if (isOfImages(runner) || 'image' in program) {
    const what = 'image' in program ? `the image ${program.image}` : 'programs of its own'
    throw new RefusedPlan(`${plan.scenario} runs ${what}, but containers of a run are of one image; see --image`)
  }
  if ('command' in program) return program.command
  const { ownCommand } = await import('../runners/program/own-command.ts')
  return await ownCommand(say, program.ours)
}

function say(line: string): void {
  process.stderr.write(`${line}\n`)
}
