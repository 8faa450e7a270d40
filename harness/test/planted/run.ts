/** One run of a program, of which one node or none breaks a rule. */
import { fileURLToPath } from 'node:url'
import type { History } from '../../src/history/history.ts'
import { createNetnsRunner } from '../../src/runners/netns/netns.ts'
import { createProcessRunner } from '../../src/runners/process.ts'
import type { Plan } from '../../src/scenario/plan.ts'
import { supervise } from '../../src/supervisor/supervisor.ts'

/**
 * The scenario of the plan is the name of the program.
 *
 * @throws where the scenario bounds bytes, which are counted in network namespaces, and this host has none
 */
export async function historyOf(plan: Plan, plantedAt: string | undefined): Promise<History> {
  const path = fileURLToPath(new URL(`nodes/${plan.scenario}.mjs`, import.meta.url))
  const env = { NODE_OPTIONS: '', ...(plantedAt !== undefined && { PLANTED_AT: plantedAt }) }
  const options = { command: [process.execPath, path], env } as const
  const countsBytes = plan.bounds.maxBytesPerSecond !== undefined
  const runner = countsBytes ? await createNetnsRunner(options) : createProcessRunner(options)
  const history = await supervise(plan, {
    runner,
    command: 'test-network 4 4',
    concurrentStarts: 4,
    interrupt: new AbortController().signal,
    onEvent: () => {}
  })
  await runner.close()
  return history
}
