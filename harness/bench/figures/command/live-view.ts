import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { execa } from 'execa'
import type { HistoryEvent } from '../../../src/history/history.ts'
import { createNetwork, networkOf, observe } from '../../../src/history/network.ts'
import { Happenings } from '../../../src/reports/live/happenings.ts'
import { liveFrame } from '../../../src/reports/terminal/live/frame.ts'
import { paintLine } from '../../../src/reports/terminal/live/line.ts'
import { Screen } from '../../../src/reports/terminal/live/screen.ts'
import { REDRAW_INTERVAL_MS } from '../../../src/reports/terminal/live/view.ts'
import { livePage } from '../../../src/reports/ui/page.ts'
import type { SoloFigure } from '../../figure.ts'
import { MeasureError } from '../../measure-error.ts'

const cliPath = fileURLToPath(new URL('../../../src/cli/bin.ts', import.meta.url))

const DEADLINE_SECONDS = 120

/** Its stdout is a terminal, as far as the harness can tell. */
const AS_TERMINAL = 'data:text/javascript,Object.assign(process.stdout,{isTTY:true,columns:120,rows:40})'

/** What it costs to look on, and whether it slows a run down: the runs that are compared are made in turn, by one host. */
export const liveView: SoloFigure = {
  name: 'live-view',
  metrics: [
    { id: 'live-cpu', what: 'live view: of one core, while a run goes on', unit: '%', limit: () => ({ median: 2 }) },
    { id: 'live-terminal', what: 'command -> full books: with the live view / without', unit: '' },
    { id: 'live-page', what: 'command -> full books: with a page that reads / without', unit: '' }
  ],
  sizes: { full: [50], quick: [5] },
  realNodes: true,
  async measure({ sizes, interrupt }, take) {
    // A checkout bundles the page's script once, and the package has it ready: that is no cost of a run.
    await livePage()
    for (const nodes of sizes) {
      const alone = await runOf(nodes, interrupt, 'nobody looks on')
      const drawn = await runOf(nodes, interrupt, 'terminal')
      const served = await runOf(nodes, interrupt, 'page')
      take('live-cpu', 100 * costOf(alone.history), nodes)
      take('live-terminal', drawn.fullAfterMs / alone.fullAfterMs, nodes)
      take('live-page', served.fullAfterMs / alone.fullAfterMs, nodes)
    }
  }
}

type Watched = 'nobody looks on' | 'terminal' | 'page'

interface Run {
  readonly history: HistoryEvent[]
  /** From the command. */
  readonly fullAfterMs: number
}

async function runOf(nodes: number, interrupt: AbortSignal, watched: Watched): Promise<Run> {
  const out = await mkdtemp(join(tmpdir(), 'bench-'))
  try {
    const fromMs = Date.now()
    const flags = watched === 'page' ? ['--json', '--ui'] : watched === 'terminal' ? [] : ['--json']
    const preload = watched === 'terminal' ? ['--import', AS_TERMINAL] : []
    const args = [cliPath, String(nodes), String(DEADLINE_SECONDS), '--out', out, ...flags]
    const running = execa(process.execPath, ['--conditions=@gossip/source', ...preload, ...args], {
      // A process group of its own: Ctrl-C in the terminal must reach it once, from here.
      detached: true,
      cancelSignal: interrupt,
      gracefulCancel: false,
      forceKillAfterDelay: 10_000,
      env: { CI: '', TERM: 'xterm' },
      stdout: 'ignore',
      reject: false
    })
    if (watched === 'page') void readPage(running.stderr)
    const { exitCode } = await running
    interrupt.throwIfAborted()
    if (exitCode !== 0) throw new MeasureError(`test-network ${nodes}: exit code ${exitCode}`)
    const history = (await readFile(join(out, 'latest/history.ndjson'), 'utf8'))
      .split('\n')
      .flatMap(line => (line === '' ? [] : [JSON.parse(line) as HistoryEvent]))
    const { started, fullSpans } = networkOf(history)
    return { history, fullAfterMs: Date.parse(started!.startedAt) + fullSpans[0]!.fromMs - fromMs }
  } finally {
    await rm(out, { recursive: true, force: true })
  }
}

/** Takes all that the server sends, as a page does. */
async function readPage(stderr: NodeJS.ReadableStream): Promise<void> {
  for await (const chunk of stderr) {
    const [url] = /http:\S+/.exec(String(chunk)) ?? []
    if (url === undefined) continue
    const response = await fetch(`${url}events`).catch(() => undefined)
    await response?.text().catch(() => '')
  }
}

/** Processor time that a view of such a run takes, as a share of the time that the run took. */
function costOf(history: readonly HistoryEvent[]): number {
  // The first time, code is compiled that other runs have compiled already.
  replay(history, true)
  const foldedMs = cpuMsOf(() => replay(history, false))
  const shownMs = cpuMsOf(() => replay(history, true))
  return Math.max(0, shownMs - foldedMs) / history.at(-1)!.atMs
}

function replay(history: readonly HistoryEvent[], isShown: boolean): void {
  const network = createNetwork()
  const happenings = new Happenings()
  const screen = new Screen({ isTTY: true, columns: 120, rows: 40, write: () => true }, () => {})
  let nextMs = REDRAW_INTERVAL_MS
  for (const event of history) {
    for (; isShown && event.atMs >= nextMs; nextMs += REDRAW_INTERVAL_MS) {
      const lines = liveFrame({ network, happenings, nowMs: nextMs }, { columns: screen.columns, rows: screen.rows })
      screen.show(lines.map(line => paintLine(line, screen.columns, true)))
    }
    observe(network, event)
    if (isShown) happenings.note(event, network)
  }
  screen.close()
}

function cpuMsOf(work: () => void): number {
  const before = process.cpuUsage()
  work()
  const { user, system } = process.cpuUsage(before)
  return (user + system) / 1_000
}
