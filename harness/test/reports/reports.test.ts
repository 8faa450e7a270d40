import { stripVTControlCharacters } from 'node:util'
import fc from 'fast-check'
import t from 'tap'
import type { History } from '../../src/history/history.ts'
import { renderJunit } from '../../src/reports/cases/junit.ts'
import { renderHtml } from '../../src/reports/html/html.ts'
import { judged } from '../../src/reports/judged.ts'
import type { Artefacts } from '../../src/reports/result/document.ts'
import { renderJson } from '../../src/reports/result/json.ts'
import { renderSummary } from '../../src/reports/terminal/terminal.ts'
import { reasonOfOutcome } from '../../src/reports/words/headline.ts'
import { anyHistory } from '../toolkit/any-history.ts'
import { attacked, hostile, unprintable } from '../toolkit/attacked-history.ts'
import { converged, historyOf } from '../toolkit/history-builder.ts'
import { killed } from '../toolkit/planned-history.ts'

const abc = ['a', 'b', 'c']

function numbered(size: number): string[] {
  return Array.from({ length: size }, (_, i) => `n${i + 1}`)
}

function summaryOf(history: History, width = 80): string {
  return renderSummary(judged(history), { colour: false, width, artefactsPath: 'runs/latest' })
}

const jsonOf = (history: History, artefacts?: Artefacts) => JSON.parse(renderJson(judged(history), artefacts))
const htmlOf = (history: History) => renderHtml(judged(history), { script: '', style: '' })
const junitOf = (history: History) => renderJunit(judged(history))

/** n1-n3 and n4-n6 know only each other, n7 was never ready, n8 died. */
function split(): History {
  const history = historyOf(numbered(8))
    .started(...numbered(6))
    .spawned('n7')
    .meet('n1', 'n2', 'n3')
    .meet('n4', 'n5', 'n6')
    .started('n8')
    .at(3_000)
    .exited('n8', { signal: 'SIGKILL', stderrTail: ['starting', 'Error: boom'] })
  return history
    .at(30_000)
    .dumped(...numbered(6))
    .ended('deadline')
}

t.test('the summary of a passing run fits on a screen and says where the time went', async t => {
  const history = converged(numbered(10))
  for (const node of numbered(10)) history.stats(node, { cpuMs: 300, rssBytes: 80 * 2 ** 20 })
  const text = summaryOf(history.ended('settled'))
  t.match(text, /^PASS {2}10 nodes found each other in 1\.00 s\n/)
  t.match(text, 'time       start 0.02 s, first contact 0.91 s, full 1.00 s, held 1.13 s,\n           end 2.13 s\n')
  t.match(text, 'visible in p50 939 ms, p95 975 ms, p99 979 ms, max 979 ms (90 pairs)\n')
  t.match(text, 'a node     CPU 300 ms (max 300 ms), memory 80 MiB (max 80 MiB)\n')
  t.match(text, '✓ contract  ✓ alive  ✓ complete  ✓ accurate')
  t.match(text, 'report     runs/latest/report.html\n')
  t.match(text, 'repeat     test-network 10 30\n')
  t.notMatch(text, /misses|Groups|stderr/)
  t.ok(text.split('\n').length < 15)
})

t.test(
  'the summary of a failing run says who misses whom and why, the groups, and the last words of the dead',
  async t => {
    const text = summaryOf(split())
    t.match(
      text,
      /^FAIL {2}n8 was killed by SIGKILL at 3\.00 s; last stderr line: Error: boom \(and \d+\n {6}more findings\)\n/
    )
    t.match(text, '  n1 \\ · · N N N R  \n')
    t.match(text, '  n6 N N N · · \\ R  \n')
    t.notMatch(text, /^ {2}n[78] /m, 'who has no book has no row')
    t.match(text, / {2}n1-n3 miss n4-n6: no-evidence/)
    t.match(text, '  n1-n6 miss n7: never-ready\n')
    t.match(text, '  n1-n3 (3 nodes): only each other\n  n4-n6 (3 nodes): only each other\n')
    t.match(text, 'Last lines of stderr of n8, which was killed by SIGKILL\n  │ starting\n  │ Error: boom\n')
  }
)

t.test('the summary of an unknown run says what could not be told', async t => {
  const text = summaryOf(
    historyOf(abc).started('a', 'b').spawned('c').meet('a', 'b').dumped('a', 'b').at(1_900).ended('interrupted')
  )
  t.match(text, /^UNKNOWN {2}the run was interrupted after 1\.90 s: let it run to its end \(and 1 more\n {9}doubt\)\n/)
  t.match(text, '? 22 complete: c never said ready within 1.90 s: its log may say why\n')
  const late = historyOf(abc).started('a', 'b').spawned('c').meet('a', 'b').dumped('a', 'b').at(1_900).ended('deadline')
  t.match(
    summaryOf(late),
    /^UNKNOWN {2}c never said ready within 1\.90 s: its log may say why\n/,
    'what follows from it is not counted'
  )
})

