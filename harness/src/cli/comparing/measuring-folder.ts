/** The folder of what takes many runs: what was begun, its runs as they come, and in the end its result. */
import { appendFile, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import type { z } from 'zod'
import { printable } from '../../printable.ts'
import { otherHost } from '../../sweep/baseline.ts'
import { hostHere, type MeasuringHost } from '../../sweep/host.ts'
import { makeFolderOfRuns, shortPath, writeFiles } from '../run-reports.ts'
import { UsageError } from '../usage/values.ts'

const PLAN_FILE = 'plan.json'
const RUNS_FILE = 'runs.ndjson'

/** What the folder of a kind holds. */
export interface FolderKind<Begun, Run, Result> {
  /** `sweep`: names the folder, the result and the page, and stands in messages. */
  readonly name: string
  /** Of the format. */
  readonly version: number
  readonly begunSchema: z.ZodType<Begun>
  /** A line of the runs, without its line break; and back, undefined if it is none. */
  lineOf(run: Run): string
  runOf(line: string): Run | undefined
  documentOf(result: Result): string
  /** By file, what is made of the result beside the document. */
  reportsOf(result: Result): Record<string, () => Promise<string>>
}

/** What is begun in a folder: where, and by which version of the testbed. */
interface Begun {
  readonly version: string
  readonly host: MeasuringHost
}

export interface MeasuringFolder<Run, Result> {
  /** Absolute. */
  readonly path: string
  /** Of the document, once it has ended. */
  readonly resultPath: string
  /** Those that were made before. */
  readonly runs: readonly Run[]
  append(run: Run): Promise<void>
  /** Writes the result, whether it is complete or not. */
  end(result: Result): Promise<void>
}

/** @throws {UsageError} when the folder that was named cannot be written */
export async function makeMeasuringFolder<B extends Begun, Run, Result>(
  kind: FolderKind<B, Run, Result>,
  out: string | undefined,
  begun: B
): Promise<MeasuringFolder<Run, Result>> {
  const path = await makeFolderOfRuns(out, kind.name)
  await writeFile(join(path, PLAN_FILE), `${JSON.stringify(begun, null, 2)}\n`)
  return folderAt(kind, path, [])
}

/**
 * What was begun in a folder, with the runs that were made.
 *
 * @param version - of this testbed
 * @throws {UsageError} when nothing of the kind is there, or by another version, or of another host
 */
export async function resumeMeasuringFolder<B extends Begun, Run, Result>(
  kind: FolderKind<B, Run, Result>,
  path: string,
  version: string
): Promise<{ begun: B; folder: MeasuringFolder<Run, Result> }> {
  const shown = shortPath(resolve(path))
  const begun = await begunIn(kind, path, shown)
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
  const text = await readFile(join(path, RUNS_FILE), 'utf8').catch(() => '')
  const runs = text.split('\n').flatMap(line => kind.runOf(line) ?? [])
  return { begun, folder: folderAt(kind, resolve(path), runs) }
}

/**
 * What is resumed has the options that it began with.
 *
 * @param free - options that say nothing of what is measured
 * @throws {UsageError} when another value is given now
 */
export function requireSameOptions(
  path: string,
  before: Readonly<Record<string, unknown>>,
  given: Readonly<Record<string, unknown>>,
  free: readonly string[]
): void {
  for (const [name, value] of Object.entries(given)) {
    if (free.includes(name)) continue
    const [was, is] = [JSON.stringify(before[name]), JSON.stringify(value)]
    if (was === is) continue
    const option = `--${name.replace(/[A-Z]/g, letter => `-${letter.toLowerCase()}`)}`
    throw new UsageError(
      `${shortPath(resolve(path))} goes on with the plan that it began with: ${option} ${textOf(was)}, not ${textOf(is)}`
    )
  }
}

/** It holds no plan of that kind. */
export function notThePlan(path: string, kind: string): UsageError {
  return new UsageError(`${shortPath(resolve(path))}/${PLAN_FILE} is not the plan of a ${kind}`)
}

function textOf(json: string | undefined): string {
  return json === undefined ? 'was not given' : printable(json.replace(/[[\]"]/g, ''), 100)
}

async function begunIn<B, Run, Result>(kind: FolderKind<B, Run, Result>, path: string, shown: string): Promise<B> {
  const text = await readFile(join(path, PLAN_FILE), 'utf8').catch(() => {
    throw new UsageError(`${shown} holds no ${kind.name} that could go on: ${PLAN_FILE} is not there`)
  })
  try {
    return kind.begunSchema.parse(JSON.parse(text))
  } catch {
    throw new UsageError(
      `${shown}/${PLAN_FILE} is damaged, or of another version of the format than ${kind.version}: begin the ${kind.name} anew`
    )
  }
}

function folderAt<B, Run, Result>(
  kind: FolderKind<B, Run, Result>,
  path: string,
  runs: readonly Run[]
): MeasuringFolder<Run, Result> {
  const resultPath = join(path, `${kind.name}.json`)
  return {
    path,
    resultPath,
    runs,
    // The line break comes first: a harness that was killed may have left half a line.
    append: async run => await appendFile(join(path, RUNS_FILE), `\n${kind.lineOf(run)}`),
    async end(result) {
      // It may lead to a run that is not there any more.
      await rm(join(path, 'latest'), { force: true })
      await writeFile(`${resultPath}.part`, kind.documentOf(result))
      await rename(`${resultPath}.part`, resultPath)
      const write = async (file: string, text: string) => await writeFile(join(path, file), text)
      await writeFiles({ write }, kind.reportsOf(result))
    }
  }
}
