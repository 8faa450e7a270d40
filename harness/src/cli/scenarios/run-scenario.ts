/** `test-network run <scenario>`: plans, and tells the plan or carries it out. */
import { describePlan } from '../../scenario/describe.ts'
import type { Plan } from '../../scenario/plan.ts'
import { DeadlineError, planScenario } from '../../scenario/planning/plan-scenario.ts'
import type { Scenario } from '../../scenario/scenario.ts'
import { loadScenario, NoScenarioError } from '../../scenario/shipped.ts'
import { runScenario } from '../run.ts'
import { checkMemory, runsHere } from '../usage/relations.ts'
import type { ScenarioUsage } from '../usage/usages.ts'
import { SIMULATION, UsageError } from '../usage/values.ts'

/**
 * The exit code.
 *
 * @throws {UsageError} when there is no such scenario, or it cannot be carried out here
 * @throws {ScenarioError} with everything that is wrong in its file
 */
export async function runScenarioCommand(usage: ScenarioUsage, argv: readonly string[]): Promise<number> {
  const { scenario, plan } = await planOf(usage)
  if (!usage.plan) {
    const { runner, ...options } = usage
    if (runner === SIMULATION) return await simulateScenario(scenario, plan, usage)
    if (runsHere(usage)) checkMemory(usage, plan.nodes.length, process.availableMemory())
    return await runScenario(plan, { ...options, runner }, argv)
  }
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

/** The program that is simulated is the core of our own library, whatever version of libp2p carries it. */
async function simulateScenario(scenario: Scenario, plan: Plan, usage: ScenarioUsage): Promise<number> {
  requireSimulable(plan)
  const unknown = usage.onlySteps?.find(wanted => !plan.steps.some(({ id }) => id === wanted))
  if (unknown !== undefined)
    throw new UsageError(`--only-steps: ${plan.scenario} has no step ${unknown}; --plan tells them`)
  const { simulate } = await import('../simulate.ts')
  return await simulate(plan, { ...usage, planFor: nodes => planScenario(scenario, { ...usage, nodes }) })
}

/** @throws {UsageError} when the plan needs what the simulator does not have */
export function requireSimulable({ scenario, programs, nodes }: Plan): void {
  const foreign = Object.entries(programs ?? {}).find(([, program]) => !('ours' in program))
  if (foreign !== undefined) {
    throw new UsageError(
      `a simulation runs our own library, and cannot run the program ${foreign[0]} of ${scenario}; another --runner can`
    )
  }
  if (nodes.some(({ behind }) => behind !== undefined)) {
    throw new UsageError(`a simulation has no routers that nodes of ${scenario} could be behind; use --runner netns`)
  }
}