t.test('fifty nodes fit into 80 columns, and more are told by the worst', async t => {
  const fifty = summaryOf(
    historyOf(numbered(50))
      .started(...numbered(50))
      .at(9_000)
      .ended('deadline')
  )
  t.match(fifty, `  n1 \\${'N'.repeat(49)}\n`)
  t.match(fifty, / {2}n1-n50 miss each other: no-evidence/)
  t.match(fifty, '  n1-n50 (50 nodes): nobody else\n')
  const sixty = summaryOf(
    historyOf(numbered(60))
      .started(...numbered(60))
      .at(9_000)
      .ended('deadline')
  )
  t.match(sixty, '  missed   n1 (by 59), n2 (by 59), ')
  t.match(sixty, 'and 52 more')
})

t.test('colours are used only if they are wanted, and change nothing else', async t => {
  const result = judged(split())
  const [plain, coloured] = [false, true].map(colour => renderSummary(result, { colour, width: 80 }))
  t.notMatch(plain, '\u001b')
  t.match(coloured, '\u001b[31m')
  t.equal(stripVTControlCharacters(coloured!), plain)
})

t.test('no line of the summary is wider than the terminal', async () => {
  fc.assert(
    fc.property(fc.oneof(anyHistory, fc.constant(split())), fc.integer({ min: 40, max: 120 }), (history, width) => {
      const lines = renderSummary(judged(history), { colour: true, width, artefactsPath: 'runs' }).split('\n')
      const wide = lines.find(line => [...stripVTControlCharacters(line)].length > width)
      if (wide !== undefined) throw new Error(`${[...wide].length} > ${width}: ${wide}`)
    }),
    { numRuns: 200 }
  )
})

t.test('nothing that a node writes reaches a terminal as a control', async t => {
  const history = attacked()
  t.notMatch(summaryOf(history), unprintable)
  const json = renderJson(judged(history))
  t.notMatch(json, unprintable)
  t.ok(
    hostile.join(' ').startsWith(JSON.parse(json).nodes[3].name.slice(0, -1)),
    'though a program reads what was written'
  )
  t.notMatch(htmlOf(history), unprintable)
  t.notMatch(junitOf(history), unprintable)
  t.ok(summaryOf(history).length < 30_000)
})

t.test('nothing that a node writes becomes markup', async t => {
  const foreignTags = (text: string, own: RegExp) =>
    (text.match(/<[^\s>/]*[^\s>]*/g) ?? []).filter(tag => !own.test(tag))
  const xml = junitOf(attacked())
  t.same(foreignTags(xml, /^<(\?xml|\/?(testsuites?|propert(y|ies)|testcase|failure|error|skipped)|skipped\/)$/), [])
  t.notMatch(xml, /[\ufffe\uffff]|&(?!amp;|lt;|gt;|quot;|#39;)|]]>/)
})

t.test('the JSON document holds the whole verdict', async t => {
  t.match(jsonOf(converged(abc).ended('settled'), { path: '/runs/x' }), {
    outcome: 'pass',
    exitCode: 0,
    run: { scenario: 'converge', command: 'test-network 3 30', ended: { reason: 'settled' } },
    checks: [{ rule: 'lines', status: 'pass', unknown: [] }],
    findings: [],
    excuses: [],
    faults: [],
    phases: [{ name: 'start' }, { name: 'full', toMs: 999 }],
    missing: [],
    groups: [{ nodes: abc, knows: abc }],
    nodes: [{ node: 'a', status: 'live', peerId: 'peer-a', epoch: 1_000 }, {}, {}],
    artefacts: '/runs/x'
  })
  const failed = jsonOf(split())
  t.match(failed, {
    outcome: 'fail',
    exitCode: 1,
    findings: [{ rule: 'alive', node: 'n8', cause: { code: 'crashed' } }]
  })
  t.match(failed.missing[0], { observer: 'n1', subject: 'n4', cause: { code: 'no-evidence' } })
  t.same(failed.nodes.map(({ status }: { status: string }) => status).slice(5), ['live', 'never ready', 'died'])
  t.match(jsonOf(historyOf(abc).ended('interrupted'), { exitCode: 130 }), { outcome: 'unknown', exitCode: 130 })
})

t.test('every report can be made of any history, and none lets a control through', async () => {
  fc.assert(
    fc.property(anyHistory, history => {
      for (const render of [summaryOf, htmlOf, junitOf, (history: History) => renderJson(judged(history))]) {
        const text = render(history)
        if (unprintable.test(text)) throw new Error(text)
      }
    }),
    { numRuns: 200 }
  )
})

t.test('the reason of an unknown run is what could not be told, not what was not judged because of it', async t => {
  const history = killed({})
    .observed({ type: 'fault-proof', fault: 's1', of: 'injection', result: 'inconclusive', seen: '' })
    .expired('a', 'c')
    .expired('b', 'c')
    .dumped('a', 'b')
    .at(9_000)
  t.equal(
    reasonOfOutcome(judged(history.ended('settled'))),
    'nothing shows whether fault s1 had its effect; let it last longer, or use another runner'
  )
})
