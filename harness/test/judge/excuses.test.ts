/** What excuses a node: what the host lacked then and there, and nothing else. */
import { test } from 'tap'
import { networkOf } from '../../src/history/network.ts'
import { excusesOf } from '../../src/judge/excuses.ts'
import { historyOf } from '../toolkit/history-builder.ts'

const STATS_INTERVAL_MS = 1_500
const LAG_MS = 600
const HARNESS_LATE_AT_MS = 20_000

test('a loop that was late is excused if the host was short of time then, up to the moment, and not otherwise', async t => {
  const lastMs = HARNESS_LATE_AT_MS + LAG_MS + STATS_INTERVAL_MS
  const firstMs = HARNESS_LATE_AT_MS - LAG_MS - STATS_INTERVAL_MS
  for (const [atMs, isExcused] of [
    [firstMs - 1, false],
    [firstMs, true],
    [HARNESS_LATE_AT_MS, true],
    [lastMs, true],
    [lastMs + 1, false],
    [60_000, false]
  ] as const)
    t.equal(excusedNodes(atMs).includes('a'), isExcused, `at ${atMs} ms`)
})

test('a host that was short of time for half of a run and a second at least excuses what is owed in its end', async t => {
  const excuses = (pressedMs: number, runMs: number, loopLagMs?: number) => {
    const history = historyOf(['a', 'b']).started('a', 'b').at(pressedMs)
    if (loopLagMs !== undefined) for (const node of ['a', 'b']) history.stats(node, { loopLagMs })
    history.at(pressedMs).observed({ type: 'host-pressed', forMs: pressedMs, waitingRatio: 0.9, stolenRatio: 0 })
    const all = excusesOf(networkOf(history.at(runMs).ended('deadline')))
    return all.filter(({ why, fromMs }) => fromMs === 0 && why.includes(' of ')).length
  }
  t.equal(excuses(1_000, 2_000), 1)
  t.equal(excuses(999, 1_500), 0)
  t.equal(excuses(5_000, 10_000), 1)
  t.equal(excuses(5_000, 10_001), 0)
  t.equal(excuses(5_000, 10_000, 250), 0, 'no node felt it')
  t.equal(excuses(5_000, 10_000, 251), 1, 'a node felt it')
})

test('pressure is that of nodes that wait for most of the time, or of another guest that took it; neither has to be both', async t => {
  const isPressed = (waitingRatio: number, stolenRatio: number) => {
    const history = historyOf(['a', 'b']).started('a', 'b').at(5_000)
    history.observed({ type: 'host-pressed', forMs: 5_000, waitingRatio, stolenRatio })
    return excusesOf(networkOf(history.at(9_000).ended('deadline'))).length > 0
  }
  t.equal(isPressed(0.7, 0), true)
  t.equal(isPressed(0, 0.2), true)
  t.equal(isPressed(0.69, 0.19), false)
})

/** Of a run in which the harness was late once, and the loop of a node at this moment: those that have an excuse of their own. */
function excusedNodes(loopLateAtMs: number): string[] {
  const history = historyOf(['a', 'b']).started('a', 'b')
  const late = [
    { atMs: HARNESS_LATE_AT_MS, add: () => history.lagged(LAG_MS) },
    { atMs: loopLateAtMs, add: () => history.stats('a', { loopLagMs: LAG_MS }) }
  ]
  for (const { atMs, add } of late.sort((one, other) => one.atMs - other.atMs)) {
    history.at(atMs)
    add()
  }
  return excusesOf(networkOf(history.at(90_000).ended('deadline')))
    .filter(({ nodes }) => nodes.length === 1)
    .flatMap(({ nodes }) => [...nodes])
}
