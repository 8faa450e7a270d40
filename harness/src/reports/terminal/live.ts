/** What a person sees while a run goes on: a view drawn in place on a terminal, a few lines elsewhere. */
import { createLogUpdate } from 'log-update'
import type { HistoryEvent } from '../../history/history.ts'
import { createNetwork, observe, progress } from '../../history/network.ts'
import type { Network, NodeRun } from '../../history/observed.ts'
import { count } from '../../judge/wording.ts'
import { printable } from '../../printable.ts'

export interface LiveView {
  observe(event: HistoryEvent): void
  /** Leaves the terminal as it was; the summary follows. */
  end(): void
}

export interface LiveViewOptions {
  stream?: NodeJS.WriteStream
  /** Draw in place; only a terminal can, and logs of CI should not. */
  redraw?: boolean
}

const REDRAW_INTERVAL_MS = 100
const LINE_INTERVAL_MS = 500

export function createLiveView({
  stream = process.stdout,
  redraw = stream.isTTY === true && !process.env.CI
}: LiveViewOptions = {}): LiveView {
  const network = createNetwork()
  const display = redraw ? drawnDisplay(stream) : plainDisplay(text => stream.write(text))
  let startedMs = performance.now()
  const show = () => display.show(network, performance.now() - startedMs)
  const timer = setInterval(show, redraw ? REDRAW_INTERVAL_MS : LINE_INTERVAL_MS)
  // The view must not keep alive a harness that has nothing else to do.
  timer.unref()
  return {
    observe(event) {
      if (event.type === 'run-started') startedMs = performance.now() - event.atMs
      observe(network, event)
    },
    end() {
      clearInterval(timer)
      display.end(network, performance.now() - startedMs)
    }
  }
}

interface Display {
  show(network: Network, nowMs: number): void
  end(network: Network, nowMs: number): void
}

function drawnDisplay(stream: NodeJS.WriteStream): Display {
  const draw = createLogUpdate(stream)
  return {
    show: (network, nowMs) => draw(renderFrame(network, nowMs, stream.columns ?? 80)),
    end: () => {
      draw.clear()
      draw.done()
    }
  }
}

/** A line whenever something changed since the last one. */
export function plainDisplay(write: (text: string) => void): Display {
  let last = ''
  const show = (network: Network, nowMs: number) => {
    const state = renderState(network)
    if (state === last || network.started === undefined) return
    last = state
    write(`${tenths(nowMs)}  ${state}\n`)
  }
  return { show, end: show }
}

/** `10/10 ready  7/10 books full` */
function renderState(network: Network): string {
  const { nodes, ready, booksFull } = progress(network)
  return [`${ready}/${nodes} ready`, `${booksFull}/${nodes} books full`, ...troubles(network)].join('  ')
}

function troubles(network: Network): string[] {
  const { down, violations } = progress(network)
  return [...(down > 0 ? [`${down} down`] : []), ...(violations > 0 ? [count(violations, 'violation')] : [])]
}

/** Lines that fit into `width` columns; no colours, and nothing that a node wrote. */
export function renderFrame(network: Network, nowMs: number, width: number): string {
  const { nodes, ready, booksFull } = progress(network)
  const pairs = Math.max(1, nodes * (nodes - 1))
  const bar = (label: string, amount: number, of: number) => {
    const columns = Math.max(0, Math.min(30, width - 24))
    const filled = Math.floor((columns * Math.min(amount, of)) / Math.max(1, of))
    return `${label}  ${'█'.repeat(filled)}${'░'.repeat(columns - filled)}  ${amount}/${of}`
  }
  const lines = [
    [timeText(network, nowMs), ...troubles(network)].join('  '),
    bar('ready', ready, nodes),
    bar('books', booksFull, nodes),
    bar('pairs', network.agreeing, pairs),
    ...renderCells(network)
  ]
  return lines.map(line => [...line].slice(0, width).join('')).join('\n')
}

function timeText({ started, fullSinceMs }: Network, nowMs: number): string {
  const deadlineMs = started?.deadlineMs ?? 0
  const left = `${tenths(Math.max(0, deadlineMs - nowMs))} left`
  const settling = fullSinceMs === undefined ? '' : `  all full for ${tenths(Math.max(0, nowMs - fullSinceMs))}`
  return `${tenths(nowMs)}  ${left}${settling}`
}

/** Seconds to a tenth: more digits would only flicker. */
function tenths(ms: number): string {
  return `${(ms / 1_000).toFixed(1)} s`
}

/** A row for each node up to here, above it a dot for each cell, above that only the bars. */
const MAX_NAMED_NODES = 16
const MAX_DOTTED_NODES = 50

function renderCells(network: Network): string[] {
  const nodes = [...network.nodes.keys()]
  if (nodes.length > MAX_DOTTED_NODES) return []
  const runs = nodes.map(node => network.nodes.get(node)!.at(-1))
  const isFilled = (row: number, column: number) => lists(network, runs[row], runs[column])
  if (nodes.length > MAX_NAMED_NODES) return ['', ...braille(nodes.length, isFilled)]
  const rows = nodes.map((node, row) => {
    const cells = nodes.map((_, column) => (row === column ? '\\' : isFilled(row, column) ? '■' : '·'))
    return `${printable(node, 8).padStart(5)}  ${cells.join(' ')}`
  })
  return ['', ...rows]
}

function lists(network: Network, observer: NodeRun | undefined, subject: NodeRun | undefined): boolean {
  if (observer === undefined || subject?.ready === undefined) return false
  return (
    observer === subject || (network.live.has(observer) && observer.book.get(subject.ready.peerId)?.agrees === true)
  )
}

/** Dots of a braille character by row and column, as Unicode numbers them from U+2800. */
const DOTS = [
  [0x01, 0x08],
  [0x02, 0x10],
  [0x04, 0x20],
  [0x40, 0x80]
] as const

/** Four rows of two cells in one character: 50 nodes fit into 13 lines. */
function braille(size: number, isFilled: (row: number, column: number) => boolean): string[] {
  return Array.from({ length: Math.ceil(size / 4) }, (_, y) => {
    const characters = Array.from({ length: Math.ceil(size / 2) }, (_, x) => {
      let dots = 0
      for (const [dy, bits] of DOTS.entries()) {
        for (const [dx, bit] of bits.entries()) {
          const [row, column] = [4 * y + dy, 2 * x + dx]
          if (row < size && column < size && isFilled(row, column)) dots |= bit
        }
      }
      return String.fromCodePoint(0x2800 + dots)
    })
    return `  ${characters.join('')}`
  })
}
