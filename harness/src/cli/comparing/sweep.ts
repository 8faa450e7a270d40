/** `test-network sweep`: a grid of runs, measured round by round, and compared with an earlier one. */
import { readFile, writeFile } from 'node:fs/promises'
import { exitCodeOf } from '../../judge/judgement.ts'
import { compareSweeps, differencesOf, tooFewRuns, uncomparable } from '../../sweep/baseline.ts'
import { carryOutSweep, isComplete, lastTries } from '../../sweep/carry-out.ts'
import { type BegunSweep, readSweep, type Sweep, SweepFileError } from '../../sweep/document.ts'
import { cellText } from '../../sweep/grid.ts'
import type { MeasuredRun } from '../../sweep/measured.ts'
import { changesText, sweepText } from '../../sweep/shown/text.ts'
import { catchInterrupts, type Interrupts } from '../interrupts.ts'
import { shortPath } from '../run-reports.ts'
import type { SweepUsage } from '../usage/usages.ts'
import { UsageError } from '../usage/values.ts'
import { type MeasuredWhere, measuresOf } from './measure-run.ts'
import { plannedSweep } from './planned-sweep.ts'
import { makeSweepFolder, resumedSweep, type SweepFolder } from './sweep-folder.ts'

/**
 * Sweeps, prints what it came to, and leaves it in a folder. The exit code: without a baseline 1 if a run failed; with one, 1 if
 * a figure is worse; 3 if a run could not be judged.
 *
 * @param argv what followed `sweep`
 * @throws {UsageError} when the grid, the runner or the baseline cannot be used
 */
export async function sweepCommandLine(asked: SweepUsage, argv: readonly string[], version: string): Promise<number> {
  const resumed = asked.resume === undefined ? undefined : await resumedSweep(asked.resume, asked, version)
  const usage = resumed?.usage ?? asked
  const interrupts = catchInterrupts()
  try {
    const { begun, where } = await plannedSweep(usage, resumed?.begun, { argv, version })
    const baseline = usage.baseline === undefined ? undefined : await baselineOf(usage.baseline, begun)
    const folder = resumed?.folder ?? (await makeSweepFolder(usage.out, begun))
    const sayFirst = usage.json ? process.stderr : process.stdout
    sayFirst.write(`${where.text}\n`)
    const sweep = await measured(begun, { where, folder, usage, interrupts })
    await folder.end(sweep)
    return await told(sweep, { baseline, folder, usage, interrupts })
  } finally {
    interrupts.release()
  }
}

interface Around {
  readonly folder: SweepFolder
  readonly usage: SweepUsage
  readonly interrupts: Interrupts
}

async function measured(begun: BegunSweep, { where, ...around }: Around & { where: MeasuredWhere }): Promise<Sweep> {
  const { folder, interrupts } = around
  const measure = measuresOf(begun, where, around)
  const kept: MeasuredRun[] = [...folder.runs]
  const runs = await carryOutSweep(begun.plan, folder.runs, {
    measure: async turn => await measure(turn, kept),
    keep: async run => {
      kept.push(run)
      await folder.append(run)
    },
    tell: (turn, { done, all }) => {
      process.stderr.write(`run ${done + 1} of ${all}: ${cellText(turn)}, round ${turn.round}\n`)
    },
    isInterrupted: () => interrupts.signal.aborted
  })
  return { ...begun, complete: isComplete(begun.plan, runs), runs }
}

/** Prints what the sweep came to, and what it is compared with. The exit code. */
async function told(
  sweep: Sweep,
  { baseline, folder, usage, interrupts }: Around & { baseline: Sweep | undefined }
): Promise<number> {
  const comparisons = baseline === undefined || !sweep.complete ? undefined : compareSweeps(baseline, sweep)
  const missing = baseline === undefined ? [] : uncomparable(baseline, sweep)
  if (usage.json) {
    const document = JSON.parse(await readFile(folder.resultPath, 'utf8'))
    process.stdout.write(`${JSON.stringify({ ...document, ...(comparisons && { comparisons }) }, null, 2)}\n`)
  } else {
    process.stdout.write(sweepText(sweep))
    if (comparisons !== undefined) process.stdout.write(`\n${changesText(comparisons)}`)
    process.stdout.write(`\nartefacts  ${shortPath(folder.path)}\n`)
  }
  if (missing.length > 0 && sweep.complete)
    process.stderr.write(`could not be compared, since no run was judged: ${missing.join('; ')}\n`)
  await saveBaseline(sweep, folder, usage)
  if (!sweep.complete) process.stderr.write(`to go on: test-network sweep --resume ${shortPath(folder.path)}\n`)
  const isWorse = comparisons?.some(({ verdict }) => verdict === 'worse') ?? hasFailed(sweep)
  const isUnknown = missing.length > 0 || lastTries(sweep.runs).some(({ outcome }) => outcome === 'unknown')
  const exitCode = isWorse ? exitCodeOf.fail : isUnknown ? exitCodeOf.unknown : exitCodeOf.pass
  return interrupts.exitCode() ?? exitCode
}

function hasFailed({ runs }: Sweep): boolean {
  return runs.some(({ outcome }) => outcome === 'fail')
}

/**
 * @throws {UsageError} when it cannot be read, or not compared with what is to be measured: better now than in an hour
 */
async function baselineOf(path: string, begun: BegunSweep): Promise<Sweep> {
  const file = shortPath(path)
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw new UsageError(
      `--baseline ${file} cannot be read: ${error.code === 'ENOENT' ? 'there is no such file' : error.message}`
    )
  })
  try {
    const baseline = readSweep(text, file)
    const differences = differencesOf(baseline, begun)
    if (differences.length > 0)
      throw new UsageError(`${file} cannot be compared with this sweep: other ${differences.join(', other ')}`)
    const why = tooFewRuns(baseline, begun.plan.repeat)
    if (why !== undefined) throw new UsageError(why)
    return baseline
  } catch (error) {
    throw error instanceof SweepFileError ? new UsageError(error.message) : error
  }
}

async function saveBaseline(sweep: Sweep, folder: SweepFolder, { saveBaseline: path }: SweepUsage): Promise<void> {
  if (path === undefined) return
  if (!sweep.complete) {
    process.stderr.write(`${shortPath(path)} was not written: the sweep is not complete\n`)
    return
  }
  await writeFile(path, await readFile(folder.resultPath)).catch((error: Error) => {
    throw new UsageError(`--save-baseline must name a file that can be written: ${error.message}`)
  })
}
