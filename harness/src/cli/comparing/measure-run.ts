/** One run of a sweep: its plan is carried out and judged, and its figures are taken. */
import { basename } from 'node:path'
import { printable } from '../../printable.ts'
import { reasonOfOutcome } from '../../reports/words/headline.ts'
import type { Plan } from '../../scenario/plan.ts'
import type { BegunSweep, SweepPlan } from '../../sweep/document.ts'
import { figuresOfRun } from '../../sweep/figures.ts'
import { isOfCell, type SweepCell, type Turn } from '../../sweep/grid.ts'
import { MAX_MEASURED_REASON, type MeasuredRun } from '../../sweep/measured.ts'
import type { Interrupts } from '../interrupts.ts'
import type { SweepUsage } from '../usage/usages.ts'
import { SIMULATION } from '../usage/values.ts'
import { type Made, makeRun } from './make-run.ts'
import type { SweepFolder } from './sweep-folder.ts'

/** Where the runs of a sweep are made, and what each of them is. */
export interface MeasuredWhere {
  readonly runner: SweepPlan['runner']
  /** In a line: which runner it is, and why. */
  readonly text: string
  planOf(cell: SweepCell, seed: number): Plan
}

interface Around {
  readonly folder: SweepFolder
  readonly usage: SweepUsage
  readonly interrupts: Interrupts
}

/** Measures a turn; undefined if it was interrupted. Of each cell the folder of the first run that failed stays, and of the first one that could not be judged. */
export function measuresOf(
  { plan }: BegunSweep,
  where: MeasuredWhere,
  { folder, usage, interrupts }: Around
): (turn: Turn, before: readonly MeasuredRun[]) => Promise<MeasuredRun | undefined> {
  const make = where.runner === SIMULATION ? simulate : runReally
  return async (turn, before) => {
    const command = repeatOf(plan, turn)
    const making = { folder, usage, interrupts, command, runner: where.runner }
    const made = await make(where.planOf(turn, turn.seed), making).catch((error: Error) => error)
    if (made instanceof Error) {
      if (interrupts.signal.aborted) return undefined
      return { ...turn, outcome: 'unknown', reason: printable(made.message, MAX_MEASURED_REASON), figures: {} }
    }
    if (interrupts.signal.aborted) {
      await made.discard()
      return undefined
    }
    const { outcome } = made.judged.judgement
    const isFirst = outcome !== 'pass' && !before.some(run => run.outcome === outcome && isOfCell(run, turn))
    if (!isFirst) await made.discard()
    const kept = isFirst ? await made.keep() : undefined
    return {
      ...turn,
      outcome,
      reason: printable(reasonOfOutcome(made.judged), MAX_MEASURED_REASON),
      figures: figuresOfRun(made.judged),
      ...(kept !== undefined && { folder: kept })
    }
  }
}

/** A sweep of one run, with the options that change what it does. */
function repeatOf({ scenario, runner, options }: SweepPlan, { nodes, lossPercent, seed }: Turn): string[] {
  const grid = ['--nodes', String(nodes), ...(lossPercent === undefined ? [] : ['--loss', String(lossPercent)])]
  const given = Object.entries(options).flatMap(([name, value]) => (value === 'true' ? [name] : [name, value]))
  return [
    'sweep',
    '--scenario',
    scenario,
    ...grid,
    '--repeat',
    '1',
    '--seed',
    String(seed),
    '--runner',
    runner,
    ...given
  ]
}

type Making = Around & { readonly command: readonly string[]; readonly runner: SweepPlan['runner'] }

async function simulate(plan: Plan, { folder, interrupts, command }: Making): Promise<Made> {
  const { simulateQuietly } = await import('../simulate.ts')
  const { judged, keep } = await simulateQuietly(plan, interrupts.signal, command)
  return { judged, keep: async () => basename(await keep(folder.path)), async discard() {} }
}

async function runReally(plan: Plan, { folder, usage, interrupts, command, runner }: Making): Promise<Made> {
  const real = runner as Exclude<typeof runner, typeof SIMULATION>
  return await makeRun(plan, { ...usage, runner: real, out: folder.path }, command, interrupts)
}
