/** Lines of a terminal, made of coloured pieces and cut to its width. */
import { styleText } from 'node:util'
import stringWidth from 'string-width'
import wrapAnsi from 'wrap-ansi'

export type Format = Parameters<typeof styleText>[0]

/** Plain text, or text in a colour. Control characters have no place in either. */
export type Piece = string | readonly [format: Format, text: string]

export type Line = readonly Piece[]

/** As much of the line as fits into `columns`; a line that is cut off ends in `…`. */
export function paintLine(line: Line, columns: number, colour: boolean): string {
  if (columns < 1) return ''
  const pieces = lineWidth(line) <= columns ? line : [...cutTo(line, columns - 1), '…']
  return pieces.map(piece => (colour ? painted(piece) : textOf(piece))).join('')
}

/** A text in a column of its own beside `first`: at most `rows` lines, the last of which is cut where it is too long. */
export function besides(first: Piece, text: Piece, { columns, rows }: { columns: number; rows: number }): Line[] {
  const indent = lineWidth([first])
  const parts = wrapAnsi(textOf(text), Math.max(1, columns - indent), { hard: true }).split('\n')
  const shown = parts.length > rows ? [...parts.slice(0, rows - 1), parts.slice(rows - 1).join(' ')] : parts
  return shown.map((part, i) => [
    i === 0 ? first : ' '.repeat(indent),
    typeof text === 'string' ? part : [text[0], part]
  ])
}

/** Columns that the line takes where there is room for all of it. */
export function lineWidth(line: Line): number {
  return line.reduce((sum, piece) => sum + widthOf(textOf(piece)), 0)
}

function painted(piece: Piece): string {
  return typeof piece === 'string' ? piece : styleText(piece[0], piece[1], { validateStream: false })
}

function textOf(piece: Piece): string {
  return typeof piece === 'string' ? piece : piece[1]
}

function cutTo(line: Line, columns: number): Piece[] {
  const shown: Piece[] = []
  let left = columns
  for (const piece of line) {
    const text = beginning(textOf(piece), left)
    shown.push(typeof piece === 'string' ? text : [piece[0], text])
    if (text !== textOf(piece)) break
    left -= widthOf(text)
  }
  return shown
}

/** No character is cut in two, not even one of two columns. */
function beginning(text: string, columns: number): string {
  let shown = ''
  let left = columns
  for (const { segment } of graphemes.segment(text)) {
    left -= widthOf(segment)
    if (left < 0) break
    shown += segment
  }
  return shown
}

const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' })

/** ASCII and what bars and grids are drawn with take one column each: these need no measuring. */
const NARROW = /^[\x20-\x7e█░■·…✗✓\u2800-\u28ff]*$/

function widthOf(text: string): number {
  return NARROW.test(text) ? text.length : stringWidth(text)
}
