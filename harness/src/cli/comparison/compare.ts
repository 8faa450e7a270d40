/** `test-network compare`: other systems beside ours, measured round by round. */
import { readFile } from 'node:fs/promises'
import type { BegunComparison, Comparison } from '../../comparison/document.ts'
import type { ComparedRun } from '../../comparison/measured.ts'
import { comparisonOf } from '../../comparison/rows.ts'
import { comparisonText } from '../../comparison/shown/text.ts'
import { type ComparedTurn, comparedSeries, turnText } from '../../comparison/turns.ts'
import { exitCodeOf } from '../../judge/judgement.ts'
import { carryOutTurns, missingTurns } from '../../sweep/turns.ts'
import { catchInterrupts, type Interrupts } from '../interrupts.ts'
import { shortPath } from '../run-reports.ts'
import type { CompareUsage } from '../usage/usages.ts'
import { type ComparisonFolder, makeComparisonFolder, resumedComparison } from './comparison-folder.ts'
import { measureCompared } from './measure-compared.ts'
import { type PlannedComparison, plannedComparison } from './planned-comparison.ts'

/**
 * Compares, prints the table, and leaves it in a folder. The exit code: 3 if it is not complete or a system could not be measured;
 * which system is better decides nothing.
 *
 * @param argv what followed `compare`
 * @throws {UsageError} when nothing can be run here, or what is to go on does not fit
 */
export async function compareCommandLine(
  asked: CompareUsage,
  argv: readonly string[],
  version: string
): Promise<number> {
  const resumed = asked.resume === undefined ? undefined : await resumedComparison(asked.resume, asked, version)
  const usage = resumed?.usage ?? asked
  const interrupts = catchInterrupts()
  const say = (line: string) => void process.stderr.write(`${line}\n`)
  try {
    const origin = { argv, version, interrupt: interrupts.signal, say }
    const planned = await plannedComparison(usage, resumed?.begun, origin)
    const folder = resumed?.folder ?? (await makeComparisonFolder(usage.out, planned.begun))
    const sayFirst = usage.json ? process.stderr : process.stdout
    sayFirst.write(`${planned.text}\n`)
    const comparison = await measured(planned, { folder, usage, interrupts })
    await folder.end(comparison)
    return await told(comparison, { folder, usage, interrupts })
  } catch (error) {
    const exitCode = interrupts.exitCode()
    if (exitCode === undefined) throw error
    return exitCode
  } finally {
    interrupts.release()
  }
}

interface Around {
  readonly folder: ComparisonFolder
  readonly usage: CompareUsage
  readonly interrupts: Interrupts
}

async function measured(planned: PlannedComparison, around: Around): Promise<Comparison> {
  const { folder, usage, interrupts } = around
  const series = comparedSeries(gridOf(planned.begun))
  const kept: ComparedRun[] = [...folder.runs]
  const untilMs = performance.now() + usage.maxMs
  const isOver = (turn: ComparedTurn) => performance.now() + planned.estimatedMs(turn) > untilMs
  const runs = await carryOutTurns(series, folder.runs, {
    measure: async turn => (isOver(turn) ? undefined : await measureCompared(turn, kept, planned, around)),
    keep: async run => {
      kept.push(run)
      await folder.append(run)
    },
    tell: (turn, { done, all }) => {
      if (!isOver(turn)) process.stderr.write(`run ${done + 1} of ${all}: ${turnText(turn)}, round ${turn.round}\n`)
    },
    isInterrupted: () => interrupts.signal.aborted
  })
  return comparisonOf(planned.begun, runs, { complete: missingTurns(series, runs).length === 0 })
}

function gridOf({ plan }: BegunComparison) {
  return { ...plan, systems: plan.systems.map(({ name }) => name), scenarios: plan.scenarios.map(({ name }) => name) }
}

/** Prints what the comparison came to. The exit code. */
async function told(comparison: Comparison, { folder, usage, interrupts }: Around): Promise<number> {
  if (usage.json) process.stdout.write(await readFile(folder.resultPath, 'utf8'))
  else process.stdout.write(`${comparisonText(comparison)}\nartefacts  ${shortPath(folder.path)}\n`)
  if (!comparison.complete) {
    const why = interrupts.signal.aborted ? '' : 'the time of --max-time is over; '
    process.stderr.write(`${why}to go on: test-network compare --resume ${shortPath(folder.path)}\n`)
  }
  const isWhole = comparison.complete && comparison.rows.every(({ measured }) => measured > 0)
  return interrupts.exitCode() ?? (isWhole ? exitCodeOf.pass : exitCodeOf.unknown)
}
