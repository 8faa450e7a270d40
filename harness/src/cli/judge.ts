/** `test-network judge <run>`: Judgement and reports once more, from the history of a run alone. */
import { createReadStream } from 'node:fs'
import { stat, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { createInterface } from 'node:readline'
import type { HistoryEvent } from '../history/history.ts'
import { exitCodeOf } from '../judge/judgement.ts'
import { printable } from '../printable.ts'
import { renderJson } from '../reports/json.ts'
import { type Judged, judged } from '../reports/judged.ts'
import { renderText, shortPath, writeReports } from './run-reports.ts'
import { UsageError } from './usage/values.ts'

export const HISTORY_FILE = 'history.ndjson'

/**
 * Judges the run of a folder and writes its reports anew. The exit code.
 *
 * @throws {UsageError} when there is no history, or one line of it is none of a history
 */
export async function judgeAgain(run: string, json: boolean): Promise<number> {
  const folder = resolve(run)
  const result = judgedOrRefused(await readHistory(folder))
  const exitCode = exitCodeOf[result.judgement.outcome]
  const document = renderJson(result, { path: folder, exitCode })
  await writeReports(result, document, { write: async (file, text) => await writeFile(join(folder, file), text) })
  process.stdout.write(json ? `${document}\n` : await renderText(result, folder))
  return exitCode
}

/** Lines that look like events, and are not what a run writes, are the user's mistake and no fault of the judge. */
function judgedOrRefused(history: readonly HistoryEvent[]): Judged {
  try {
    return judged(history)
  } catch (error) {
    throw new UsageError(`the history is not one that a run wrote: ${printable((error as Error).message, 200)}`)
  }
}

async function readHistory(folder: string): Promise<HistoryEvent[]> {
  const path = join(folder, HISTORY_FILE)
  const shown = shortPath(path)
  if (!(await isFile(path)))
    throw new UsageError(`${shown} is not there: name the folder of a run, such as runs/latest`)
  const history: HistoryEvent[] = []
  for await (const line of createInterface({
    input: createReadStream(path, 'utf8'),
    crlfDelay: Number.POSITIVE_INFINITY
  })) {
    const event = eventOf(line)
    if (event === undefined) {
      const what = printable(line, 60)
      throw new UsageError(`${shown} line ${history.length + 1} is no event of a history: ${what}`)
    }
    history.push(event)
  }
  if (history.length === 0) throw new UsageError(`${shown} is empty: the run left no history`)
  return history
}

async function isFile(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isFile()
  } catch {
    return false
  }
}

/** What a run wrote itself is trusted to be whole; a file of something else is not taken for one. */
function eventOf(line: string): HistoryEvent | undefined {
  try {
    const event = JSON.parse(line)
    return typeof event?.type === 'string' && typeof event.atMs === 'number' ? event : undefined
  } catch {
    return undefined
  }
}
