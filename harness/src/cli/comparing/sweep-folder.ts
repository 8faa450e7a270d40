/** The folder of a sweep: its plan, its runs as they come, and in the end its result. A sweep that was stopped goes on from there. */
import { appendFile, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { printable } from '../../printable.ts'
import { otherHost } from '../../sweep/baseline.ts'
import { type BegunSweep, begunSchema, SWEEP_VERSION, type Sweep, sweepDocument } from '../../sweep/document.ts'
import { hostHere } from '../../sweep/host.ts'
import { type MeasuredRun, measuredRunOf, measuredRunText } from '../../sweep/measured.ts'
import { makeFolderOfRuns, shortPath, writeFiles } from '../run-reports.ts'
import { parseUsage } from '../usage/usage.ts'
import type { SweepUsage } from '../usage/usages.ts'
import { UsageError } from '../usage/values.ts'

const PLAN_FILE = 'plan.json'
const RUNS_FILE = 'runs.ndjson'
const RESULT_FILE = 'sweep.json'
const PAGE_FILE = 'sweep.html'

export interface SweepFolder {
  /** Absolute. */
  readonly path: string
  /** Of sweep.json, once the sweep has ended. */
  readonly resultPath: string
  /** Those that were made before. */
  readonly runs: readonly MeasuredRun[]
  append(run: MeasuredRun): Promise<void>
  /** Writes the result, whether the sweep is complete or not. */
  end(sweep: Sweep): Promise<void>
}

/** @throws {UsageError} when the folder that was named cannot be written */
export async function makeSweepFolder(out: string | undefined, begun: BegunSweep): Promise<SweepFolder> {
  const path = await makeFolderOfRuns(out, 'sweep')
  await writeFile(join(path, PLAN_FILE), `${JSON.stringify(begun, null, 2)}\n`)
  return folderAt(path, [])
}

export interface ResumedSweep {
  readonly folder: SweepFolder
  readonly begun: BegunSweep
  /** As it was begun; what is shown and compared in the end is that of this time. */
  readonly usage: SweepUsage
}

/** Options that say nothing of what is measured. */
const FREE_OPTIONS = ['json', 'out', 'resume', 'baseline', 'saveBaseline', 'maxTime']

/**
 * What was begun in a folder, with the runs that were made.
 *
 * @param version - of this testbed
 * @throws {UsageError} when there is no sweep, or another one is asked for now
 */
export async function resumedSweep(path: string, now: SweepUsage, version: string): Promise<ResumedSweep> {
  const shown = shortPath(resolve(path))
  const begun = await begunIn(path, shown)
  if (begun.version !== version) {
    const theirs = printable(begun.version, 40)
    throw new UsageError(`${shown} was begun by version ${theirs}, and this is ${version}: their runs cannot be mixed`)
  }
  const [other] = otherHost(begun.host, hostHere())
  if (other !== undefined) {
    const { what, before, after } = other
    throw new UsageError(
      `${shown} was begun on another host (${what}: ${before}, and here ${after}): their runs cannot be mixed`
    )
  }
  const usage = parseUsage(['sweep', ...begun.argv], version)
  if (usage.kind !== 'sweep') throw new UsageError(`${shown}/${PLAN_FILE} is not the plan of a sweep`)
  for (const [name, value] of Object.entries(now.given)) {
    if (FREE_OPTIONS.includes(name)) continue
    const [was, is] = [JSON.stringify(usage.all[name]), JSON.stringify(value)]
    if (was === is) continue
    const option = `--${name.replace(/[A-Z]/g, letter => `-${letter.toLowerCase()}`)}`
    throw new UsageError(
      `${shown} goes on with the plan that it began with: ${option} ${textOf(was)}, not ${textOf(is)}`
    )
  }
  const runs = await runsIn(path)
  const { json, baseline = usage.baseline, saveBaseline = usage.saveBaseline } = now
  return { begun, usage: { ...usage, json, baseline, saveBaseline }, folder: folderAt(resolve(path), runs) }
}

function textOf(json: string | undefined): string {
  return json === undefined ? 'was not given' : printable(json.replace(/[[\]"]/g, ''), 100)
}

async function begunIn(path: string, shown: string): Promise<BegunSweep> {
  const text = await readFile(join(path, PLAN_FILE), 'utf8').catch(() => {
    throw new UsageError(`${shown} holds no sweep that could go on: ${PLAN_FILE} is not there`)
  })
  try {
    return begunSchema.parse(JSON.parse(text))
  } catch {
    throw new UsageError(
      `${shown}/${PLAN_FILE} is damaged, or of another version of the format than ${SWEEP_VERSION}: begin the sweep anew`
    )
  }
}

async function runsIn(path: string): Promise<MeasuredRun[]> {
  const text = await readFile(join(path, RUNS_FILE), 'utf8').catch(() => '')
  return text.split('\n').flatMap(line => measuredRunOf(line) ?? [])
}

function folderAt(path: string, runs: readonly MeasuredRun[]): SweepFolder {
  const resultPath = join(path, RESULT_FILE)
  return {
    path,
    resultPath,
    runs,
    // The line break comes first: a harness that was killed may have left half a line.
    append: async run => await appendFile(join(path, RUNS_FILE), `\n${measuredRunText(run)}`),
    async end(sweep) {
      // It may lead to a run that is not there any more.
      await rm(join(path, 'latest'), { force: true })
      await writeFile(`${resultPath}.part`, sweepDocument(sweep))
      await rename(`${resultPath}.part`, resultPath)
      const write = async (file: string, text: string) => await writeFile(join(path, file), text)
      await writeFiles({ write }, { [PAGE_FILE]: async () => await pageOf(sweep) })
    }
  }
}

async function pageOf(sweep: Sweep): Promise<string> {
  const [{ renderSweepPage }, { pageAssets }] = await Promise.all([
    import('../../sweep/shown/page.ts'),
    import('../../reports/html/assets.ts')
  ])
  return renderSweepPage(sweep, await pageAssets('sweep'))
}
