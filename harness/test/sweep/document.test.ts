import { test } from 'tap'
import { compareSweeps } from '../../src/sweep/baseline.ts'
import { readSweep, SweepFileError, sweepDocument } from '../../src/sweep/document.ts'
import { measuredRunOf, measuredRunText } from '../../src/sweep/measured.ts'
import { renderSweepPage } from '../../src/sweep/shown/page.ts'
import { changesText, sweepText } from '../../src/sweep/shown/text.ts'
import { cellSummaries, growths } from '../../src/sweep/summary.ts'
import { sweepOf } from './synthetic.ts'

const NEVER = Number.POSITIVE_INFINITY

/** Full grows with N, whole never happens at a loss of 5 %. */
const sweep = sweepOf({
  repeat: 6,
  figures: ({ nodes, lossPercent }, round) => ({
    full: nodes * 100 + round,
    whole: lossPercent === 5 ? NEVER : 1_000,
    'memory-p50': 80 * 2 ** 20
  }),
  outcome: ({ lossPercent }) => (lossPercent === 5 ? 'fail' : 'pass')
})

test('a sweep that was written is read as it was, what never happened included', async t => {
  t.same(readSweep(sweepDocument(sweep), 'x.json'), sweep)
  t.match(JSON.parse(sweepDocument(sweep)), {
    units: { full: 'ms', bytes: 'bytes/s' },
    cells: [{ nodes: 5, lossPercent: 0, passed: 6, failed: 0, figures: { full: { median: 503, low: 501, high: 506 } } }]
  })
})

test('a run that was written is read as it was, and half a line is none', async t => {
  const text = measuredRunText(sweep.runs.at(-1)!)
  t.same(measuredRunOf(text), sweep.runs.at(-1))
  t.equal(measuredRunOf(text.slice(0, -5)), undefined)
  t.equal(measuredRunOf(''), undefined)
  t.equal(measuredRunOf('{"nodes":1}'), undefined)
})

for (const [what, change, message] of [
  [
    'another version of the format',
    { v: 2 },
    /^x\.json has version 2 of the format, and this testbed reads 1: measure it again$/
  ],
  ['something else', { kind: 'judgement' }, /^x\.json is no result of a sweep: /],
  ['another unit', { units: { full: 's' } }, /^x\.json has full in s, and here it is in ms: measure it again$/],
  ['a damaged run', { runs: [{ nodes: 'many' }] }, /^x\.json was changed by hand or is damaged, at runs\.0\.nodes: /],
  ['a name that would move the cursor', { v: '\u009b2J' }, /^\P{Cc}*$/u]
] as const) {
  test(`a file with ${what} is refused in one line`, async t => {
    const text = JSON.stringify({ ...JSON.parse(sweepDocument(sweep)), ...change })
    t.throws(() => readSweep(text, 'x.json'), new SweepFileError())
    try {
      readSweep(text, 'x.json')
    } catch (error) {
      t.match((error as Error).message, message)
    }
  })
}

test('what is no JSON is refused in one line', async t => {
  for (const text of ['', '{', 'null', '[]', '7']) t.throws(() => readSweep(text, 'x.json'), SweepFileError)
})

test('the growth of a figure is told where it can be, with its interval', async t => {
  const [full, ...others] = growths(sweep.plan, sweep.runs)
  t.match(full, { figure: 'full', lossPercent: 0 })
  t.ok(Math.abs(full!.exponent.median - 0.995) < 0.01)
  t.notOk(
    others.some(({ figure, lossPercent }) => figure === 'whole' && lossPercent === 5),
    'never has no power'
  )
})

test('the table has a row for each cell, and says how sure it is', async t => {
  const text = sweepText(sweep)
  t.match(text, /^\| +5 \| +0 % \| +6 \| +0 \| +0 \| 503 ms \[501 ms, 506 ms\] \| +1\.00 s \| +80 MiB \|$/m)
  t.match(text, /^\| +10 \| +5 % \| +0 \| +6 \| +0 \| .* \| +never \|/m)
  t.match(text, /order statistics \(binomial\), with at least 96\.8 %$/m)
  t.match(text, /^full grows as N\^(0\.99|1\.00) \[.*\] \(96\.8 %\) at 0 % loss$/m)
  t.match(text, /^failed 6 x: 5 nodes, 5 % loss: made up$/m)
})

test('a comparison tells what changed, and how it was asked', async t => {
  const slower = { ...sweep, runs: sweep.runs.map(run => ({ ...run, figures: { full: run.figures.full! * 2 } })) }
  const text = changesText(compareSweeps(sweep, { ...slower, plan: { ...sweep.plan, repeat: 6 } }))
  t.match(
    text,
    /^(worse: .*full .* -> .*\n)*.*exact Mann-Whitney test, alpha 0\.01 after Holm, and a change of at least 10 %\)\n$/
  )
})

test('nothing in a page can end the element in which it stands', async t => {
  const evil = '</script><img src=x onerror=alert(1)>'
  const runs = sweep.runs.map(run => ({ ...run, outcome: 'fail' as const, reason: evil }))
  const page = renderSweepPage(
    { ...sweep, runs, plan: { ...sweep.plan, scenario: evil } },
    { script: '1', style: 'p{}' }
  )
  t.notMatch(page, /<img/)
  t.equal(page.match(/<\/script>/g)!.length, 2)
  t.match(page, /default-src &#39;none&#39;; script-src &#39;sha256-/)
})

test('cells that were not run are there, and empty', async t => {
  t.match(cellSummaries(sweep.plan, []), [{ nodes: 5, passed: 0, failed: 0, unknown: 0, figures: {} }, {}, {}, {}])
})
