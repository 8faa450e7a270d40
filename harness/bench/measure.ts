/** One run of the bench: the programs under measurement, the folder, the report. */
import { rm } from 'node:fs/promises'
import { join, relative } from 'node:path'
import { styleText } from 'node:util'
import { buildAdapter } from '../src/adapters/build.ts'
import { loadAdapter } from '../src/adapters/shipped.ts'
import { userCacheFolder } from '../src/cache-folder.ts'
import { createRunFolder, type RunFolder } from '../src/cli/artefacts.ts'
import { catchInterrupts } from '../src/cli/interrupts.ts'
import { exitCodeOf } from '../src/judge/judgement.ts'
import { createProcessRunner } from '../src/runners/process.ts'
import { type BenchPlan, runBench, warmUp } from './bench.ts'
import type { Pace } from './figure.ts'
import { figures } from './figures.ts'
import type { Program } from './fleet.ts'
import { machineNow, machineText, notesOf } from './machine.ts'
import { createOwnRunner, ownProgram } from './own-program.ts'
import { createCollector, type Results } from './results.ts'
import { renderTable } from './table.ts'
import type { MeasureUsage } from './usage.ts'

const PACES: Record<'full' | 'quick', Pace> = {
  full: { settleMs: 3_000, windowMs: 60_000, samples: 3, isQuick: false },
  quick: { settleMs: 500, windowMs: 3_000, samples: 1, isQuick: true }
}

/** The exit code: 0 when everything was measured, whether within its limits or not. */
export async function measure({ only, runs, nodes, serf, quick, out }: MeasureUsage): Promise<number> {
  const interrupts = catchInterrupts()
  const startedAt = new Date()
  const machine = machineNow()
  const folder = await createRunFolder(out, 'bench', startedAt)
  const results: Results = {
    startedAt: startedAt.toISOString(),
    runs,
    quick,
    machine,
    rows: [],
    problems: [],
    notes: notesOf(machine)
  }
  const chosen = figures.filter(({ name }) => only?.includes(name) ?? true)
  const collector = createCollector(chosen)
  const plan: BenchPlan = {
    figures: chosen,
    runs,
    nodes,
    pace: PACES[quick ? 'quick' : 'full'],
    ours: ownProgram(await createOwnRunner(folder.logPathOf, say)),
    serf:
      serf && chosen.some(figure => 'serf' in figure && figure.serf)
        ? await serfFor(results, interrupts.signal)
        : undefined,
    interrupt: interrupts.signal,
    say,
    fail: problem => {
      say(problem)
      results.problems.push(problem)
    }
  }
  try {
    await warmUp(plan)
    await runBench(plan, collector)
  } catch (error) {
    if (!interrupts.signal.aborted) throw error
    results.problems.push('interrupted: not everything was measured')
  } finally {
    await plan.ours.runner.close()
    await plan.serf?.runner.close()
  }
  results.rows = collector.rows()
  await report(results, folder)
  interrupts.release()
  return interrupts.exitCode() ?? (results.problems.length > 0 ? exitCodeOf.unknown : 0)
}

/** serf by HashiCorp, the measure of what a membership protocol costs: the adapter, which is built where it has not been yet. */
async function serfFor({ machine, notes }: Results, interrupt: AbortSignal): Promise<Program | undefined> {
  const building = { cacheFolder: userCacheFolder(), say, interrupt }
  const { command, version, missing } = await buildAdapter(await loadAdapter('serf'), building)
  if (command === undefined) {
    notes.push(`serf was not measured: ${missing}`)
    return undefined
  }
  machine.serf = `serf ${version}`
  return { name: 'serf', runner: createProcessRunner({ command }) }
}

async function report(results: Results, folder: RunFolder): Promise<void> {
  await folder.write('results.json', `${JSON.stringify(results, null, 2)}\n`)
  const problem = await folder.close()
  if (problem !== undefined) say(`${folder.path} is incomplete: ${problem}`)
  // A run of the bench is no history of one network.
  await rm(join(folder.path, 'history.ndjson'), { force: true })
  const colour = process.stdout.isTTY === true && process.stdout.hasColors()
  const mark = (text: string, holds: boolean) => (colour ? styleText(holds ? 'green' : 'red', text) : text)
  const table = results.rows.length > 0 ? renderTable(results.rows, mark) : 'nothing was measured'
  const remarks = [...results.problems, ...results.notes].map(text => `${text}\n`).join('')
  process.stdout.write(
    `\n${machineText(results)}\n\n${table}\n\n${remarks}${join(relative('.', folder.path), 'results.json')}\n`
  )
}

function say(line: string): void {
  process.stderr.write(`${line}\n`)
}
