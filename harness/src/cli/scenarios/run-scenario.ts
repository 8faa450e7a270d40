/** `test-network run <scenario>`: plans, and tells the plan or carries it out. */
import { describePlan } from '../../scenario/describe.ts'
import { needsOf } from '../../scenario/needs.ts'
import type { Plan } from '../../scenario/plan.ts'
import { DeadlineError, planScenario } from '../../scenario/planning/plan-scenario.ts'
import type { Scenario } from '../../scenario/scenario.ts'
import { loadScenario, NoScenarioError } from '../../scenario/shipped.ts'
import { testNetwork } from '../run.ts'
import { checkMemory } from '../usage/relations.ts'
import type { RunUsage, ScenarioUsage } from '../usage/usages.ts'
import { SIMULATION, UsageError } from '../usage/values.ts'

/**
 * The exit code.
 *
 * @throws {UsageError} when there is no such scenario, or it cannot be carried out here
 * @throws {ScenarioError} with everything that is wrong in its file
 */
export async function runScenarioCommand(usage: ScenarioUsage, argv: readonly string[]): Promise<number> {
  const { scenario, plan } = await planOf(usage)
  if (!usage.plan && usage.runner === SIMULATION) return await simulateScenario(scenario, plan, usage)
  if (!usage.plan) return await runScenario(plan, usage, argv)
  process.stdout.write(`${usage.json ? JSON.stringify(plan, null, 2) : describePlan(plan, scenario.about)}\n`)
  return 0
}

/** @throws as `runScenarioCommand` */
export async function planOf(usage: ScenarioUsage): Promise<{ scenario: Scenario; plan: Plan }> {
  try {
    const scenario = await loadScenario(usage.scenario)
    return { scenario, plan: planScenario(scenario, usage) }
  } catch (error) {
    if (error instanceof NoScenarioError || error instanceof DeadlineError) throw new UsageError(error.message)
    throw error
  }
}

/**
 * Carries a plan out on the runner that was asked for.
 *
 * @throws {UsageError} when this runner cannot do what is planned
 */
async function runScenario(plan: Plan, usage: ScenarioUsage, argv: readonly string[]): Promise<number> {
  const { runner, ...options } = usage
  if (runner === SIMULATION) throw new Error('a simulation starts no processes')
  const { nodes, deadlineMs } = plan
  checkMemory(usage, nodes.length, process.availableMemory())
  const { faults } = needsOf(plan)
  const beyond = plan.steps.length > 0 || faults.length > 0 || Object.keys(plan.programs ?? {}).length > 0
  if (beyond) {
    throw new UsageError(
      `--runner ${runner} only starts nodes, and cannot do what ${plan.scenario} is made of; --plan tells what that is`
    )
  }
  const bootstrapPeers = new Set(nodes.flatMap(({ bootstrap }) => bootstrap)).size
  const run: RunUsage = { ...options, runner, nodes: nodes.length, deadlineMs, bootstrapPeers }
  return await testNetwork(run, argv)
}

/** The program that is simulated is the core of our own library, whatever version of libp2p carries it. */
async function simulateScenario(scenario: Scenario, plan: Plan, usage: ScenarioUsage): Promise<number> {
  const foreign = Object.entries(plan.programs ?? {}).find(([, program]) => !('ours' in program))
  if (foreign !== undefined) {
    throw new UsageError(
      `a simulation runs our own library, and cannot run the program ${foreign[0]} of ${plan.scenario}; another --runner can`
    )
  }
  const unknown = usage.onlySteps?.find(wanted => !plan.steps.some(({ id }) => id === wanted))
  if (unknown !== undefined)
    throw new UsageError(`--only-steps: ${plan.scenario} has no step ${unknown}; --plan tells them`)
  const { simulate } = await import('../simulate.ts')
  return await simulate(plan, { ...usage, planFor: nodes => planScenario(scenario, { ...usage, nodes }) })
}
