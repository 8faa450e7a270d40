/** A table that reads well in a terminal and in Markdown alike. */
import { stripVTControlCharacters } from 'node:util'

/**
 * Columns are as wide as their widest cell, colours apart.
 *
 * @param rows - the first one is the head; all have as many cells as `right`
 * @param right - which columns are set to the right
 */
export function alignedTable(rows: readonly (readonly string[])[], right: readonly boolean[]): string {
  const widths = right.map((_, column) => Math.max(...rows.map(row => widthOf(row[column]!))))
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`
  const [head, ...body] = rows.map(row => line(row.map((cell, column) => pad(cell, widths[column]!, right[column]!))))
  const rule = line(widths.map((width, column) => (right[column] ? `${'-'.repeat(width - 1)}:` : '-'.repeat(width))))
  return [head, rule, ...body].join('\n')
}

function pad(cell: string, width: number, isRight: boolean): string {
  const space = ' '.repeat(width - widthOf(cell))
  return isRight ? space + cell : cell + space
}

function widthOf(cell: string): number {
  return stripVTControlCharacters(cell).length
}
