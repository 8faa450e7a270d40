/** Results as a table that reads well in a terminal and in Markdown alike. */
import { alignedTable } from '../src/sweep/shown/aligned-table.ts'
import type { Limit, Unit } from './figure.ts'
import { type Row, summaryOf } from './results.ts'

const HEAD = ['figure', 'nodes', 'median', 'worst', 'limit', 'serf', 'ours / serf', 'values']
const RIGHT = [false, true, true, true, true, true, true, true]

/** Of rows that are not empty. */
export function renderTable(
  rows: readonly Row[],
  mark: (text: string, holds: boolean) => string = text => text
): string {
  return alignedTable([HEAD, ...rows.map(row => cellsOf(row, mark))], RIGHT)
}

function cellsOf(row: Row, mark: (text: string, holds: boolean) => string): string[] {
  const { median, worst, serfMedian, ratio, holds } = summaryOf(row)
  const { unit, limit } = row
  return [
    row.what,
    row.nodes === undefined ? '' : row.nodes.toLocaleString('en-US'),
    valueText(median, unit),
    row.values.length > 1 ? valueText(worst, unit) : '',
    limit === undefined ? '' : mark(`${limitText(limit, unit)} ${holds ? '✓' : '✗'}`, holds!),
    serfMedian === undefined ? '' : valueText(serfMedian, unit),
    ratio === undefined ? '' : valueText(ratio, ''),
    String(row.values.length)
  ]
}

/** Three digits say all that a measurement can. */
export function valueText(value: number, unit: Unit): string {
  const rounded = Math.abs(value) >= 100 ? Math.round(value) : Number(value.toPrecision(3))
  return `${rounded.toLocaleString('en-US', { maximumSignificantDigits: 15 })} ${unit}`.trimEnd()
}

export function limitText({ median, worst, atLeast }: Limit, unit: Unit): string {
  if (atLeast !== undefined) return `>= ${valueText(atLeast, unit)}`
  const parts = [
    median === undefined ? '' : `<= ${valueText(median, unit)}`,
    worst === undefined ? '' : `worst <= ${valueText(worst, unit)}`
  ]
  return parts.filter(part => part !== '').join(', ')
}
