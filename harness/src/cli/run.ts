/** The main job: a run from the command line to the exit code. */
import { quote } from 'shell-quote'
import type { HistoryEvent } from '../history/history.ts'
import { exitCodeOf } from '../judge/judgement.ts'
import { renderJson } from '../reports/json.ts'
import { judged } from '../reports/judged.ts'
import { runners } from '../runners/registry.ts'
import { type RunPlan, supervise } from '../supervisor/supervisor.ts'
import type { RunFolder } from './artefacts.ts'
import { catchInterrupts } from './interrupts.ts'
import { closeFolder, makeFolder, renderText, writeReports } from './run-reports.ts'
import type { RunUsage } from './usage.ts'

const SCENARIO = 'converge'

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
  const result = judged(history)
  const exitCode = interrupts.exitCode() ?? exitCodeOf[result.judgement.outcome]
  const json = renderJson(result, { path: folder.path, exitCode })
  await writeReports(result, json, folder)
  await closeFolder(folder)
  process.stdout.write(usage.json ? `${json}\n` : await renderText(result, folder.path))
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
