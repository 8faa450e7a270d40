import { test } from 'tap'
import { eventSchemas } from '../../src/history/event-schema.ts'
import type { HistoryEvent } from '../../src/history/history.ts'
import { renderJunit } from '../../src/reports/cases/junit.ts'
import { renderTap } from '../../src/reports/cases/tap.ts'
import { differenceOf } from '../../src/reports/difference/difference.ts'
import { renderMarkdown } from '../../src/reports/github/markdown.ts'
import { renderHtml } from '../../src/reports/html/html.ts'
import { type Judged, judged } from '../../src/reports/judged.ts'
import { renderOpenMetrics } from '../../src/reports/openmetrics.ts'
import { renderJson } from '../../src/reports/result/json.ts'
import { resultSchema } from '../../src/reports/result/schema.ts'
import { renderSummary } from '../../src/reports/terminal/terminal.ts'
import { headline } from '../../src/reports/words/headline.ts'
import { eventText } from '../../src/reports/words/story/event-words.ts'
import { converged } from '../toolkit/history-builder.ts'

const abc = ['a', 'b', 'c']
const SENTENCE = 'up to 2 nodes share a process: what one of them costs cannot be told'

/** As history.ndjson gives it back. */
function stored(history: readonly HistoryEvent[]): HistoryEvent[] {
  return history.map(event => {
    const read: HistoryEvent = JSON.parse(JSON.stringify(event))
    eventSchemas[read.type].parse(read)
    return read
  })
}

function runWith(perProcess: number | undefined): HistoryEvent[] {
  const [start, ...events] = converged(abc).at(3_000).ended('settled')
  return stored([{ ...start!, ...(perProcess !== undefined && { perProcess }) } as HistoryEvent, ...events])
}

const reports: Record<string, (run: Judged) => string> = {
  terminal: run => renderSummary(run, { colour: false, width: 2_000, artefactsPath: 'runs/x' }),
  page: run => renderHtml(run, { script: '', style: '' }, 'runs/x'),
  Markdown: run => renderMarkdown(run, 'runs/x'),
  JUnit: renderJunit,
  TAP: renderTap
}
for (const [name, render] of Object.entries(reports)) {
  test(`${name}: that nodes share processes is said where they do, and nowhere else`, t => {
    t.match(render(judged(runWith(2))), SENTENCE)
    t.notMatch(render(judged(runWith(undefined))), /share a process|to a process/)
    t.end()
  })
}

test('the headline, the story and the metrics say how many share a process', t => {
  const run = judged(runWith(2))
  t.match(headline(run), /^3 nodes, 2 to a process, found each other in /)
  t.match(eventText(run.network, run.history[0]!), 'the run started with 3 nodes, 2 to a process, scenario converge')
  t.match(renderOpenMetrics(run), 'per_process="2"')
  t.notMatch(renderOpenMetrics(judged(runWith(undefined))), 'per_process')
  t.end()
})

test('result.json says how many share a process, and with which process a node ended', t => {
  const events = runWith(2).slice(0, -1)
  const how = { code: 1, signal: null, stderrTail: [], process: { pid: 7, culprit: 'a' } }
  for (const node of ['a', 'b']) events.push({ atMs: 2_900, type: 'exited', node, run: 1, ...how })
  const run = judged(stored([...events, { atMs: 3_000, type: 'run-ended', reason: 'decided' }]))
  const result = resultSchema.parse(JSON.parse(renderJson(run)))
  t.equal(result.run.perProcess, 2)
  t.same(
    result.nodes.map(({ node, ends }) => [node, ends.map(({ withProcess }) => withProcess)]),
    [
      ['a', [7]],
      ['b', [7]],
      ['c', []]
    ]
  )
  const [, b] = run.history.filter(({ type }) => type === 'exited')
  t.match(
    eventText(run.network, b!),
    'b died with exit code 1 with the process that it shared, in which code of a threw'
  )
  t.end()
})

test('a difference of two runs tells that only one of them shares processes', t => {
  const plan = {
    scenario: 'converge',
    seed: 1,
    nodes: [],
    links: {},
    steps: [],
    bounds: {},
    deadlineMs: 1,
    settleMs: 1
  }
  const withPlan = ([start, ...events]: HistoryEvent[]) => judged([{ ...start!, plan } as HistoryEvent, ...events])
  const { plan: places } = differenceOf(withPlan(runWith(undefined)), withPlan(runWith(2)))
  t.same(places, [{ place: 'perProcess', before: null, after: '2' }])
  t.same(differenceOf(withPlan(runWith(2)), withPlan(runWith(2))).plan, [])
  t.end()
})
