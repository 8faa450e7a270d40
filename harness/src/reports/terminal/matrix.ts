/** Who misses whom, in characters. */
import type { NodeName } from '../../contract.ts'
import type { CauseCode } from '../../judge/judgement.ts'
import { amountText, count, nameList } from '../../judge/wording.ts'
import { printable } from '../../printable.ts'
import { causeLetters, type GridCell, type Matrix, type MissingGroup, missedText, missingGroupsOf } from '../matrix.ts'
import { type Layout, tied } from './layout.ts'

/** A larger matrix says less than the list of the worst. */
const MAX_NODES = 50
const MAX_GROUPS = 12
const MAX_WORST = 8

/** No line if nobody is missed. */
export function renderMissing(matrix: Matrix, layout: Layout): string[] {
  if (matrix.missing.length === 0) return []
  const table = matrix.subjects.length <= MAX_NODES ? renderTable(matrix, layout) : renderWorst(matrix, layout)
  return [...table, ...renderGroups(missingGroupsOf(matrix.missing), layout)]
}

/** Rows of nodes that miss nobody are left out: they are all dots. */
function renderTable(matrix: Matrix, layout: Layout): string[] {
  const { subjects, rows } = matrix
  const lacking = rows.filter(row => row.missing > 0)
  const names = subjects.map(name => printable(name, 6))
  const labelWidth = Math.max(...names.map(name => name.length)) + 3
  const gap = labelWidth + 2 * subjects.length <= layout.width ? ' ' : ''
  const title = layout.title(`Who misses whom: rows miss columns (${missingText(matrix)})`)
  if (labelWidth + subjects.length > layout.width) return [title]
  const lines = lacking.map(({ observer, cells }) => {
    return `${printable(observer, 6).padStart(labelWidth - 1)} ${cells.map(cell => sign(cell, layout)).join(gap)}`
  })
  return [title, ...verticalNames(names, labelWidth, gap), ...lines, `  ${layout.wrap(legendOf(matrix), 2)}`]
}

/** Nodes that were never there are not counted: rule `complete` does not count them either. */
function missingText({ completeness: { listed, expected } }: Matrix): string {
  return `${amountText(expected - listed)} of ${count(expected, 'listing')} missing`
}

function legendOf({ rows, causes }: Matrix): string {
  const signs = causes.map(
    cause => `${causeLetters[cause] ?? '?'} ${cause}${NEVER_THERE.includes(cause) ? ' (not counted)' : ''}`
  )
  const ended = rows.some(row => row.missing > 0 && row.cells.includes('absent')) ? ['blank ended'] : []
  const full = rows.filter(row => row.hasBook && row.missing === 0).length
  const unseen = full === 0 ? [] : [`not shown: ${count(full, 'node')} that ${full === 1 ? 'misses' : 'miss'} nobody`]
  return ['· listed', ...signs, ...ended, ...unseen].join(', ')
}

const NEVER_THERE: readonly CauseCode[] = ['never-started', 'never-ready']

function verticalNames(names: readonly NodeName[], indent: number, gap: string): string[] {
  const height = Math.max(...names.map(name => name.length))
  const tall = names.map(name => name.padStart(height))
  return Array.from({ length: height }, (_, row) => `${' '.repeat(indent)}${tall.map(name => name[row]).join(gap)}`)
}

function sign(cell: GridCell, layout: Layout): string {
  if (cell === 'self') return layout.paint('dim', '\\')
  if (cell === 'listed') return layout.paint('dim', '·')
  if (cell === 'absent') return ' '
  return layout.paint(['bold', 'red'], causeLetters[cell.cause.code] ?? '?')
}

function renderWorst(matrix: Matrix, layout: Layout): string[] {
  const { rows, missing } = matrix
  const missedBy = Map.groupBy(missing, cell => cell.subject)
  const missed = rows.map(({ observer: node }) => ({ node, cells: missedBy.get(node)?.length ?? 0 }))
  const lacking = rows.map(row => ({ node: row.observer, cells: row.missing }))
  return [
    layout.title(`Who misses whom: ${missingText(matrix)}`),
    layout.field('  missed', worst(missed, 'by ')),
    layout.field('  missing', worst(lacking, ''))
  ]
}

function worst(nodes: { node: NodeName; cells: number }[], preposition: string): string {
  const sorted = nodes.filter(({ cells }) => cells > 0).sort((a, b) => b.cells - a.cells)
  const shown = sorted
    .slice(0, MAX_WORST)
    .map(({ node, cells }) => tied(`${printable(node, 20)} (${preposition}${amountText(cells)})`))
  return sorted.length > MAX_WORST ? `${shown.join(', ')} and ${sorted.length - MAX_WORST} more` : shown.join(', ')
}

function renderGroups(groups: readonly MissingGroup[], layout: Layout): string[] {
  const lines = groups.slice(0, MAX_GROUPS).map(group => {
    const { observers, cause, detail } = group
    const evidence = detail === undefined ? '' : ` (${detail})`
    const verb = observers.length === 1 ? 'misses' : 'miss'
    return `  ${layout.wrap(`${nameList(observers)} ${verb} ${missedText(group)}: ${cause}${evidence}`, 4)}`
  })
  return groups.length > MAX_GROUPS ? [...lines, `  and ${groups.length - MAX_GROUPS} more lines like these`] : lines
}
