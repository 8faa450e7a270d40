import fc from 'fast-check'
import { test } from 'tap'
import { carryOutSweep, lastTries, type SweepSteps } from '../../src/sweep/carry-out.ts'
import { cellsOf, type Grid, type Turn, turnsOf } from '../../src/sweep/grid.ts'
import type { MeasuredRun } from '../../src/sweep/measured.ts'
import { MAX_TRIES } from '../../src/sweep/turns.ts'

const GRID: Grid = { nodes: [5, 10, 20], lossPercent: [0, 1], repeat: 4, seed: 7 }

test('every round has every cell once, with one seed, in an order of its own', async t => {
  const turns = turnsOf(GRID)
  t.equal(turns.length, 24)
  const orders = [1, 2, 3, 4].map(round => {
    const ofRound = turns.slice(6 * (round - 1), 6 * round)
    t.ok(ofRound.every(turn => turn.round === round && turn.seed === 6 + round))
    t.equal(new Set(ofRound.map(({ nodes, lossPercent }) => `${nodes} ${lossPercent}`)).size, 6)
    return JSON.stringify(ofRound.map(({ nodes, lossPercent }) => [nodes, lossPercent]))
  })
  t.ok(new Set(orders).size > 1)
  t.same(turnsOf(GRID), turns, 'equal grids give equal turns')
})

test('a host that becomes slower run by run meets all cells alike', async () => {
  fc.assert(
    fc.property(fc.nat(1_000), seed => {
      const grid = { ...GRID, repeat: 50, seed }
      const turns = turnsOf(grid)
      const means = cellsOf(grid).map(cell => {
        const places = turns.flatMap((turn, place) =>
          turn.nodes === cell.nodes && turn.lossPercent === cell.lossPercent ? [place] : []
        )
        return places.reduce((sum, place) => sum + place, 0) / places.length
      })
      // The middle of 300 places; what is left is chance within each round of six.
      return means.every(mean => Math.abs(mean - 149.5) < 1.5)
    })
  )
})

test('a run that failed is a result, and one that could not be judged comes again after all others', async t => {
  const made: string[] = []
  const runs = await carryOutSweep({ nodes: [2, 3], repeat: 1, seed: 1 }, [], {
    ...quiet,
    measure: async turn => {
      made.push(String(turn.nodes))
      const isFirst = made.filter(nodes => nodes === String(turn.nodes)).length === 1
      return runOf(turn, turn.nodes === 2 ? (isFirst ? 'unknown' : 'pass') : 'fail')
    }
  })
  t.equal(made.length, 3)
  t.equal(made.at(-1), '2')
  t.same(
    lastTries(runs)
      .map(({ nodes, outcome }) => [nodes, outcome])
      .sort(),
    [
      [2, 'pass'],
      [3, 'fail']
    ]
  )
})

test('what can never be judged is tried a few times, and no more', async t => {
  const runs = await carryOutSweep({ nodes: [2], repeat: 2, seed: 1 }, [], {
    ...quiet,
    measure: async turn => runOf(turn, 'unknown')
  })
  t.equal(runs.length, 2 * MAX_TRIES)
})

test('wherever a sweep is stopped, it goes on with what is missing, and makes no run twice', async () => {
  const outcomes = fc.infiniteStream(fc.constantFrom('pass', 'fail', 'unknown'))
  await fc.assert(
    fc.asyncProperty(fc.nat(30), outcomes, async (stopAfter, outcomes) => {
      let made = 0
      const written: MeasuredRun[] = []
      const steps: SweepSteps = {
        ...quiet,
        measure: async turn => (++made > stopAfter ? undefined : runOf(turn, outcomes.next().value)),
        keep: async run => void written.push(run)
      }
      await carryOutSweep(GRID, [], steps)
      const before = [...written]
      const all = await carryOutSweep(GRID, before, {
        ...steps,
        measure: async turn => runOf(turn, outcomes.next().value)
      })
      const judged = all
        .filter(({ outcome }) => outcome !== 'unknown')
        .map(({ nodes, lossPercent, round }) => {
          return `${nodes} ${lossPercent} ${round}`
        })
      const isOnce = new Set(judged).size === judged.length
      const isWhole = lastTries(all).length === turnsOf(GRID).length
      const isBounded = turnsOf(GRID).every(turn => {
        return (
          all.filter(
            run => run.nodes === turn.nodes && run.lossPercent === turn.lossPercent && run.round === turn.round
          ).length <= MAX_TRIES
        )
      })
      return isOnce && isWhole && isBounded && JSON.stringify(written) === JSON.stringify(all)
    }),
    { numRuns: 50 }
  )
})

test('an interrupted run counts as never begun, and no other one begins', async t => {
  let made = 0
  const runs = await carryOutSweep(GRID, [], {
    ...quiet,
    measure: async turn => (++made === 3 ? undefined : runOf(turn, 'pass')),
    isInterrupted: () => made >= 3
  })
  t.equal(runs.length, 2)
})

const quiet: SweepSteps = {
  measure: async turn => runOf(turn, 'pass'),
  keep: async () => {},
  tell: () => {},
  isInterrupted: () => false
}

function runOf(turn: Turn, outcome: MeasuredRun['outcome']): MeasuredRun {
  return { ...turn, outcome, reason: 'made up', figures: {} }
}
