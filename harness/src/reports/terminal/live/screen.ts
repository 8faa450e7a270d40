/** The screen of a terminal that is drawn on while a run goes on. */
import ansiEscapes from 'ansi-escapes'
import { hasRoom, type Output } from '../output.ts'

// Without it a line that is too long for a moment, after a resize, would take a second row.
const WRAP_OFF = '\x1b[?7l'
const WRAP_ON = '\x1b[?7h'

const ENTER = ansiEscapes.enterAlternativeScreen + ansiEscapes.cursorHide + WRAP_OFF + ansiEscapes.clearViewport
const LEAVE = ansiEscapes.clearViewport + WRAP_ON + ansiEscapes.cursorShow + ansiEscapes.exitAlternativeScreen

/**
 * The second screen of a terminal, as editors use it: what was on the first one comes back untouched, whatever was drawn and
 * however often the window changed its size. It comes back as well when the process ends in any other way than by SIGKILL.
 */
export class Screen {
  readonly #output: Output
  readonly #redraw: () => void
  #isOpen = false

  /** @param redraw - called after a change of size, when nothing is shown any more */
  constructor(output: Output, redraw: () => void) {
    this.#output = output
    this.#redraw = redraw
  }

  get columns(): number {
    return this.#output.columns ?? 80
  }

  get rows(): number {
    return this.#output.rows ?? 24
  }

  /**
   * Shows these lines, one a row, and nothing else. All of them are written each time: what a warning of the process has left
   * there is gone with the next frame.
   */
  show(lines: readonly string[]): void {
    if (!hasRoom(this.#output)) return
    if (!this.#isOpen) this.#open()
    const rows = lines
      .slice(0, this.rows)
      .map((line, row) => `${ansiEscapes.cursorTo(0, row)}${ansiEscapes.eraseEndLine}${line}`)
    const isBelow = lines.length < this.rows
    const rest = isBelow ? `${ansiEscapes.cursorTo(0, lines.length)}${ansiEscapes.eraseDown}` : ''
    this.#output.write(`${rows.join('')}${rest}`)
  }

  /** The terminal is as it was before. */
  close(): void {
    if (!this.#isOpen) return
    this.#isOpen = false
    this.#output.off?.('resize', this.#redrawAll)
    process.off('exit', this.#leave)
    process.off('SIGTSTP', this.#suspend)
    process.off('SIGCONT', this.#enter)
    this.#leave()
  }

  #open(): void {
    this.#isOpen = true
    this.#output.on?.('resize', this.#redrawAll)
    process.on('exit', this.#leave)
    process.on('SIGTSTP', this.#suspend)
    process.on('SIGCONT', this.#enter)
    this.#output.write(ENTER)
  }

  readonly #leave = (): void => void this.#output.write(LEAVE)

  /** Ctrl-Z: the shell gets its own screen. */
  readonly #suspend = (): void => {
    this.#leave()
    process.kill(process.pid, 'SIGSTOP')
  }

  readonly #enter = (): void => {
    this.#output.write(ENTER)
    this.#redrawAll()
  }

  readonly #redrawAll = (): void => {
    this.#output.write(ansiEscapes.clearViewport)
    this.#redraw()
  }
}
