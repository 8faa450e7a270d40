/** Stored histories of planted programs, and what was judged of them. `record.ts` writes them. */
import { readdir, readFile } from 'node:fs/promises'
import type { HistoryEvent } from '../../src/history/history.ts'
import type { Judgement } from '../../src/judge/judgement.ts'

const FOLDER = new URL('recorded/', import.meta.url)

export const JUDGEMENTS = new URL('judgements.json', FOLDER)

export function pathOf(name: string): URL {
  return new URL(`${name}.ndjson`, FOLDER)
}

export async function recordedNames(): Promise<string[]> {
  const files = await readdir(FOLDER)
  return files.filter(file => file.endsWith('.ndjson')).map(file => file.replace('.ndjson', ''))
}

export async function storedHistory(name: string): Promise<HistoryEvent[]> {
  const lines = (await readFile(pathOf(name), 'utf8')).trimEnd().split('\n')
  return lines.map(line => JSON.parse(line) as HistoryEvent)
}

export async function storedJudgements(): Promise<Record<string, unknown>> {
  return JSON.parse(await readFile(JUDGEMENTS, 'utf8')) as Record<string, unknown>
}

/** As it stands in a file. */
export function stored(judgement: Judgement): unknown {
  return JSON.parse(JSON.stringify(judgement))
}
