/** Measures each figure so many times: every size in turn, ours and serf one after the other, so that both meet the same machine. */
import type { Figure, FleetFigure, Pace, SoloFigure } from './figure.ts'
import { type Fleet, type Program, startFleet } from './fleet.ts'
import { MeasureError } from './measure-error.ts'
import type { Collector } from './results.ts'

export interface BenchPlan {
  readonly figures: readonly Figure[]
  readonly runs: number
  /** Sizes of real networks, in place of each figure's own. */
  readonly nodes: readonly number[] | undefined
  readonly pace: Pace
  readonly ours: Program
  readonly serf: Program | undefined
  readonly interrupt: AbortSignal
  /** Tells the user what is going on. */
  readonly say: (line: string) => void
  /** Tells the user what could not be measured. */
  readonly fail: (problem: string) => void
}

/**
 * @throws {Error} when interrupted; what was measured until then has been collected
 */
export async function runBench(plan: BenchPlan, collector: Collector): Promise<void> {
  for (let run = 1; run <= plan.runs; run++) {
    const figures = plan.figures.filter(({ once }) => run === 1 || once === undefined)
    const ofFleets = figures.filter(figure => 'observe' in figure)
    for (const figure of figures) if ('measure' in figure) await measureSolo(plan, figure, run, collector)
    const sizes = new Set(ofFleets.flatMap(figure => sizesOf(plan, figure)))
    for (const nodes of [...sizes].sort((a, b) => a - b)) {
      const atSize = ofFleets.filter(figure => sizesOf(plan, figure).includes(nodes))
      await observeFleet(plan, plan.ours, nodes, atSize, run, collector)
      const besideSerf = atSize.filter(({ serf }) => serf)
      if (plan.serf !== undefined) await observeFleet(plan, plan.serf, nodes, besideSerf, run, collector)
    }
  }
}

/** As any run before has left it: the node program is bundled, and what Node compiled of it is kept. */
export async function warmUp({ ours, interrupt }: BenchPlan): Promise<void> {
  const fleet = await startFleet(ours, 3, interrupt)
  await Promise.all(fleet.members.map(async ({ handle }) => await handle.stop()))
}

async function measureSolo(plan: BenchPlan, figure: SoloFigure, run: number, collector: Collector): Promise<void> {
  const { pace, interrupt } = plan
  const sizes = figure.realNodes === true ? sizesOf(plan, figure) : ownSizesOf(plan, figure)
  await attempt(plan, `run ${run}: ${figure.name}`, async () => {
    const take = (metricId: string, value: number, nodes?: number) => collector.take(metricId, 'ours', value, nodes)
    await figure.measure({ sizes, pace, interrupt }, take)
  })
}

async function observeFleet(
  plan: BenchPlan,
  program: Program,
  nodes: number,
  figures: readonly FleetFigure[],
  run: number,
  collector: Collector
): Promise<void> {
  if (figures.length === 0) return
  const names = figures.map(({ name }) => name).join(', ')
  await attempt(plan, `run ${run}: ${nodes} nodes of ${program.name}: ${names}`, async () => {
    const fleet = await startFleet(program, nodes, plan.interrupt)
    try {
      for (const figure of figures) await observe(fleet, figure, plan.pace, collector)
    } finally {
      await fleet.end()
    }
  })
}

async function observe(fleet: Fleet, figure: FleetFigure, pace: Pace, collector: Collector): Promise<void> {
  const { name } = fleet.program
  try {
    await figure.observe(fleet, pace, (metricId, value, nodes) => collector.take(metricId, name, value, nodes))
  } catch (error) {
    if (error instanceof MeasureError) throw new MeasureError(`${figure.name}: ${error.message}`)
    throw error
  }
}

/** What cannot be measured costs its own values, and no others. */
async function attempt({ say, fail }: BenchPlan, what: string, work: () => Promise<void>): Promise<void> {
  say(what)
  try {
    await work()
  } catch (error) {
    if (!(error instanceof MeasureError)) throw error
    fail(`${what}: ${error.message}`)
  }
}

function sizesOf(plan: BenchPlan, figure: Figure): readonly number[] {
  return plan.nodes ?? ownSizesOf(plan, figure)
}

function ownSizesOf({ pace }: BenchPlan, { sizes }: Figure): readonly number[] {
  return pace.isQuick ? sizes.quick : sizes.full
}
