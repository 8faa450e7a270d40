/** A simulation from the command line to the exit code: N cores of the real code under virtual time. */
import { setFlagsFromString } from 'node:v8'
import { exitCodeOf } from '../judge/verdict.ts'
import { renderSimulation } from '../simulation/report.ts'
import { SCENARIOS, type ScenarioName } from '../simulation/scenarios.ts'
import { shrink } from '../simulation/shrink.ts'
import { runSimulation } from '../simulation/simulation.ts'
import { makeFolder, shortPath, writeReports } from './run-reports.ts'
import type { SimulateUsage } from './usage/usages.ts'
import { UsageError } from './usage/values.ts'

/**
 * What is on its way in the simulation lives for longer than the young objects of other programs: given room, it is gone before
 * it has to be copied.
 */
export const MAX_YOUNG_MIB = 64

/**
 * Simulates, prints what it showed, and leaves its folder. A failure is made as small as it can be. The exit code.
 *
 * @throws {UsageError} when there is no such scenario
 */
export async function simulate(usage: SimulateUsage): Promise<number> {
  const { nodes, deadlineMs, settleMs, seed, onlyFaults, json } = usage
  const scenario = scenarioOf(usage.scenario)
  const folder = await makeFolder(usage.out, `simulation-${scenario}`)
  setFlagsFromString(`--max-semi-space-size=${MAX_YOUNG_MIB}`)
  const options = { nodes, deadlineMs, settleMs, seed, scenario, ...(onlyFaults !== undefined && { onlyFaults }) }
  const { history, ...result } = runSimulation(options)
  const document = JSON.stringify(result, null, 2)
  for (const event of history ?? []) folder.append(event)
  await writeReports(history ?? [], result.verdict, document, folder)
  process.stdout.write(json ? `${document}\n` : `${renderSimulation({ history, ...result })}\n\n`)
  if (result.verdict.outcome === 'fail') {
    process.stderr.write('making the failure smaller; Ctrl-C if this is enough\n')
    const shrunk = shrink(options)
    if (shrunk !== undefined) process.stderr.write(`the smallest that fails: ${shrunk.command}\n`)
  }
  if (!json) process.stdout.write(`artefacts  ${shortPath(folder.path)}\n`)
  return exitCodeOf[result.verdict.outcome]
}

function scenarioOf(name: string): ScenarioName {
  if (Object.hasOwn(SCENARIOS, name)) return name as ScenarioName
  throw new UsageError(`scenario must be one of ${Object.keys(SCENARIOS).join(', ')}, not ${JSON.stringify(name)}`)
}
