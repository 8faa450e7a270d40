import fc from 'fast-check'
import t from 'tap'
import type { History, HistoryEvent } from '../../src/history/history.ts'
import { networkOf } from '../../src/history/network.ts'
import { missingCells } from '../../src/judge/causes/missing.ts'
import { judge } from '../../src/judge/judge.ts'
import { anyHistory } from '../toolkit/any-history.ts'
import { converged, historyOf } from '../toolkit/history-builder.ts'

const abc = ['a', 'b', 'c']

t.test('a network in which everybody lists everybody, and goes on to, passes', async t => {
  t.match(judge(converged(abc).ended('settled')), { v: 1, outcome: 'pass', findings: [], excuses: [] })
})

t.test('a missing listing fails, and says who misses whom, and why', async t => {
  const history = historyOf(abc)
    .started(...abc)
    .meet('a', 'b')
    .joined('c', 'a')
    .joined('a', 'c')
    .joined('b', 'c')
    .dumped(...abc)
  const { outcome, findings } = judge(history.at(30_000).ended('deadline'))
  t.equal(outcome, 'fail')
  t.match(findings, [
    {
      rule: 'complete',
      node: 'c',
      run: 1,
      subject: 'b',
      message: /^c does not list b: no-evidence/,
      cause: { code: 'no-evidence', confidence: 'cannot-tell', evidence: [] },
      consequences: []
    }
  ])
  t.same(
    findings.map(({ consequences }) => consequences),
    [[]],
    'told once: one listing has no parts'
  )
})

t.test('a violation outweighs what is unknown', async t => {
  const history = historyOf(abc).started('a', 'b').spawned('c').meet('a', 'b').found('a', 'line is empty')
  t.match(judge(history.ended('interrupted')), { outcome: 'fail', findings: [{ rule: 'lines', node: 'a' }] })
})

t.test('what could not be seen does not pass', async t => {
  const unknown: Record<string, History> = {
    'nothing at all': [],
    'no node was spawned': historyOf(abc).at(30_000).ended('deadline'),
    'no node could be started': historyOf(['a', 'b']).spawnFailed('a', 'x').spawnFailed('b', 'x').ended('decided'),
    'no node had its time to be ready': historyOf(abc)
      .spawned(...abc)
      .at(14_000)
      .ended('deadline'),
    'one node alone': historyOf(['a']).started('a').dumped('a').at(30_000).ended('settled'),
    'one node never ready': historyOf(abc)
      .started('a', 'b')
      .meet('a', 'b')
      .spawned('c')
      .at(1_900)
      .dumped('a', 'b')
      .ended('deadline'),
    'no books': historyOf(abc)
      .started(...abc)
      .everybodyMeets()
      .at(30_000)
      .ended('settled'),
    'a book that is not the last': converged(abc).dumpRequested('b').ended('settled'),
    'no end': converged(abc).at(9_000).events,
    'no beginning': converged(abc).at(9_000).ended('settled').slice(1),
    interrupted: converged(abc).at(9_000).ended('interrupted'),
    'a harness that was late while everything held': converged(abc).at(8_500).lagged(3_000).at(9_000).ended('settled')
  }
  for (const [name, history] of Object.entries(unknown)) {
    const verdict = judge(history)
    t.equal(verdict.outcome, 'unknown', name)
    t.ok(verdict.notJudged.length > 0, `${name}: with a reason`)
  }
})

t.test('where no node was seen, no rule is said to hold', async t => {
  const { checks } = judge(
    historyOf(abc)
      .spawned(...abc)
      .at(14_000)
      .ended('deadline')
  )
  t.same(new Set(checks.map(({ status }) => status)), new Set(['unknown', 'not-tried']))
})

t.test('a node that had its time and never said ready fails the run, as what it is', async t => {
  const history = historyOf(abc).started('a', 'b').meet('a', 'b').spawned('c').at(16_000).dumped('a', 'b')
  t.match(judge(history.ended('deadline')), {
    outcome: 'fail',
    findings: [{ rule: 'ready-in-time', node: 'c', cause: { code: 'never-ready', confidence: 'shown' } }]
  })
})

t.test('an interrupted run is judged by what was already broken', async t => {
  t.equal(judge(converged(abc).left('a', 'b').ended('interrupted')).outcome, 'fail')
  t.equal(
    judge(
      historyOf(abc)
        .started(...abc)
        .ended('interrupted')
    ).outcome,
    'unknown',
    'nothing was owed so far'
  )
})

