/** `test-network judge <run>`: Judgement and reports once more, from the history of a run alone. */
import { writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import type { HistoryEvent } from '../history/history.ts'
import { exitCodeOf } from '../judge/judgement.ts'
import { printable } from '../printable.ts'
import { type Judged, judged } from '../reports/judged.ts'
import { renderJson } from '../reports/result/json.ts'
import type { SimulationSection } from '../reports/result/simulation-schema.ts'
import { version } from '../version.ts'
import type { FormatName } from './judging/format-names.ts'
import { renderAs } from './judging/formats.ts'
import { readHistory, readSimulation } from './judging/history-file.ts'
import { renderText, writeReports } from './run-reports.ts'
import type { JudgeUsage } from './usage/usages.ts'
import { UsageError } from './usage/values.ts'

/**
 * Judges the run of a folder. Prints what it shows and writes its reports anew, or makes the one report that was asked for. The
 * exit code.
 *
 * @throws as `judgeFolder`
 * @throws {UsageError} when the file that was named cannot be written
 */
export async function judgeAgain({ run, json, format, out }: JudgeUsage): Promise<number> {
  const folder = resolve(run)
  if (format !== undefined) return await makeReport(folder, format, out)
  const { result, document } = await judgeFolder(folder)
  process.stdout.write(json ? `${document}\n` : await renderText(result, folder))
  return exitCodeOf[result.judgement.outcome]
}

async function makeReport(folder: string, format: FormatName, out: string | undefined): Promise<number> {
  const { result, simulation = await readSimulation(folder) } = await judgedRun(folder)
  const exitCode = exitCodeOf[result.judgement.outcome]
  const text = await renderAs(format, { result, folder, exitCode, simulation })
  if (out === undefined) process.stdout.write(text)
  else {
    await writeFile(out, text).catch((error: Error) => {
      throw new UsageError(`--out must name a file that can be written: ${error.message}`)
    })
  }
  return exitCode
}

/**
 * Judges the run of a folder and writes its reports anew.
 *
 * @returns `document` - the content of result.json
 * @throws {UsageError} when there is no history, or one line of it is none of a history
 * @throws {Error} when it is a digest, and its seed does not give the run again here
 */
export async function judgeFolder(folder: string): Promise<{ result: Judged; document: string }> {
  const { result, simulation = await readSimulation(folder) } = await judgedRun(folder)
  const exitCode = exitCodeOf[result.judgement.outcome]
  const document = renderJson(result, { path: folder, exitCode, simulation })
  await writeReports(result, document, {
    path: folder,
    write: async (file, text) => await writeFile(join(folder, file), text)
  })
  return { result, document }
}

/**
 * The run of a folder, judged anew; nothing is written.
 *
 * @param options.whole - of a digest that is not too large, the whole history is wanted
 * @throws as `judgeFolder`
 */
export async function judgedRun(folder: string, { whole = false }: { whole?: boolean } = {}): Promise<Anew> {
  const history = await readHistory(folder)
  return isDigest(history) ? await judgedAnew(history, whole) : { result: judgedOrRefused(history) }
}

interface Anew {
  readonly result: Judged
  /** Figures of the simulation, if they are known anew. */
  readonly simulation?: SimulationSection | undefined
}

type StartOf<Type extends HistoryEvent> = Extract<Type, { type: 'run-started' }>

function isDigest([first]: readonly HistoryEvent[]): boolean {
  return first?.type === 'run-started' && first.digest !== undefined
}

/** So many nodes have a million entries: their whole history fits into memory. */
const MAX_WHOLE_NODES = 1_000

/**
 * A digest does not hold what the rules ask of the books: the seed gives all of it again.
 *
 * @throws {Error} when another version made it, or the plan is not all of it: the run went another way then
 */
async function judgedAnew(history: readonly HistoryEvent[], whole: boolean): Promise<Anew> {
  const { plan, digest, command } = history[0] as StartOf<HistoryEvent>
  const ended = history.find(event => event.type === 'run-ended')
  // The published package has the simulator in one file, with all that is its own.
  const { simulateAgain } = await import('./simulate.ts')
  // Another simulator may go another way from the same seed.
  if (digest!.version !== version()) {
    const whose = printable(digest!.version, 40)
    throw new Error(
      `version ${whose} made this digest: only that version gives the same run again, this is ${version()}`
    )
  }
  if (plan === undefined || ended === undefined || ended.reason === 'interrupted') {
    throw new Error(
      'the simulation was cut short, at a moment that its seed does not give again: run its command once more'
    )
  }
  process.stderr.write(`the history is a digest: simulating ${plan.nodes.length} nodes again\n`)
  const result = await simulateAgain(plan, command, whole ? MAX_WHOLE_NODES : undefined)
  if (result.endedBy === 'interrupted')
    throw new Error('interrupted before the simulation was over: nothing was judged')
  return { result: result.judged, simulation: result.figures }
}

/** Lines that look like events, and are not what a run writes, are the user's mistake and no fault of the judge. */
function judgedOrRefused(history: readonly HistoryEvent[]): Judged {
  try {
    return judged(history)
  } catch (error) {
    throw new UsageError(`the history is not one that a run wrote: ${printable((error as Error).message, 200)}`)
  }
}
