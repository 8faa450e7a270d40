/** Comparisons whose figures are made up. */
import {
  type BegunComparison,
  COMPARISON_VERSION,
  type ComparedSystem,
  type Comparison
} from '../../src/comparison/document.ts'
import type { ComparedRun } from '../../src/comparison/measured.ts'
import { comparisonOf } from '../../src/comparison/rows.ts'
import { type ComparedGrid, type ComparedTurn, comparedSeries } from '../../src/comparison/turns.ts'

export const GRID: ComparedGrid = {
  systems: ['ours', 'other'],
  scenarios: ['life', 'split'],
  nodes: [10, 50],
  repeat: 6,
  seed: 1
}

/** @param change - of what every run shows: by default each system the same */
export function comparisonWith(
  change: (turn: ComparedTurn) => Partial<ComparedRun> = () => ({}),
  grid: ComparedGrid = GRID
): Comparison {
  const runs = comparedSeries(grid).turns.map(turn => ({ ...runOf(turn), ...change(turn) }))
  return comparisonOf(begunWith(grid), runs, { complete: true })
}

export function runOf(turn: ComparedTurn, outcome: ComparedRun['outcome'] = 'measured'): ComparedRun {
  return { ...turn, outcome, reason: 'made up', figures: {}, rules: [] }
}

function begunWith({ systems, scenarios, ...grid }: ComparedGrid): BegunComparison {
  return {
    v: COMPARISON_VERSION,
    kind: 'comparison',
    startedAt: '2026-01-01T00:00:00.000Z',
    version: '1.0.0',
    host: { cpu: 'a processor', cores: 2, memoryGiB: 8, system: 'Linux 6', node: '24.0.0' },
    argv: [],
    plan: {
      ...grid,
      systems: systems.map(systemOf),
      absent: [],
      scenarios: scenarios.map(name => ({ name, digest: 'equal' })),
      nodes: [...grid.nodes],
      runner: 'netns'
    }
  }
}

function systemOf(name: string): ComparedSystem {
  return { name, title: `the ${name}`, about: 'a system', version: '1', settings: ['defaults'], claims: [], limits: [] }
}
