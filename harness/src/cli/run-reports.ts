/** Makes the folder of a run, and fills it when the run is over. */
import { relative } from 'node:path'
import { setImmediate as nextTurn } from 'node:timers/promises'
import type { Judged } from '../reports/judged.ts'
import { createLayout } from '../reports/terminal/layout.ts'
import { hasColour } from '../reports/terminal/output.ts'
import { createRunFolder, makeDatedFolder, type RunFolder } from './artefacts.ts'
import { UsageError } from './usage/values.ts'

/** Where reports go. */
type ReportFolder = Pick<RunFolder, 'write' | 'path'>

/**
 * The folder of a run that begins.
 *
 * @throws {UsageError} when the folder that was named cannot be written
 */
export async function makeFolder(out: string | undefined, scenario: string): Promise<RunFolder> {
  return await orRefused(out, async () => await createRunFolder(out, scenario, new Date()))
}

/**
 * A folder that holds those of several runs: its absolute path.
 *
 * @throws {UsageError} as `makeFolder`
 */
export async function makeFolderOfRuns(out: string | undefined, what: string): Promise<string> {
  return await orRefused(out, async () => await makeDatedFolder(out, what, new Date()))
}

async function orRefused<T>(out: string | undefined, make: () => Promise<T>): Promise<T> {
  try {
    return await make()
  } catch (error) {
    const { message } = error as Error
    if (out === undefined) throw new Error(`no folder for the run: ${message}; name one with --out`)
    throw new UsageError(`--out must name a folder that can be written: ${message}`)
  }
}

/**
 * Loads what `writeReports` and `renderText` need, which takes as long as writing: it can be done while a run goes on. One after the
 * other, so that what nodes say meanwhile is read in between. Never rejects; what cannot be loaded is told of when it is needed.
 */
export async function prepareReports(): Promise<void> {
  const loads = [
    () => import('../reports/terminal/terminal.ts'),
    () => import('../reports/cases/junit.ts'),
    () => import('../reports/html/html.ts'),
    async () => await (await import('../reports/html/assets.ts')).pageAssets('report')
  ]
  for (const load of loads) {
    await nextTurn()
    await load().catch(() => {})
  }
}

export async function writeReports(result: Judged, json: string, folder: ReportFolder): Promise<void> {
  await writeFiles(folder, {
    'result.json': async () => `${json}\n`,
    'junit.xml': async () => (await import('../reports/cases/junit.ts')).renderJunit(result),
    'report.html': async () => await renderPage(result, folder.path)
  })
}

/** report.html for this process's working folder, from which its commands are typed. */
export async function renderPage(result: Judged, folderPath: string): Promise<string> {
  const [{ renderHtml }, { pageAssets }] = await Promise.all([
    import('../reports/html/html.ts'),
    import('../reports/html/assets.ts')
  ])
  return renderHtml(result, await pageAssets('report'), shortPath(folderPath))
}

/** A report that cannot be made or written is told of; the outcome does not depend on it. */
export async function writeFiles(
  folder: Pick<ReportFolder, 'write'>,
  reports: Record<string, () => Promise<string>>
): Promise<void> {
  for (const [file, render] of Object.entries(reports)) {
    try {
      await folder.write(file, await render())
    } catch (error) {
      process.stderr.write(`${file} is missing: ${(error as Error).message}\n`)
    }
  }
}

export async function closeFolder(folder: RunFolder): Promise<void> {
  const problem = await folder.close()
  if (problem !== undefined) process.stderr.write(`${folder.path} is incomplete: ${problem}\n`)
}

/** Columns of a log that is no terminal. */
const DEFAULT_WIDTH = 100

/** The summary for this process's stdout. */
export async function renderText(result: Judged, folderPath: string): Promise<string> {
  const { renderSummary } = await import('../reports/terminal/terminal.ts')
  return renderSummary(result, { ...outputLook(), artefactsPath: shortPath(folderPath) })
}

/** The end of a run whose summary was printed: what to type and to open, and the verdict once more. Ends with a newline. */
export async function renderEnd(result: Judged, folderPath: string, smallest: string | undefined): Promise<string> {
  const { renderEnding } = await import('../reports/terminal/ending.ts')
  const { width, colour } = outputLook()
  const lines = renderEnding(result, createLayout(width, colour), { folder: shortPath(folderPath), smallest })
  return `${lines.join('\n')}\n`
}

/** How text for this process's stdout is laid out. */
export function outputLook(): { width: number; colour: boolean } {
  // Some terminals do not know their width and say 0.
  return { width: process.stdout.columns || DEFAULT_WIDTH, colour: hasColour(process.stdout) }
}

/** From here, if that is shorter to read. */
export function shortPath(path: string): string {
  const fromHere = relative('.', path)
  return fromHere.startsWith('..') ? path : fromHere
}
