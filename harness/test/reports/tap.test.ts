import fc from 'fast-check'
import { test } from 'tap'
import { Parser } from 'tap-parser'
import type { History } from '../../src/history/history.ts'
import { RULE_IDS } from '../../src/judge/rules.ts'
import { renderTap } from '../../src/reports/cases/tap.ts'
import { judged } from '../../src/reports/judged.ts'
import { storedHistory } from '../planted/recorded.ts'
import { anyHistory } from '../toolkit/any-history.ts'
import { converged, historyOf } from '../toolkit/history-builder.ts'

/** One of the harness, and one of each rule. */
const CASES = 1 + RULE_IDS.length

interface Point {
  ok: boolean
  name: string
  skip?: boolean | string
  /** Of the diagnostics, in ms. */
  time?: number | null
  diag?: Record<string, unknown>
}

/** What a reader of TAP makes of it; strict: whatever is no TAP is a failure. */
function read(text: string) {
  const points: Point[] = []
  let results: { ok: boolean; count: number; pass: number; fail: number; skip: number } | undefined
  const parser = new Parser({ strict: true }, found => {
    results = found
  })
  parser.on('assert', (point: Point) => points.push(point))
  let version: number | undefined
  parser.on('version', (found: number) => {
    version = found
  })
  parser.end(text)
  return { points, version, results: results! }
}

const tapOf = (history: History) => renderTap(judged(history))
const abc = ['a', 'b', 'c']

test('a passed run is TAP 14 in which nothing fails', async t => {
  const { points, version, results } = read(tapOf(converged(abc).ended('settled')))
  t.equal(version, 14)
  t.match(results, { ok: true, count: CASES, fail: 0 })
  t.match(points[0], { ok: true, name: '0 harness' })
  t.match(points[22], { ok: true, name: '22 complete', time: 998 })
  t.match(points[9], { ok: true, name: '9 same-key', skip: 'no node restarts with its key' })
})

test('a broken rule fails with its cause, and what cannot be told fails as a whole and not rule by rule', async t => {
  const failed = read(tapOf(await storedHistory('hung')))
  t.match(failed.results, { ok: false, count: CASES, fail: 3 })
  t.match(failed.points[19], {
    ok: false,
    name: '19 answers-dump',
    diag: { severity: 'fail', cause: 'hung', message: /^n3 did not answer/, asks: 'a node answers dump within 2 s' }
  })
  const unknown = read(tapOf(historyOf(abc).started('a', 'b').spawned('c').at(1_900).ended('interrupted')))
  t.match(unknown.results, { ok: false, fail: 1 })
  t.match(unknown.points[0], { ok: false, name: '0 harness', diag: { severity: 'error', message: /interrupted/ } })
})

test('no text of a node ends a diagnostic, skips a failure or adds a test point', async t => {
  const rubbish = '\n  ...\nok 42 - forged\nnot ok 43\nBail out! # SKIP # TODO\r\n1..99\u2028::error::x'
  const history = historyOf(abc, { scenario: rubbish })
    .started(...abc)
    .found('a', rubbish, rubbish)
    .exited('b', { signal: rubbish, stderrTail: [rubbish.repeat(1_000)] })
  const text = tapOf(history.faultInjected(rubbish, 'c').at(30_000).ended('deadline'))
  const { points, results } = read(text)
  t.equal(points.length, CASES)
  t.match(results, { ok: false, count: CASES })
  t.match(points[28], { ok: false, name: '28 alive', diag: { cause: 'crashed' } })
  t.notMatch(text, /^\s*(::|Bail)/m)
  t.ok(text.length < 50_000, `${text.length} characters`)
})

test('every history that could be observed gives TAP that a strict reader takes', async () => {
  fc.assert(
    fc.property(anyHistory, history => {
      const result = judged(history)
      const { points, results } = read(renderTap(result))
      if (points.length !== CASES) throw new Error(`${points.length} test points`)
      if (results.ok !== (result.judgement.outcome === 'pass')) throw new Error(`ok: ${results.ok}`)
    }),
    { numRuns: 100 }
  )
})
