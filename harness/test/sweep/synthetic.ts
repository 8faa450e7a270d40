/** Sweeps whose figures are drawn from distributions that are known. */
import { SWEEP_VERSION, type Sweep } from '../../src/sweep/document.ts'
import type { Figures } from '../../src/sweep/figures.ts'
import { cellsOf, type SweepCell } from '../../src/sweep/grid.ts'
import type { MeasuredRun } from '../../src/sweep/measured.ts'

export const HOST = { cpu: 'a processor', cores: 2, memoryGiB: 8, system: 'Linux 6', node: '24.0.0' }

export interface Synthetic {
  readonly nodes?: number[]
  readonly lossPercent?: number[]
  readonly repeat: number
  /** Of one run. */
  readonly figures: (cell: SweepCell, round: number) => Figures
  readonly outcome?: (cell: SweepCell, round: number) => MeasuredRun['outcome']
}

export function sweepOf({ nodes = [5, 10], lossPercent = [0, 5], repeat, figures, outcome }: Synthetic): Sweep {
  const plan = {
    scenario: 'calm',
    nodes,
    lossPercent,
    repeat,
    seed: 1,
    runner: 'netns' as const,
    options: {},
    digest: 'equal'
  }
  const runs = cellsOf(plan).flatMap(cell =>
    Array.from({ length: repeat }, (_, index) => ({
      ...cell,
      round: index + 1,
      seed: index + 1,
      outcome: outcome?.(cell, index + 1) ?? ('pass' as const),
      reason: 'made up',
      figures: figures(cell, index + 1)
    }))
  )
  const begun = { startedAt: '2026-01-01T00:00:00.000Z', version: '1.0.0', host: HOST, argv: [], plan }
  return { v: SWEEP_VERSION, kind: 'sweep', ...begun, complete: true, runs }
}
