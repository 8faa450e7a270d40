/** Stored histories of planted programs, and what was judged of them. `record.ts` writes them. */
import { readdir, readFile } from 'node:fs/promises'
import type { HistoryEvent } from '../../src/history/history.ts'
import type { Finding, Judgement } from '../../src/judge/judgement.ts'

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

export async function storedJudgements(): Promise<Record<string, Outline>> {
  return JSON.parse(await readFile(JUDGEMENTS, 'utf8')) as Record<string, Outline>
}

export type Outline = ReturnType<typeof outlineOf>

/** A judgement without its sentences, which may be put better at any time. */
export function outlineOf({ v, outcome, checks, findings, excuses, faults, phases, notJudged }: Judgement) {
  return JSON.parse(
    JSON.stringify({
      v,
      outcome,
      checks: checks.map(({ rule, status, unknown }) => `${rule}: ${status}, ${unknown.length} unknown`),
      findings: findings.map(outlineOfFinding),
      excuses: excuses.map(({ why: _, ...excuse }) => excuse),
      faults,
      phases,
      notJudged: notJudged.length
    })
  ) as Record<string, unknown>
}

function outlineOfFinding({ message: _, consequences, ...finding }: Finding): Record<string, unknown> {
  return { ...finding, consequences: consequences.map(outlineOfFinding) }
}
