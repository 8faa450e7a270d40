/** A comparison as text for a terminal, and as Markdown. */
import { escaped } from '../../reports/github/escaping.ts'
import { alignedTable } from '../../sweep/shown/aligned-table.ts'
import type { Comparison } from '../document.ts'
import { type ComparedTable, comparedTables } from './tables.ts'
import { aboutText, absentLines, figureLines, lossLines, methodLines, settingLines } from './words.ts'

/** Ends with a newline. */
export function comparisonText(comparison: Comparison): string {
  const tables = comparedTables(comparison).flatMap(table => ['', tableTitle(table), '', tableText(table)])
  const absent = absentLines(comparison)
  return [
    aboutText(comparison),
    ...tables,
    '',
    'Where ours loses:',
    ...lossLines(comparison).map(listed),
    ...(absent.length === 0 ? [] : ['', 'Not in the table:', ...absent.map(listed)]),
    ...figureLines(comparison).flatMap((line, index) => (index === 0 ? ['', line] : [line])),
    '',
    ...methodLines(comparison),
    ''
  ].join('\n')
}

/** Ends with a newline. */
export function comparisonMarkdown(comparison: Comparison): string {
  const tables = comparedTables(comparison).map(withEscapedSystems)
  const absent = absentLines(comparison)
  const systems = settingLines(comparison).flatMap(({ title, version, lines }) => {
    return ['', `### ${escaped(title)}`, '', `version ${escaped(version)}`, '', ...markdownList(lines)]
  })
  return [
    '# Beside the others',
    '',
    escaped(aboutText(comparison)),
    '',
    ...markdownList(methodLines(comparison)),
    '',
    '## The table',
    ...tables.flatMap(table => ['', `### ${tableTitle(table)}`, '', tableText(table)]),
    '',
    '## Where ours loses',
    '',
    ...markdownList(lossLines(comparison)),
    ...(absent.length === 0 ? [] : ['', '## Not in the table', '', ...markdownList(absent)]),
    '',
    '## The figures',
    '',
    ...markdownList(figureLines(comparison)),
    '',
    '## The systems and their settings',
    ...systems,
    ''
  ].join('\n')
}

function tableTitle({ title, nodes }: ComparedTable): string {
  return `${title}, ${nodes} nodes`
}

function tableText({ head, rows, right }: ComparedTable): string {
  return alignedTable([head, ...rows], right)
}

/** The other cells are words of the report. */
function withEscapedSystems(table: ComparedTable): ComparedTable {
  return { ...table, rows: table.rows.map(([system = '', ...cells]) => [escaped(system), ...cells]) }
}

function markdownList(lines: readonly string[]): string[] {
  return lines.map(line => listed(escaped(line)))
}

function listed(line: string): string {
  return `- ${line}`
}
