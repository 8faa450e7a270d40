/** The listings that are missing in the end, each with its cause; a cause that many share stands there once. */
import type { Network } from '../../../history/observed.ts'
import { missingCells } from '../../../judge/causes/missing.ts'
import { printable } from '../../../printable.ts'
import { redacted } from '../redacted.ts'
import type { MissingCause, MissingColumns, NodeNumber } from './report-data.ts'

export function missingOf(network: Network, numbers: ReadonlyMap<string, NodeNumber>): MissingColumns {
  const observer: NodeNumber[] = []
  const subject: NodeNumber[] = []
  const cause: number[] = []
  const causes: MissingCause[] = []
  const places = new Map<string, number>()
  if (network.started?.digest !== undefined) return { observer, subject, cause, causes }
  for (const cell of missingCells(network)) {
    const found = { ...cell.cause, detail: redacted(printable(cell.detail ?? '', 200)) }
    const key = JSON.stringify(found)
    const place = places.get(key) ?? causes.push(found) - 1
    places.set(key, place)
    observer.push(numbers.get(cell.observer)!)
    subject.push(numbers.get(cell.subject)!)
    cause.push(place)
  }
  return { observer, subject, cause, causes }
}
