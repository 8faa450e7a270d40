/** A terminal that shows what was written to it, as a user would see it. */
import { EventEmitter } from 'node:events'
import xterm, { type Terminal } from '@xterm/headless'
import type { HistoryEvent } from '../../../src/history/history.ts'
import { createNetwork, observe } from '../../../src/history/network.ts'
import { createLiveView, type LiveViewOptions } from '../../../src/reports/terminal/live/view.ts'

export class Emulator extends EventEmitter {
  readonly isTTY: boolean
  readonly written: string[] = []
  readonly #terminal: Terminal

  constructor({ columns = 80, rows = 24, isTTY = true } = {}) {
    super()
    this.isTTY = isTTY
    this.columns = columns
    this.rows = rows
    this.#terminal = new xterm.Terminal({ cols: Math.max(1, columns), rows: Math.max(1, rows), allowProposedApi: true })
  }

  columns: number
  rows: number

  readonly write = (text: string): boolean => {
    this.written.push(text)
    this.#terminal.write(text)
    return true
  }

  /** As a user does who drags the edge of a window; `event` comes after the terminal has changed. */
  resize(columns: number, rows: number): void {
    this.#terminal.resize(columns, rows)
    Object.assign(this, { columns, rows })
    this.emit('resize')
  }

  /** What is to be seen, without the empty lines at the bottom. */
  async lines(): Promise<string[]> {
    await this.#settled()
    const { active } = this.#terminal.buffer
    const shown = Array.from({ length: this.#terminal.rows }, (_, row) => {
      return active.getLine(active.viewportY + row)!.translateToString(true)
    })
    return shown.slice(0, shown.findLastIndex(line => line !== '') + 1)
  }

  /** Of the cell at the beginning of `text`: -1 where it has the usual colour. */
  async colourOf(text: string): Promise<number> {
    const lines = await this.lines()
    const row = lines.findIndex(line => line.includes(text))
    return this.#terminal.buffer.active.getLine(row)!.getCell(lines[row]!.indexOf(text))!.getFgColor()
  }

  async isCursorShown(): Promise<boolean> {
    await this.#settled()
    return this.written.join('').lastIndexOf('\x1b[?25h') >= this.written.join('').lastIndexOf('\x1b[?25l')
  }

  async #settled(): Promise<void> {
    await new Promise<void>(resolve => this.#terminal.write('', resolve))
  }
}

/** A view whose time passes only when it is told to. */
export function viewOn(output: Emulator, options: Partial<LiveViewOptions> = {}) {
  let hostMs = 0
  const network = createNetwork()
  const view = createLiveView({
    output,
    env: {},
    quietMs: 0,
    hostMs: () => hostMs,
    clock: () => ({ nowMs: hostMs }),
    ...options
  })
  return {
    view,
    observe(events: readonly HistoryEvent[]): void {
      for (const event of events) {
        observe(network, event)
        view.observe(event, network)
      }
    },
    /** Timers are the caller's: they have to be mocked. */
    pass(ms: number): void {
      hostMs += ms
    }
  }
}
