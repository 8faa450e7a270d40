/** What shows a run while it goes on: the terminal, and a page if that is wanted. */
import type { HistoryEvent } from '../../history/history.ts'
import type { Network } from '../../history/observed.ts'
import type { Judged } from '../judged.ts'
import type { LiveView } from '../terminal/live/view.ts'
import type { UiServer } from '../ui/server.ts'
import type { RunSoFar } from './run-so-far.ts'

/** What of it a user can choose. */
export interface ViewOptions {
  readonly json: boolean
  /** A page of the run is served on this port; 0: on any that is free. */
  readonly uiPort?: number | undefined
}

export interface LiveViews {
  /** @param network - with the event in it */
  observe(event: HistoryEvent, network: Network): void
  /** The run is over: the terminal is as it was before. */
  end(): void
  /**
   * The page shows the verdict, and is served no longer; without one it says that there is none. A second call does nothing.
   *
   * @param folder - of the run, as commands are to name it
   */
  close(result?: Judged, folder?: string): Promise<void>
}

type Clock = () => Pick<RunSoFar, 'nowMs' | 'speed'>

/** @throws {UiPortError} when the port cannot be had */
export async function viewsOfRun({ json, uiPort }: ViewOptions): Promise<LiveViews> {
  let startedMs: number | undefined
  const clock: Clock = () => ({ nowMs: startedMs === undefined ? 0 : performance.now() - startedMs })
  const server = await serverOn(uiPort, clock)
  const view = json ? undefined : (await terminalView()).createLiveView({ clock, ...pageOf(server) })
  const views = both(view, server)
  return {
    ...views,
    observe(event, network) {
      startedMs ??= performance.now() - event.atMs
      views.observe(event, network)
    }
  }
}

/** Whoever waits for less needs no words: a terminal shows nothing before, and a log gets a line each half minute. */
const QUIET_MS = { terminal: 2_000, log: 30_000 }

/**
 * Of a simulation: beside its report, and so on stderr.
 *
 * @param clock - is asked before anything is shown
 * @throws {UiPortError} as `viewsOfRun`
 */
export async function viewsOfSimulation(uiPort: number | undefined, clock: Clock): Promise<LiveViews> {
  const server = await serverOn(uiPort, clock)
  const { createLiveView } = await terminalView()
  const output = process.stderr
  const quietMs = output.isTTY === true ? QUIET_MS.terminal : QUIET_MS.log
  return both(createLiveView({ output, clock, quietMs, intervalMs: QUIET_MS.log, ...pageOf(server) }), server)
}

async function terminalView() {
  return await import('../terminal/live/view.ts')
}

function pageOf(server: UiServer | undefined): { pageUrl?: string } {
  return server === undefined ? {} : { pageUrl: server.url }
}

/** The address goes to the user's eyes, and into no file of the run. */
async function serverOn(port: number | undefined, clock: Clock): Promise<UiServer | undefined> {
  if (port === undefined) return undefined
  const [{ serveUi }, { livePage }] = await Promise.all([import('../ui/server.ts'), import('../ui/page.ts')])
  const server = await serveUi({ port, page: await livePage(), clock })
  process.stderr.write(`live page  ${server.url}\n`)
  return server
}

function both(view: LiveView | undefined, server: UiServer | undefined): LiveViews {
  return {
    observe(event, network) {
      view?.observe(event, network)
      server?.append(event)
    },
    end: () => view?.end(),
    async close(result, folder) {
      view?.end()
      await server?.end(JSON.stringify({ judgement: result?.judgement, folder }))
    }
  }
}
