/** `test-network explore`: random faults, one plan after the other, until the time is over. */
import { rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { quote } from 'shell-quote'
import { scenarioText } from '../../explore/draft.ts'
import { type ExploreOptions, explore, type Failure, type Trial } from '../../explore/explore.ts'
import { DRAFT_KINDS } from '../../explore/generate.ts'
import { explorationExitCode, explorationText } from '../../explore/summary.ts'
import { printable } from '../../printable.ts'
import { reasonOfOutcome } from '../../reports/words/headline.ts'
import { catchInterrupts, type Interrupts } from '../interrupts.ts'
import { carryOut } from '../run.ts'
import { makeFolderOfRuns, shortPath } from '../run-reports.ts'
import { clusterValues } from '../usage/options.ts'
import type { ExploreUsage } from '../usage/usages.ts'
import { SIMULATION, UsageError } from '../usage/values.ts'
import { requireKinds } from './kinds.ts'

/** Characters of a line of progress. */
const MAX_REASON = 300

type Run = ExploreOptions['run']

/**
 * Explores, and prints what failed, each with the command that repeats it. The exit code.
 *
 * @throws {UsageError} when the runner can do nothing of it
 * @throws if a run could not begin
 */
export async function exploreCommandLine(usage: ExploreUsage): Promise<number> {
  const interrupts = catchInterrupts()
  try {
    const kinds = await requireKinds(usage)
    const folder = await makeFolderOfRuns(usage.out, 'explore')
    const untilMs = performance.now() + usage.durationMs
    tellSkipped(kinds, usage)
    const found = await explore({
      ...usage,
      kinds,
      isExact: usage.runner === SIMULATION,
      run: usage.runner === SIMULATION ? simulationsIn(folder, interrupts) : runsIn(folder, usage, interrupts),
      isOver: () => performance.now() >= untilMs,
      isInterrupted: () => interrupts.signal.aborted,
      tell: tellTrial,
      keepFailure: async failure => await writeScenarios(folder, failure)
    })
    // It may lead to a run that is not there any more.
    await rm(join(folder, 'latest'), { force: true })
    const document = JSON.stringify(found, null, 2)
    await writeFile(join(folder, 'exploration.json'), `${document}\n`)
    const text = explorationText(found, failure => repeatCommand(shortPath(fileIn(folder, failure)), failure, usage))
    process.stdout.write(usage.json ? `${document}\n` : `${text}artefacts  ${shortPath(folder)}\n`)
    return interrupts.exitCode() ?? explorationExitCode(found)
  } finally {
    interrupts.release()
  }
}

function simulationsIn(folder: string, { signal }: Interrupts): Run {
  return async plan => {
    const { simulateQuietly } = await import('../simulate.ts')
    const { outcome, reason, keep } = await simulateQuietly(plan, signal)
    return { outcome, reason, keep: async () => shortPath(await keep(folder)), async discard() {} }
  }
}

function runsIn(folder: string, usage: ExploreUsage, interrupts: Interrupts): Run {
  return async plan => {
    // Nothing is shown of a single run: the exploration tells what became of it.
    const options = { ...usage, runner: usage.runner as Exclude<typeof usage.runner, typeof SIMULATION> }
    const { result, path } = await carryOut(
      plan,
      { ...options, json: true, uiPort: undefined, out: folder },
      ['explore'],
      interrupts
    ).catch((error: Error) => {
      throw error instanceof UsageError ? new UsageError(`${error.message}; or leave it out with --kinds`) : error
    })
    return {
      outcome: interrupts.signal.aborted ? 'interrupted' : result.judgement.outcome,
      reason: reasonOfOutcome(result),
      keep: async () => shortPath(path),
      discard: async () => await rm(path, { recursive: true, force: true })
    }
  }
}

function tellSkipped(kinds: readonly string[], { runner, kinds: wanted }: ExploreUsage): void {
  const skipped = (wanted ?? DRAFT_KINDS).filter(kind => !kinds.includes(kind))
  if (skipped.length > 0)
    process.stderr.write(`not explored, since --runner ${runner} cannot do it here: ${skipped.join(', ')}\n`)
}

function tellTrial(index: number, { outcome, reason }: Trial): void {
  if (outcome === 'pass') return
  const then = outcome === 'fail' ? '; making it smaller' : ''
  process.stderr.write(`plan ${index}: ${outcome}: ${printable(reason, MAX_REASON)}${then}\n`)
}

/** As it was planned, and as small as it got. */
async function writeScenarios(folder: string, failure: Failure): Promise<void> {
  await writeFile(join(folder, `plan-${failure.index}.yaml`), scenarioText(failure.draft))
  await writeFile(fileIn(folder, failure), scenarioText(failure.smallest))
}

function fileIn(folder: string, { index }: Failure): string {
  return join(folder, `plan-${index}-smallest.yaml`)
}

/** With the options of the exploration that change what a run does. */
function repeatCommand(file: string, { smallest }: Failure, usage: ExploreUsage): string {
  const { nodeCommand, memoryBytes, settleMs, mdns } = usage
  const given = {
    '--settle': settleMs === 1_000 ? undefined : settleMs / 1_000,
    '--node-command': nodeCommand && quote([...nodeCommand]),
    '--image': usage.image,
    '--memory': memoryBytes && `${Math.floor(memoryBytes / 2 ** 10)}k`,
    '--cpus': usage.cpus,
    ...clusterValues(usage.cluster),
    '--announce-interval-ms': usage.announceIntervalMs,
    '--ttl-ms': usage.ttlMs
  }
  const options = Object.entries(given).flatMap(([name, value]) => (value === undefined ? [] : [name, String(value)]))
  const words = [
    'run',
    file.includes('/') ? file : `./${file}`,
    '--seed',
    String(smallest.seed),
    '--runner',
    usage.runner
  ]
  return quote(['test-network', ...words, ...options, ...(mdns ? ['--mdns'] : [])])
}
