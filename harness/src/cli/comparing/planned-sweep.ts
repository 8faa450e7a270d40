/** Everything that is known of a sweep before its first run: what happens in each cell, how long it takes, and where it runs. */
import { createHash } from 'node:crypto'
import { availableParallelism } from 'node:os'
import { quote } from 'shell-quote'
import { runners } from '../../runners/registry.ts'
import { printDuration } from '../../scenario/file/values.ts'
import type { Plan } from '../../scenario/plan.ts'
import { planScenario } from '../../scenario/planning/plan-scenario.ts'
import { lastsMs } from '../../scenario/planning/timeline.ts'
import type { Scenario } from '../../scenario/scenario.ts'
import { loadScenario, NoScenarioError } from '../../scenario/shipped.ts'
import { RefusedPlan, requireRunner } from '../../supervisor/refusal.ts'
import { type BegunSweep, SWEEP_VERSION, type SweepPlan } from '../../sweep/document.ts'
import { cellsOf, type SweepCell } from '../../sweep/grid.ts'
import { hostHere } from '../../sweep/host.ts'
import { requireSimulable } from '../scenarios/run-scenario.ts'
import { clusterValues } from '../usage/options.ts'
import { checkMemory, runsHere } from '../usage/relations.ts'
import type { SweepUsage } from '../usage/usages.ts'
import { SIMULATION, UsageError } from '../usage/values.ts'
import type { MeasuredWhere } from './measure-run.ts'

/** More would make a table that nobody reads. */
const MAX_RUNS = 10_000

/** Until a run has started, beside what its scenario takes, and to start one more node. */
const START_MS = 3_000
const START_OF_NODE_MS = 200

/** A simulation takes so much of a core for each second of each node, and for each pair that meets. */
const SIMULATED_NODE_SECOND_MS = 1
const SIMULATED_PAIR_MS = 0.1

interface Origin {
  readonly argv: readonly string[]
  /** Of the testbed. */
  readonly version: string
}

/**
 * @param resumed - what was begun before, if the sweep goes on
 * @throws {UsageError} when nothing of it can be run here, or it would take too long
 * @throws {ScenarioError} with everything that is wrong in the scenario's file
 */
export async function plannedSweep(
  usage: SweepUsage,
  resumed: BegunSweep | undefined,
  { argv, version }: Origin
): Promise<{ begun: BegunSweep; where: MeasuredWhere }> {
  const scenario = await scenarioOf(usage)
  const planOf = (cell: SweepCell, seed: number) => planOfCell(scenario, cell, { seed, settleMs: usage.settleMs })
  const plans = cellsOf(usage).map(cell => planOf(cell, usage.seed))
  const chosen = await chooseRunner(plans, usage, resumed?.plan.runner)
  requireTime(plans, chosen.runner, usage)
  const plan = sweepPlan(usage, chosen.runner, scenario)
  if (resumed !== undefined && resumed.plan.digest !== plan.digest) {
    throw new UsageError(`the scenario ${usage.scenario} was changed since the sweep began: begin it anew`)
  }
  const begun = {
    v: SWEEP_VERSION,
    kind: 'sweep',
    startedAt: new Date().toISOString(),
    version,
    host: hostHere()
  } as const
  return { begun: resumed ?? { ...begun, argv: [...argv], plan }, where: { ...chosen, planOf } }
}

async function scenarioOf(usage: SweepUsage): Promise<Scenario> {
  try {
    return await loadScenario(usage.scenario)
  } catch (error) {
    throw error instanceof NoScenarioError ? new UsageError(error.message) : error
  }
}

function planOfCell(
  scenario: Scenario,
  { nodes, lossPercent }: SweepCell,
  options: { seed: number; settleMs: number }
): Plan {
  const plan = planScenario(scenario, { nodes, ...options })
  if (lossPercent === undefined) return plan
  const { lossRatio: _, ...links } = plan.links
  return { ...plan, links: lossPercent === 0 ? links : { ...links, lossRatio: lossPercent / 100 } }
}

/** netns where it can be used, else the simulator, unless the user says. */
async function chooseRunner(
  plans: readonly Plan[],
  usage: SweepUsage,
  resumed: SweepPlan['runner'] | undefined
): Promise<Pick<MeasuredWhere, 'runner' | 'text'>> {
  const asked = resumed ?? usage.runner
  if (asked === SIMULATION) return simulated(plans, 'as was asked for')
  const runner = asked ?? 'netns'
  const why = await whyNot(runner, plans, usage)
  if (why === undefined) {
    if (runsHere({ runner })) checkMemory(usage, Math.max(...usage.nodes), process.availableMemory())
    return {
      runner,
      text: asked === undefined ? 'runner netns: real processes, each with a network of its own' : `runner ${runner}`
    }
  }
  if (asked !== undefined) throw new UsageError(why)
  const ofProcesses = Object.keys(usage.given).find(name => ONLY_PROCESSES.includes(name))
  if (ofProcesses !== undefined) {
    const option = {
      nodeCommand: '--node-command',
      announceIntervalMs: '--announce-interval-ms',
      ttlMs: '--ttl-ms',
      mdns: '--mdns',
      starts: '--starts'
    }[ofProcesses]
    throw new UsageError(
      `${option} goes with a runner of processes, and netns cannot be used here: ${why}; name one with --runner`
    )
  }
  return simulated(plans, `netns cannot be used here: ${why}`)
}

