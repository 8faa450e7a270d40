/** The main job: a run from the command line to the exit code. */
import { quote } from 'shell-quote'
import type { History, HistoryEvent } from '../history/history.ts'
import { judge } from '../judge/judge.ts'
import { exitCodeOf, type Verdict } from '../judge/verdict.ts'
import { renderJson } from '../reports/json.ts'
import { runners } from '../runners/registry.ts'
import { type RunPlan, supervise } from '../supervisor/supervisor.ts'
import type { RunFolder } from './artefacts.ts'
import { catchInterrupts } from './interrupts.ts'
import { makeFolder, shortPath, writeReports } from './run-reports.ts'
import type { RunUsage } from './usage.ts'

const SCENARIO = 'converge'

/** Columns of a log that is no terminal. */
const DEFAULT_WIDTH = 100

/**
 * Runs the network, prints what it showed, and leaves its folder. The exit code.
 *
 * @throws if the run could not begin
 */
export async function testNetwork(usage: RunUsage, argv: readonly string[]): Promise<number> {
  const interrupts = catchInterrupts()
  let folder: RunFolder | undefined
  const { nodeCommand, image, memoryBytes, cpus } = usage
  const runner = await runners[usage.runner]({
    nodes: Array.from({ length: usage.nodes }, (_, index) => `n${index + 1}`),
    nodeCommand,
    image,
    memoryBytes,
    cpus,
    logPathOf: node => folder?.logPathOf(node),
    say: line => process.stderr.write(`${line}\n`)
  })
  // Only a run that begins leaves a folder.
  folder = await makeFolder(usage.out, SCENARIO)
  const view = await openView(usage.json)
  const history = await supervise(planOf(usage, argv), runner, {
    interrupt: interrupts.signal,
    onEvent: event => {
      folder?.append(event)
      view.observe(event)
    }
  })
  view.end()
  await runner.close()
  const verdict = judge(history)
  const exitCode = interrupts.exitCode() ?? exitCodeOf[verdict.outcome]
  const json = renderJson(history, verdict, { path: folder.path, exitCode })
  await writeReports(history, verdict, json, folder)
  process.stdout.write(usage.json ? `${json}\n` : await renderText(history, verdict, folder.path))
  interrupts.release()
  return exitCode
}

function planOf(usage: RunUsage, argv: readonly string[]): RunPlan {
  const { nodes, deadlineMs, settleMs, bootstrapPeers, concurrentStarts } = usage
  const nodeArgs = [
    ...(usage.announceIntervalMs === undefined ? [] : ['--announce-interval-ms', String(usage.announceIntervalMs)]),
    ...(usage.ttlMs === undefined ? [] : ['--ttl-ms', String(usage.ttlMs)]),
    ...(usage.mdns ? ['--mdns'] : [])
  ]
  const command = quote(['test-network', ...argv])
  return { scenario: SCENARIO, nodes, deadlineMs, settleMs, bootstrapPeers, concurrentStarts, nodeArgs, command }
}

interface View {
  observe(event: HistoryEvent): void
  end(): void
}

async function openView(json: boolean): Promise<View> {
  if (json) return { observe() {}, end() {} }
  const { createLiveView } = await import('../reports/terminal/live.ts')
  return createLiveView()
}

async function renderText(history: History, verdict: Verdict, folderPath: string): Promise<string> {
  const { renderSummary } = await import('../reports/terminal/terminal.ts')
  const { columns, isTTY } = process.stdout
  // Some terminals do not know their width and say 0.
  const width = columns || DEFAULT_WIDTH
  const colour = isTTY === true && process.stdout.hasColors()
  return renderSummary(history, verdict, { colour, width, artefactsPath: shortPath(folderPath) })
}
