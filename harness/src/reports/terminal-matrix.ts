/** Who misses whom, in characters. */
import type { NodeName } from '../history.ts'
import { printable } from '../printable.ts'
import { count, nameList } from '../wording.ts'
import { type Cell, causeLetters, type Matrix, type MissingGroup, missingGroupsOf } from './matrix.ts'
import type { Layout, Paint } from './terminal.ts'

/** A larger matrix says less than the list of the worst. */
const MAX_NODES = 50
const MAX_GROUPS = 12
const MAX_WORST = 8

/** No line if nobody is missed. */
export function renderMissing(matrix: Matrix, layout: Layout, paint: Paint): string[] {
  if (matrix.missing.length === 0) return []
  const table = matrix.subjects.length <= MAX_NODES ? renderTable(matrix, layout, paint) : renderWorst(matrix, layout)
  return [...table, ...renderGroups(missingGroupsOf(matrix.missing), layout)]
}

/** Rows of nodes that miss nobody are left out: they are all dots. */
function renderTable(matrix: Matrix, layout: Layout, paint: Paint): string[] {
  const { subjects, rows, missing } = matrix
  const lacking = rows.filter(row => row.missing > 0)
  const names = subjects.map(name => printable(name, 6))
  const labelWidth = Math.max(...names.map(name => name.length)) + 2
  const gap = labelWidth + 2 * subjects.length <= layout.width ? ' ' : ''
  const whole = `${missing.length.toLocaleString('en')} of ${count(subjects.length * (subjects.length - 1), 'listing')} missing`
  const title = layout.title(`Who misses whom: rows miss columns (${whole})`)
  if (labelWidth + subjects.length > layout.width) return [title]
  const lines = lacking.map(({ observer, cells }) => {
    return `${printable(observer, 6).padStart(labelWidth - 1)} ${cells.map(cell => sign(cell, paint)).join(gap)}`
  })
  return [title, ...verticalNames(names, labelWidth, gap), ...lines, `  ${layout.wrap(legendOf(matrix), 2)}`]
}

function legendOf({ rows, causes }: Matrix): string {
  const signs = causes.map(cause => `${causeLetters[cause]} ${cause}`)
  const ended = rows.some(row => row.missing > 0 && row.cells.includes('absent')) ? ['blank ended'] : []
  const full = rows.filter(row => row.hasBook && row.missing === 0).length
  const unseen = full === 0 ? [] : [`not shown: ${count(full, 'node')} that ${full === 1 ? 'misses' : 'miss'} nobody`]
  return ['· listed', ...signs, ...ended, ...unseen].join(', ')
}

function verticalNames(names: readonly NodeName[], indent: number, gap: string): string[] {
  const height = Math.max(...names.map(name => name.length))
  const tall = names.map(name => name.padStart(height))
  return Array.from({ length: height }, (_, row) => `${' '.repeat(indent)}${tall.map(name => name[row]).join(gap)}`)
}

function sign(cell: Cell, paint: Paint): string {
  if (cell === 'self') return paint('dim', '\\')
  if (cell === 'listed') return paint('dim', '·')
  if (cell === 'absent') return ' '
  return paint(['bold', 'red'], causeLetters[cell.cause])
}

function renderWorst({ rows, missing }: Matrix, layout: Layout): string[] {
  const missed = [...Map.groupBy(missing, cell => cell.subject)].map(([node, cells]) => ({ node, cells: cells.length }))
  const lacking = rows.map(row => ({ node: row.observer, cells: row.missing })).filter(({ cells }) => cells > 0)
  return [
    layout.title(`Who misses whom: ${count(missing.length, 'listing')} missing`),
    layout.field('  missed', worst(missed, 'by ')),
    layout.field('  missing', worst(lacking, ''))
  ]
}

function worst(nodes: { node: NodeName; cells: number }[], preposition: string): string {
  const shown = nodes.toSorted((a, b) => b.cells - a.cells).slice(0, MAX_WORST)
  const more = nodes.length > MAX_WORST ? ` and ${nodes.length - MAX_WORST} more` : ''
  return `${shown.map(({ node, cells }) => `${printable(node, 20)} (${preposition}${cells})`).join(', ')}${more}`
}

function renderGroups(groups: readonly MissingGroup[], layout: Layout): string[] {
  const lines = groups.slice(0, MAX_GROUPS).map(({ observers, subjects, cause, detail }) => {
    const evidence = detail === undefined ? '' : ` (${detail})`
    const verb = observers.length === 1 ? 'misses' : 'miss'
    return `  ${layout.wrap(`${nameList(observers)} ${verb} ${nameList(subjects)}: ${cause}${evidence}`, 4)}`
  })
  return groups.length > MAX_GROUPS ? [...lines, `  and ${groups.length - MAX_GROUPS} more lines like these`] : lines
}