const ONLY_PROCESSES = ['nodeCommand', 'announceIntervalMs', 'ttlMs', 'mdns', 'starts']

function simulated(plans: readonly Plan[], why: string): Pick<MeasuredWhere, 'runner' | 'text'> {
  for (const plan of plans) requireSimulable(plan)
  return { runner: SIMULATION, text: `runner simulation, in virtual time (${why})` }
}

/** Why the runner cannot do one of the plans here, in a sentence; undefined if it can. */
async function whyNot(
  name: Exclude<SweepPlan['runner'], typeof SIMULATION>,
  plans: readonly Plan[],
  usage: SweepUsage
): Promise<string | undefined> {
  try {
    const say = (line: string) => void process.stderr.write(`${line}\n`)
    const runner = await runners[name]({ ...usage, nodes: ['n1'], logPathOf: () => undefined, say })
    try {
      for (const plan of plans) requireRunner(plan, runner)
      return undefined
    } finally {
      await runner.close()
    }
  } catch (error) {
    if (usage.runner !== undefined && !(error instanceof RefusedPlan)) throw error
    return (error as Error).message
  }
}

/** @throws {UsageError} with the number of runs and their time */
function requireTime(plans: readonly Plan[], runner: SweepPlan['runner'], { repeat, maxMs }: SweepUsage): void {
  const runs = plans.length * repeat
  const tookMs = repeat * plans.reduce((sum, plan) => sum + estimatedMs(plan, runner), 0)
  const text = `${runs.toLocaleString('en')} runs of about ${durationText(tookMs)} in all`
  if (runs > MAX_RUNS)
    throw new UsageError(
      `the grid has ${text}: at most ${MAX_RUNS.toLocaleString('en')} runs; give fewer --nodes, --loss or --repeat`
    )
  if (tookMs > maxMs)
    throw new UsageError(
      `the grid has ${text}: more than --max-time ${printDuration(maxMs)}; give fewer --nodes, --loss or --repeat`
    )
}

function estimatedMs({ steps, settleMs, nodes }: Plan, runner: SweepPlan['runner']): number {
  const plannedMs = lastsMs(steps) + settleMs + START_MS
  if (runner !== SIMULATION) return plannedMs + START_OF_NODE_MS * nodes.length
  return (plannedMs / 1_000) * nodes.length * SIMULATED_NODE_SECOND_MS + nodes.length ** 2 * SIMULATED_PAIR_MS
}

function durationText(ms: number): string {
  const hours = ms / 3_600_000
  if (hours >= 1) return `${hours.toLocaleString('en', { maximumSignificantDigits: 3 })} hours`
  return `${Math.max(1, Math.round(ms / 60_000))} min`
}

function sweepPlan(usage: SweepUsage, runner: SweepPlan['runner'], { source: _, ...content }: Scenario): SweepPlan {
  const { scenario, nodes, lossPercent, repeat, seed } = usage
  const digest = createHash('sha256').update(JSON.stringify(content)).digest('hex').slice(0, 16)
  const grid = { scenario, nodes, ...(lossPercent && { lossPercent }), repeat, seed }
  return { ...grid, runner, options: optionsOf(usage), digest }
}

/** Those that change what a run does, and are not what they are without a word. */
function optionsOf(usage: SweepUsage): Record<string, string> {
  const { settleMs, nodeCommand, image, memoryBytes, cpus, announceIntervalMs, ttlMs, mdns, concurrentStarts } = usage
  const given = {
    '--settle': settleMs === 1_000 ? undefined : settleMs / 1_000,
    '--node-command': nodeCommand && quote([...nodeCommand]),
    '--image': image,
    '--memory': memoryBytes && `${Math.floor(memoryBytes / 2 ** 10)}k`,
    '--cpus': cpus,
    ...clusterValues(usage.cluster),
    '--announce-interval-ms': announceIntervalMs,
    '--ttl-ms': ttlMs,
    '--mdns': mdns || undefined,
    '--starts': concurrentStarts === availableParallelism() ? undefined : concurrentStarts
  }
  return Object.fromEntries(
    Object.entries(given).flatMap(([name, value]) => (value === undefined ? [] : [[name, String(value)]]))
  )
}
