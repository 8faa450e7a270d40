/** What a person sees while a run goes on: a view drawn in place on a terminal, a few lines elsewhere. */
import type { HistoryEvent } from '../../../history/history.ts'
import type { Network } from '../../../history/observed.ts'
import { Happenings } from '../../live/happenings.ts'
import type { RunSoFar } from '../../live/run-so-far.ts'
import { canDraw, hasColour, isCi, type Output } from '../output.ts'
import { liveFrame } from './frame.ts'
import { paintLine } from './line.ts'
import { PlainView } from './plain.ts'
import { Screen } from './screen.ts'

export interface LiveView {
  /** @param network - with the event in it */
  observe(event: HistoryEvent, network: Network): void
  /** Leaves the terminal as it was; the summary follows. A second call does nothing. */
  end(): void
}

export interface LiveViewOptions {
  /** The time of the run; asked before anything is shown. */
  clock: () => Pick<RunSoFar, 'nowMs' | 'speed'>
  /** Default stdout. */
  output?: Output
  env?: Readonly<Record<string, string | undefined>>
  /** Of a page that shows the run, too. */
  pageUrl?: string | undefined
  /** Nothing is shown before, so that a short run goes by without a word; a moment where something is drawn, if not given. */
  quietMs?: number
  /** Between two lines that only say how far the run is, where nothing is drawn; longer in a CI, if not given. */
  intervalMs?: number
  /** Monotonic time of the host. */
  hostMs?: () => number
}

/** Quick enough to look alive, and four times a second costs next to nothing. */
export const REDRAW_INTERVAL_MS = 250
const LINE_INTERVAL_MS = 500
/** Between two lines that only say how far a run is. */
const PROGRESS_INTERVAL_MS = { log: 10_000, ci: 30_000 }

const DEFAULT_QUIET_MS = 500

export function createLiveView(options: LiveViewOptions): LiveView {
  const { clock, pageUrl, output = process.stdout, env = process.env, hostMs = () => performance.now() } = options
  const isDrawn = canDraw(output, env)
  const happenings = new Happenings()
  const openedMs = hostMs()
  let network: Network | undefined
  const soFar = (): RunSoFar | undefined => {
    const time = clock()
    return network && { network, happenings, ...time, pageUrl }
  }
  const intervalMs = options.intervalMs ?? (isCi(env) ? PROGRESS_INTERVAL_MS.ci : PROGRESS_INTERVAL_MS.log)
  const display = isDrawn
    ? drawnDisplay(output, soFar, hasColour(output, env))
    : plainDisplay(new PlainView({ write: text => output.write(text), intervalMs }), soFar, hostMs)
  const quietMs = options.quietMs ?? (isDrawn ? DEFAULT_QUIET_MS : 0)
  const isQuiet = () => hostMs() - openedMs < quietMs
  const show = () => {
    if (!isQuiet()) display.show()
  }
  let timer: NodeJS.Timeout | undefined = setInterval(show, isDrawn ? REDRAW_INTERVAL_MS : LINE_INTERVAL_MS)
  // The view must not keep alive a harness that has nothing else to do.
  timer.unref()
  return {
    observe(event, observed) {
      network = observed
      happenings.note(event, observed)
    },
    end() {
      if (timer !== undefined && !isQuiet()) display.end()
      clearInterval(timer)
      timer = undefined
    }
  }
}

interface Display {
  show(): void
  end(): void
}

function drawnDisplay(output: Output, soFar: () => RunSoFar | undefined, colour: boolean): Display {
  const show = () => {
    const run = soFar()
    if (run === undefined) return
    const { columns, rows } = screen
    screen.show(liveFrame(run, { columns, rows }).map(line => paintLine(line, columns, colour)))
  }
  const screen = new Screen(output, show)
  return { show, end: () => screen.close() }
}

function plainDisplay(view: PlainView, soFar: () => RunSoFar | undefined, hostMs: () => number): Display {
  const show = () => {
    const run = soFar()
    if (run !== undefined) view.show(run, hostMs())
  }
  return { show, end: show }
}
