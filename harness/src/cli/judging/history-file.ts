/** Reads what a run has left in its folder. */
import { createReadStream } from 'node:fs'
import { readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { z } from 'zod'
import { eventSchemas } from '../../history/event-schema.ts'
import { HISTORY_VERSION, type HistoryEvent } from '../../history/history.ts'
import { printable } from '../../printable.ts'
import { RESULT_VERSION } from '../../reports/result/schema.ts'
import { type SimulationSection, simulationSchema } from '../../reports/result/simulation-schema.ts'
import { shortPath } from '../run-reports.ts'
import { UsageError } from '../usage/values.ts'

const HISTORY_FILE = 'history.ndjson'

/**
 * The history of the run of a folder. Events that this version does not know are kept: a later minor version may have more.
 *
 * @throws {UsageError} with file, line and fault, when there is none, a line is no event, or a newer version wrote it
 */
export async function readHistory(folder: string): Promise<HistoryEvent[]> {
  const path = join(folder, HISTORY_FILE)
  const shown = shortPath(path)
  if (!(await isFile(path)))
    throw new UsageError(`${shown} is not there: name the folder of a run, such as runs/latest`)
  const history: HistoryEvent[] = []
  const input = createReadStream(path, 'utf8')
  for await (const line of createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY })) {
    if (history.length === 0) refuseNewer(shown, parsed(line), HISTORY_VERSION)
    history.push(eventOf(line, `${shown} line ${history.length + 1}`))
  }
  if (history.length === 0) throw new UsageError(`${shown} is empty: the run left no history`)
  return history
}

/**
 * What only the simulator knew, and wrote into result.json when it ran; undefined if it is not there.
 *
 * @throws {UsageError} when a newer version wrote it
 */
export async function readSimulation(folder: string): Promise<SimulationSection | undefined> {
  const path = join(folder, 'result.json')
  const document = parsed(await readFile(path, 'utf8').catch(() => ''))
  refuseNewer(shortPath(path), document, RESULT_VERSION)
  return simulationSchema.safeParse(document?.simulation).data
}

/** Minor versions add, and have no number; a major version that is newer than this program would be misread. */
function refuseNewer(shown: string, document: object | undefined, known: number): void {
  const v: unknown = document !== undefined && 'v' in document ? document.v : undefined
  if (typeof v !== 'number' || v <= known) return
  throw new UsageError(`${shown} is of version ${v}, and this program reads up to ${known}: use a newer test-network`)
}

async function isFile(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isFile()
  } catch {
    return false
  }
}

const schemas: Readonly<Record<string, z.ZodType>> = eventSchemas

function eventOf(line: string, where: string): HistoryEvent {
  const event = parsed(line) as Partial<HistoryEvent> | undefined
  if (typeof event?.type !== 'string' || typeof event.atMs !== 'number') {
    throw new UsageError(`${where} is no event of a history: ${printable(line, 60)}`)
  }
  const issue = Object.hasOwn(schemas, event.type) ? schemas[event.type]!.safeParse(event).error?.issues[0] : undefined
  if (issue === undefined) return event as HistoryEvent
  const what = issue.path.length === 0 ? 'it' : issue.path.join('.')
  throw new UsageError(`${where} is no event that a run wrote: ${printable(`${what}: ${issue.message}`, 200)}`)
}

/** Undefined for what is no JSON object. */
function parsed(text: string): { simulation?: unknown } | undefined {
  try {
    const value = JSON.parse(text)
    return typeof value === 'object' && value !== null ? value : undefined
  } catch {
    return undefined
  }
}
