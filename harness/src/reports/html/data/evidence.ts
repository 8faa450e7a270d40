/** Lines of the history that show something, as they stand in history.ndjson. */
import type { History } from '../../../history/history.ts'
import { printable } from '../../../printable.ts'
import type { EvidenceLine } from './report-data.ts'

/** Of one finding. */
const MAX_LINES = 10
const MAX_LENGTH = 400

/** @param lines - numbers of lines, from 1; those that the history does not have are left out */
export function evidenceOf(history: History, lines: readonly number[]): EvidenceLine[] {
  return lines.slice(0, MAX_LINES).flatMap(line => {
    const event = history[line - 1]
    return event === undefined ? [] : [{ line, text: printable(JSON.stringify(event), MAX_LENGTH) }]
  })
}