t.test(
  'no history makes the judge throw, whatever fails is told, with evidence that is there, and an unknown outcome has a reason',
  async () => {
    fc.assert(
      fc.property(anyHistory, history => {
        const { outcome, checks, findings, notJudged } = judge(history)
        if (outcome === 'unknown' && notJudged.length === 0) throw new Error('no reason')
        if (outcome === 'fail' && findings.length === 0) throw new Error('no finding')
        if (outcome !== 'fail' && findings.length > 0) throw new Error('a finding that fails nothing')
        const failed = checks.filter(({ status }) => status === 'fail').map(({ rule }) => rule)
        const told = new Set(findings.flatMap(each => [each, ...each.consequences]).map(({ rule }) => rule))
        if (failed.some(rule => !told.has(rule))) throw new Error('a rule fails without a finding')
        const lines = findings.flatMap(({ cause }) => cause.evidence)
        if (lines.some(line => line < 1 || line > history.length)) throw new Error('evidence that is not there')
      }),
      { numRuns: 2_000 }
    )
  }
)

t.test('a verdict is the same when the history is read back from its file', async t => {
  fc.assert(
    fc.property(anyHistory, history => {
      t.same(judge(JSON.parse(JSON.stringify(history))), judge(history))
    }),
    { numRuns: 50 }
  )
})

/** Three nodes that meet in some order; each of the six joins at its place. */
const meeting = fc
  .shuffledSubarray(
    abc.flatMap(a => abc.filter(b => b !== a).map(b => [a, b] as const)),
    { minLength: 6 }
  )
  .map(joins => ({ joins }))

function historyOfMeeting(joins: readonly (readonly [string, string])[]): HistoryEvent[] {
  const history = historyOf(abc).started(...abc)
  for (const [a, b] of joins) history.joined(a, b)
  return history
    .at(30_000)
    .dumped(...abc)
    .ended('deadline')
}

t.test('nodes that all meet pass, whatever the order, and never if one of them was not met', async t => {
  fc.assert(
    fc.property(meeting, fc.nat(5), ({ joins }, left) => {
      t.equal(judge(historyOfMeeting(joins)).outcome, 'pass')
      t.equal(judge(historyOfMeeting(joins.toSpliced(left, 1))).outcome, 'fail')
    }),
    { numRuns: 50 }
  )
})

/** A network that found each other, with some of anything in between. */
const disturbed = fc
  .record({ noise: fc.array(anyHistory, { minLength: 1, maxLength: 1 }), at: fc.nat(20), size: fc.nat(2) })
  .map(({ noise, at, size }) => {
    const whole = converged(abc).at(9_000).ended('settled')
    return whole.toSpliced(
      1 + at,
      0,
      ...(noise[0] ?? []).slice(1, 1 + size).filter(({ type }) => type !== 'run-started')
    )
  })

t.test('no history in which a live node lacks another one passes', async t => {
  const outcomes = new Set<string>()
  fc.assert(
    fc.property(fc.oneof(anyHistory, disturbed), history => {
      const { outcome } = judge(history)
      outcomes.add(`${outcome} ${lacks(history)}`)
      if (outcome === 'pass' && lacks(history)) throw new Error('passed')
    }),
    { numRuns: 3_000 }
  )
  t.ok(outcomes.has('pass false') && outcomes.has('fail true'), 'and both kinds of histories were tried')
})

t.test('the matrix and the findings agree', async t => {
  fc.assert(
    fc.property(anyHistory, history => {
      const network = networkOf(history)
      const { findings, checks } = judge(history)
      const status = checks.find(({ rule }) => rule === 'complete')!.status
      const cells = missingCells(network).filter(({ cause }) => !absentOrCut.has(cause.code))
      const told = findings.flatMap(each => [each, ...each.consequences]).filter(({ rule }) => rule === 'complete')
      const owed = ['settled', 'deadline'].includes(network.ended?.reason ?? '') && network.lags.length === 0
      if (owed) t.equal(status === 'fail', cells.length > 0)
      else t.equal(told.length, 0)
      for (const { observer, subject } of owed ? cells : []) {
        t.ok(
          told.some(({ message }) => message.startsWith(`${observer} does not list ${subject}: `)),
          `${observer} ${subject}`
        )
      }
    }),
    { numRuns: 200 }
  )
})

const absentOrCut = new Set(['never-started', 'never-ready', 'cut-by-fault'])

/** Counted without the code under test: the last event about each peer decides. */
function lacks(history: History): boolean {
  const processes = new Map<string, { node: string; peerId?: string; hasEnded: boolean; book: Set<string> }>()
  for (const event of history) {
    if (event.type === 'run-ended') break
    if (!('run' in event)) continue
    const key = `${event.node} ${event.run}`
    const process = processes.get(key) ?? { node: event.node, hasEnded: false, book: new Set() }
    processes.set(key, process)
    if (event.type === 'exited' || event.type === 'stop-requested') process.hasEnded = true
    if (event.type !== 'line') continue
    const { line } = event
    if (line.type === 'ready') process.peerId = line.peerId
    if (line.type === 'joined' || line.type === 'updated') process.book.add(line.peerId)
    if (line.type === 'left' || line.type === 'expired') process.book.delete(line.peerId)
  }
  const live = [...processes.values()].filter(({ peerId, hasEnded }) => peerId !== undefined && !hasEnded)
  return live.some(a => live.some(b => a.node !== b.node && !a.book.has(b.peerId!)))
}
