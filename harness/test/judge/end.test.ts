import t from 'tap'
import { judge } from '../../src/judge/judge.ts'
import { converged, type HistoryBuilder } from '../toolkit/history-builder.ts'

const abc = ['a', 'b', 'c']

/** A run that settled; `a` and `b` end well after it, and `c` as it is told to. */
function ending(end: (history: HistoryBuilder) => HistoryBuilder) {
  const history = converged(abc).at(3_000)
  history.ended('settled')
  for (const node of ['a', 'b']) history.stopRequested(node).exited(node)
  return judge(end(history.at(4_000).stopRequested('c')).events)
}

t.test('a node that ends with code 0 in time passes', async t => {
  t.match(
    ending(history => history.exited('c')),
    { outcome: 'pass', findings: [] }
  )
})

t.test('a code other than 0, or a signal that nobody sent, is told with node and lines', async t => {
  for (const how of [{ code: 7 }, { signal: 'SIGSEGV' }]) {
    const { outcome, findings } = ending(history => history.exited('c', how))
    t.equal(outcome, 'fail')
    t.match(findings, [
      { rule: 'exit-code', node: 'c', cause: { code: 'ended-badly', confidence: 'shown', evidence: [26] } }
    ])
    t.equal(findings.length, 1)
  }
})

t.test('a node that had to be asked by SIGTERM, or killed, is told once, by what it ignored', async t => {
  const asked = ending(history => history.at(4_810).exited('c', { signal: 'SIGTERM' }))
  t.match(asked.findings, [{ rule: 'ends-in-time', node: 'c', consequences: [] }])
  const obeyedLate = ending(history => history.at(4_815).exited('c'))
  t.match(obeyedLate.findings, [{ rule: 'ends-in-time', node: 'c' }])
  const killed = ending(history => history.at(5_650).exited('c', { signal: 'SIGKILL' }))
  t.match(killed.findings, [{ rule: 'ends-on-sigterm', node: 'c', consequences: [{ rule: 'ends-in-time' }] }])
  t.equal(killed.findings.length, 1)
})

t.test('rubbish after the end of the run is a breach like any other', async t => {
  const { outcome, findings } = ending(history => history.found('c', 'line is not JSON', 'bye').exited('c'))
  t.equal(outcome, 'fail')
  t.match(findings, [{ rule: 'lines', node: 'c', cause: { code: 'line-refused' } }])
})

t.test('what a node leaves behind is told by node and process', async t => {
  const { findings } = ending(history =>
    history.exited('c').observed({ type: 'run-closed', leftovers: [{ node: 'c', pid: 4_711 }] })
  )
  t.match(findings, [{ rule: 'leaves-nothing', node: 'c', message: /4711/ }])
})

t.test('an end that was not seen is unknown', async t => {
  const { outcome, notJudged } = ending(history => history)
  t.equal(outcome, 'unknown')
  t.match(notJudged.join(), 'how c ended was not seen')
})

t.test('a host that was short of time excuses a slow end, and never an exit code', async t => {
  const pressed = (history: HistoryBuilder) =>
    history.at(5_500).observed({ type: 'host-pressed', forMs: 1_500, waitingRatio: 0.95, stolenRatio: 0 })
  t.equal(ending(history => pressed(history.at(4_900).exited('c'))).outcome, 'unknown')
  t.equal(ending(history => pressed(history.at(4_900).exited('c', { code: 1 }))).outcome, 'fail')
})

t.test('pressure that no loop felt excuses a slow end, which is more work than to wait, and nothing else', async t => {
  const calm = (history: HistoryBuilder) => {
    for (const node of abc) history.stats(node, { loopLagMs: 3 })
    return history
  }
  const pressed = (history: HistoryBuilder) =>
    history.at(5_500).observed({ type: 'host-pressed', forMs: 1_500, waitingRatio: 0.95, stolenRatio: 0 })
  const slow = (how: object) => ending(history => pressed(calm(history.at(4_400)).at(4_900).exited('c', how)))
  t.equal(slow({}).outcome, 'unknown')
  t.equal(slow({ code: 1 }).outcome, 'fail')
  const lost = pressed(calm(converged(abc).at(4_400)).at(4_900).expired('a', 'b')).dumped(...abc)
  t.equal(judge(lost.ended('deadline')).outcome, 'fail', 'whoever had time to wait had time to announce')
})

t.test('an end that is told late is judged by when it was', async t => {
  const told = (how: object) => ending(history => history.at(5_500).exited('c', how))
  t.match(told({ toldLateMs: 1_300 }), { outcome: 'pass', findings: [] })
  t.match(told({ toldLateMs: 600 }).findings, [{ rule: 'ends-in-time', message: /it took 0\.90 s/ }])
  t.match(told({ toldLateMs: 1_300, signal: 'SIGTERM' }).findings, [{ rule: 'ends-in-time' }], 'it was asked twice')
  t.match(told({ toldLateMs: 1_300, code: 7 }).findings, [{ rule: 'exit-code' }])
})

t.test('a host that is short of time while nodes end excuses that, however calm they were before', async t => {
  const endingLate = (endedAtMs: number) => {
    const history = converged(abc).at(3_000)
    for (const node of abc) history.stats(node, { loopLagMs: 1 })
    history.at(3_400).observed({ type: 'host-pressed', forMs: 1_200, waitingRatio: 0.95, stolenRatio: 0 })
    history.at(endedAtMs).ended('settled')
    for (const node of abc) history.stopRequested(node)
    history.at(endedAtMs + 900)
    for (const node of abc) history.exited(node)
    return judge(history.events)
  }
  t.match(endingLate(3_500), { outcome: 'unknown', findings: [] })
  t.match(endingLate(5_500), { outcome: 'fail', findings: [{ rule: 'ends-in-time' }] })
})

t.test('only the signals that the harness sends excuse an end, however late it came', async t => {
  for (const atMs of [4_900, 5_700]) {
    const { findings } = ending(history => history.at(atMs).exited('c', { signal: 'SIGSEGV' }))
    t.match(findings, [{ node: 'c' }])
    t.ok(
      findings.flatMap(each => [each, ...each.consequences]).some(({ rule }) => rule === 'exit-code'),
      `at ${atMs} ms`
    )
  }
})
