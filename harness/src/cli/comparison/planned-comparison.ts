/** Everything that is known of a comparison before its first run: what is measured, where, and how long it takes. */
import { createHash } from 'node:crypto'
import { userCacheFolder } from '../../cache-folder.ts'
import { type BegunComparison, COMPARISON_VERSION, type ComparisonPlan } from '../../comparison/document.ts'
import { COMPARED_SCENARIOS, type ComparedScenarioName } from '../../comparison/names.ts'
import { leastMs, loadComparedScenario, planBefore, planCompared } from '../../comparison/scenarios.ts'
import { type ComparedTurn, comparedSeries, type Part } from '../../comparison/turns.ts'
import { count } from '../../judge/wording.ts'
import { runners } from '../../runners/registry.ts'
import type { Plan } from '../../scenario/plan.ts'
import type { Scenario } from '../../scenario/scenario.ts'
import { RefusedPlan, requireRunner } from '../../supervisor/refusal.ts'
import { hostHere } from '../../sweep/host.ts'
import { checkMemory } from '../usage/relations.ts'
import type { CompareUsage } from '../usage/usages.ts'
import { UsageError } from '../usage/values.ts'
import { builtSystems, chosenSystems, foundFolder, type Systems } from './systems.ts'

/** Around a run: namespaces are made and taken down, and reports are written. */
const AROUND_MS = 3_000
/** Until one more node is ready, on two cores; those of compiled systems need less. */
const START_OF_NODE_MS = 120
/** What systems typically need for what is waited for in a run. */
const WAITED_MS = 8_000

export interface PlannedComparison {
  readonly begun: BegunComparison
  readonly commands: Systems['commands']
  readonly turns: readonly ComparedTurn[]
  /** In a line: where it runs, and how long it takes. */
  readonly text: string
  planOf(turn: ComparedTurn, part: Part): Plan
  /** Of one run, until it is over. */
  estimatedMs(turn: ComparedTurn): number
}

interface Origin {
  readonly argv: readonly string[]
  /** Of the testbed. */
  readonly version: string
  readonly interrupt: AbortSignal
  readonly say: (line: string) => void
}

/**
 * Builds the systems, too.
 *
 * @param resumed - what was begun before, if the comparison goes on
 * @throws {UsageError} when the runner cannot do what is asked for, or what is to go on was changed
 * @throws {Error} when no system can be built
 * @throws when interrupted
 */
export async function plannedComparison(
  usage: CompareUsage,
  resumed: BegunComparison | undefined,
  origin: Origin
): Promise<PlannedComparison> {
  const scenarios = await scenariosOf(usage)
  const adaptersFolder = foundFolder(usage.adapters)
  const names = resumed?.plan.systems.map(({ name }) => name) ?? chosenSystems(usage.systems, adaptersFolder)
  const chosen = await chooseRunner(scenarios, usage, resumed?.plan.runner)
  checkMemory({ nodeCommand: undefined }, Math.max(...usage.nodes), process.availableMemory())
  const building = { version: origin.version, cacheFolder: userCacheFolder(), say: origin.say }
  const systems = await builtSystems(names, adaptersFolder, { ...building, interrupt: origin.interrupt })
  requireSome(systems)
  const plan = planOf(usage, scenarios, systems, chosen.runner)
  if (resumed !== undefined) requireSamePlan(resumed.plan, plan)
  const begun = resumed ?? begunNow(plan, origin)
  return { begun, commands: systems.commands, ...runsOf(begun, scenarios, chosen.text, usage) }
}

/** @throws {Error} when there is nothing to measure */
function requireSome({ present, absent }: Systems): void {
  if (present.length > 0) return
  const reasons = absent.map(({ name, reason }) => `${name}: ${reason}`)
  throw new Error(`no system can be run here; ${reasons.join('; ')}`)
}

type Scenarios = ReadonlyMap<ComparedScenarioName, Scenario>

async function scenariosOf({ scenarios }: CompareUsage): Promise<Scenarios> {
  return new Map(await Promise.all(scenarios.map(async name => [name, await loadComparedScenario(name)] as const)))
}

