/** docs/PERFORMANCE.md: its prose is written by hand, its numbers by this. */
import { machineText } from './machine.ts'
import type { Results } from './results.ts'
import { renderTable } from './table.ts'

/** The place of the rows of one or more figures: `<!-- bench: kill stop -->`, whatever was there, `<!-- /bench -->`. */
const BLOCK = /(<!-- bench: ([a-z -]+?) -->\n)[\s\S]*?(<!-- \/bench -->)/g

/**
 * Fills every block with what the results say of its figures. A block of `machine` says where they are from.
 *
 * @throws {Error} when there is no block at all
 */
export function fillBlocks(markdown: string, results: Results): string {
  if (markdown.match(BLOCK) === null) throw new Error('the document has no place for the numbers: <!-- bench: kill -->')
  return markdown.replace(BLOCK, (_, begin: string, names: string, end: string) => {
    return `${begin}\n${blockOf(names.split(' '), results)}\n\n${end}`
  })
}

function blockOf(names: readonly string[], results: Results): string {
  if (names.includes('machine')) return machineText(results)
  const rows = results.rows.filter(({ figure }) => names.includes(figure))
  return rows.length > 0 ? renderTable(rows) : 'Not measured in this run.'
}
