import fc from 'fast-check'
import { test } from 'tap'
import type { ComparedRun } from '../../src/comparison/measured.ts'
import { type ComparedTurn, comparedSeries, keyOf, partOf } from '../../src/comparison/turns.ts'
import { carryOutTurns, missingTurns } from '../../src/sweep/turns.ts'
import { GRID, runOf } from './synthetic.ts'

const LIFE: ComparedTurn = { system: 'other', scenario: 'life', nodes: 10, round: 3, seed: 3 }

const runsOf = (turn: ComparedTurn, ...changes: Partial<ComparedRun>[]) =>
  changes.map((change, index) => ({ ...runOf({ ...turn, round: index + 1 }), ...change }))

test('every round runs each system once in each scenario and size, a long scenario with the fewest nodes only', async t => {
  const { turns } = comparedSeries(GRID)
  t.equal(turns.length, 6 * (4 + 2))
  for (const round of [1, 2, 3, 4, 5, 6]) {
    const ofRound = turns.filter(turn => turn.round === round)
    t.equal(new Set(ofRound.map(keyOf)).size, 6)
    t.equal(new Set(ofRound.map(({ seed }) => seed)).size, 1, 'all systems have the same plan')
  }
  t.same(
    turns.filter(({ scenario, nodes }) => scenario === 'split' && nodes !== 10),
    []
  )
  const orders = [1, 2, 3, 4, 5, 6].map(round =>
    turns
      .filter(turn => turn.round === round)
      .map(({ system, scenario, nodes }) => `${system} ${scenario} ${nodes}`)
      .join()
  )
  t.ok(new Set(orders).size > 1, 'no system always follows the same other one')
  t.same(comparedSeries(GRID).turns, turns, 'equal grids give equal turns')
})

test('what was missed in two runs is not waited for any more, and what can still be measured is', async t => {
  t.equal(partOf(LIFE, runsOf(LIFE, { missed: 's6' })), 'all')
  t.same(partOf(LIFE, runsOf(LIFE, { missed: 's6' }, { missed: 's6' })), { before: 's4' })
  t.match(partOf(LIFE, runsOf(LIFE, { missed: 's1' }, { missed: 's1' })), { none: /step s1 was missed 2 times/ })
  t.equal(partOf(LIFE, runsOf(LIFE, { missed: 's1' }, { missed: 's6' })), 'all')
})

test('a system is given up only for what it missed itself, in the same scenario and with as many nodes', async t => {
  const missed = { missed: 's1' }
  for (const other of [{ system: 'ours' }, { scenario: 'split' as const }, { nodes: 50 }]) {
    t.equal(partOf(LIFE, runsOf({ ...LIFE, ...other }, missed, missed)), 'all', JSON.stringify(other))
  }
})

test('a system that never runs is not started for ever, and one run that shows something is enough to go on', async t => {
  const nothing = { outcome: 'unmeasured', reason: 'no node was ever ready' } as const
  t.equal(partOf(LIFE, runsOf(LIFE, nothing, nothing)), 'all')
  t.match(partOf({ ...LIFE, nodes: 50 }, runsOf(LIFE, nothing, nothing, nothing)), {
    none: /^it did not run 3 times: no node was ever ready$/
  })
  t.equal(partOf(LIFE, runsOf(LIFE, nothing, nothing, nothing, {})), 'all')
})

test('wherever a comparison is stopped, it goes on with what is missing, and decides as it would have', async () => {
  const series = comparedSeries({ ...GRID, repeat: 4 })
  const missedBy = fc.dictionary(fc.constantFrom('ours', 'other'), fc.constantFrom('s1', 's3', 's6'))
  await fc.assert(
    fc.asyncProperty(fc.nat(30), missedBy, async (stopAfter, missed) => {
      const carryOut = async (done: readonly ComparedRun[], limit: number) => {
        const kept = [...done]
        let made = 0
        return await carryOutTurns(series, done, {
          measure: async turn => (++made > limit ? undefined : measure(turn, kept, missed[turn.system])),
          keep: async run => void kept.push(run),
          tell: () => {},
          isInterrupted: () => false
        })
      }
      const atOnce = await carryOut([], Number.POSITIVE_INFINITY)
      const resumed = await carryOut(await carryOut([], stopAfter), Number.POSITIVE_INFINITY)
      return JSON.stringify(resumed) === JSON.stringify(atOnce) && missingTurns(series, resumed).length === 0
    }),
    { numRuns: 50 }
  )
})

function measure(turn: ComparedTurn, kept: readonly ComparedRun[], missed: string | undefined): ComparedRun {
  const part = partOf(turn, kept)
  if (typeof part === 'object' && 'none' in part) return { ...runOf(turn, 'given-up'), reason: part.none }
  if (part !== 'all') return { ...runOf(turn), shortened: true }
  return { ...runOf(turn), ...(missed !== undefined && { missed }) }
}