/** netns where it can be used, unless the user says: only there can links be cut and slowed down. */
async function chooseRunner(
  scenarios: Scenarios,
  usage: CompareUsage,
  resumed: ComparisonPlan['runner'] | undefined
): Promise<{ runner: ComparisonPlan['runner']; text: string }> {
  const asked = resumed ?? usage.runner
  const runner = asked ?? 'netns'
  const why = await whyNot(runner, scenarios, usage.nodes)
  if (why === undefined) return { runner, text: `runner ${runner}` }
  if (asked !== undefined) throw new UsageError(why)
  const onProcesses = await whyNot('process', scenarios, usage.nodes)
  if (onProcesses === undefined) return { runner: 'process', text: `runner process, since ${why}` }
  throw new UsageError(`${why}; without it, only --runner process --scenarios life can be run`)
}

/** Why the runner cannot do one of the scenarios here, in a sentence; undefined if it can. */
async function whyNot(
  name: ComparisonPlan['runner'],
  scenarios: Scenarios,
  nodes: readonly number[]
): Promise<string | undefined> {
  try {
    const say = (line: string) => void process.stderr.write(`${line}\n`)
    const nothing = { nodeCommand: undefined, image: undefined, memoryBytes: undefined, cpus: undefined }
    const runner = await runners[name]({ ...nothing, nodes: ['n1'], seed: 1, logPathOf: () => undefined, say })
    try {
      for (const scenario of scenarios.values())
        requireRunner(planCompared(scenario, { nodes: nodes[0]!, seed: 1 }), runner)
      return undefined
    } finally {
      await runner.close()
    }
  } catch (error) {
    if (error instanceof RefusedPlan) return error.message
    return `netns cannot be used here: ${(error as Error).message}`
  }
}

function planOf(
  { nodes, repeat, seed }: CompareUsage,
  scenarios: Scenarios,
  { present, absent }: Systems,
  runner: ComparisonPlan['runner']
): ComparisonPlan {
  const kept = [...scenarios].map(([name, { source: _, ...content }]) => ({
    name,
    digest: createHash('sha256').update(JSON.stringify(content)).digest('hex').slice(0, 16)
  }))
  return { systems: [...present], absent: [...absent], scenarios: kept, nodes, repeat, seed, runner }
}

/** @throws {UsageError} when runs of now cannot be mixed with those of before */
function requireSamePlan(before: ComparisonPlan, now: ComparisonPlan): void {
  const changed = before.scenarios.find(({ name, digest }) =>
    now.scenarios.some(each => each.name === name && each.digest !== digest)
  )
  if (changed !== undefined)
    throw new UsageError(`the scenario ${changed.name} was changed since the comparison began: begin it anew`)
  const other = before.systems.find(
    ({ name, version }) => now.systems.find(each => each.name === name)?.version !== version
  )
  if (other === undefined) return
  const why = now.absent.find(({ name }) => name === other.name)?.reason ?? 'it has another version'
  throw new UsageError(`${other.title} is not what it was when the comparison began (${why}): begin it anew`)
}

function begunNow(plan: ComparisonPlan, { argv, version }: Origin): BegunComparison {
  const startedAt = new Date().toISOString()
  return { v: COMPARISON_VERSION, kind: 'comparison', startedAt, version, host: hostHere(), argv: [...argv], plan }
}

function runsOf(begun: BegunComparison, scenarios: Scenarios, where: string, { maxMs }: CompareUsage) {
  const { plan } = begun
  const planOf = ({ scenario, nodes, seed }: ComparedTurn, part: Part) => {
    const whole = planCompared(scenarios.get(scenario)!, { nodes, seed })
    return typeof part === 'object' && 'before' in part ? planBefore(whole, part.before) : whole
  }
  const estimatedMs = (turn: ComparedTurn) =>
    AROUND_MS + leastMs(planOf(turn, 'all')) + START_OF_NODE_MS * turn.nodes + WAITED_MS
  const names = plan.systems.map(({ name }) => name)
  const { turns } = comparedSeries({ ...plan, systems: names, scenarios: plan.scenarios.map(({ name }) => name) })
  const allMs = turns.reduce((sum, turn) => sum + estimatedMs(turn), 0)
  const scenarioNames = plan.scenarios.map(({ name }) => `${name} (${COMPARED_SCENARIOS[name].about})`)
  const text = [
    `${where}; ${count(names.length, 'system')}: ${names.join(', ')}`,
    ...plan.absent.map(({ name, reason }) => `without ${name}: ${reason}`),
    `scenarios: ${scenarioNames.join(', ')}`,
    `${count(turns.length, 'run')} of about ${minutes(allMs)} in all, at most ${minutes(maxMs)}`
  ].join('\n')
  return { turns, text, planOf, estimatedMs }
}

function minutes(ms: number): string {
  return `${Math.max(1, Math.round(ms / 60_000))} min`
}
