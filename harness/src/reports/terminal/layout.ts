/** Text laid out for a terminal: wrapped, indented, and coloured if that is wanted. */
import { styleText } from 'node:util'
import wrapAnsi from 'wrap-ansi'

export interface Layout {
  readonly width: number
  /** Adds a colour, or leaves the text as it is. */
  paint(format: Parameters<typeof styleText>[0], text: string): string
  /** Goes on in the next line, indented, when the line is full. */
  wrap(text: string, indent: number): string
  field(label: string, text: string): string
  title(text: string): string
}

export const LABEL_WIDTH = 11

const MIN_WIDTH = 40

/** A space at which a line is not broken. */
const TIED = '\u00a0'

/** The text is kept together where lines are wrapped. */
export function tied(text: string): string {
  return text.replaceAll(' ', TIED)
}

export function createLayout(terminalWidth: number, colour: boolean): Layout {
  const width = Math.max(MIN_WIDTH, terminalWidth)
  const paint: Layout['paint'] = (format, text) => (colour ? styleText(format, text, { validateStream: false }) : text)
  const wrap: Layout['wrap'] = (text, indent) =>
    wrapAnsi(text, width - indent, { hard: true })
      .replaceAll('\n', `\n${' '.repeat(indent)}`)
      .replaceAll(TIED, ' ')
  return {
    width,
    paint,
    wrap,
    field: (label, text) => `${paint('dim', label.padEnd(LABEL_WIDTH))}${wrap(text, LABEL_WIDTH)}`,
    title: text => paint('bold', wrap(text, 0))
  }
}
