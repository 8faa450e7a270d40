import type { Plan } from '../scenario/plan.ts'

/**
 * The command line that repeats a simulation, event by event.
 *
 * @param given - the scenario as it was asked for, if the plan is not that of a shipped one; and its steps, if not all of them
 */
export function commandOf(
  plan: Plan,
  given: { scenario?: string; onlySteps?: readonly string[] | undefined } = {}
): string {
  const { scenario = plan.scenario, onlySteps } = given
  const steps = onlySteps === undefined ? '' : ` --only-steps ${onlySteps.length === 0 ? 'none' : onlySteps.join()}`
  const size = `${plan.nodes.length} ${plan.deadlineMs / 1_000}`
  return `test-network run ${scenario} ${size} --runner simulation --seed ${plan.seed}${steps}`
}
