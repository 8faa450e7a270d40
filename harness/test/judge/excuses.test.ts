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
