/** Makes the folder of a run, and fills it when the run is over. */
import { relative } from 'node:path'
import type { History } from '../history/history.ts'
import type { Verdict } from '../judge/verdict.ts'
import { createRunFolder, type RunFolder } from './artefacts.ts'
import { UsageError } from './usage/values.ts'

/**
 * The folder of a run that begins.
 *
 * @throws {UsageError} when the folder that was named cannot be written
 */
export async function makeFolder(out: string | undefined, scenario: string): Promise<RunFolder> {
  try {
    return await createRunFolder(out, scenario, new Date())
  } catch (error) {
    const { message } = error as Error
    if (out === undefined) throw new Error(`no folder for the run: ${message}; name one with --out`)
    throw new UsageError(`--out must name a folder that can be written: ${message}`)
  }
}

export async function writeReports(history: History, verdict: Verdict, json: string, folder: RunFolder): Promise<void> {
  await writeFiles(folder, {
    'result.json': async () => `${json}\n`,
    'junit.xml': async () => (await import('../reports/junit.ts')).renderJunit(history, verdict),
    'report.html': async () => (await import('../reports/html/html.ts')).renderHtml(history, verdict)
  })
}

/** A report that cannot be made or written is told of; the verdict does not depend on it. */
export async function writeFiles(folder: RunFolder, reports: Record<string, () => Promise<string>>): Promise<void> {
  for (const [file, render] of Object.entries(reports)) {
    try {
      await folder.write(file, await render())
    } catch (error) {
      process.stderr.write(`${file} is missing: ${(error as Error).message}\n`)
    }
  }
  const problem = await folder.close()
  if (problem !== undefined) process.stderr.write(`${folder.path} is incomplete: ${problem}\n`)
}

/** From here, if that is shorter to read. */
export function shortPath(path: string): string {
  const fromHere = relative('.', path)
  return fromHere.startsWith('..') ? path : fromHere
}
