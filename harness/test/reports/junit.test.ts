import { readFile } from 'node:fs/promises'
import fc from 'fast-check'
import { test } from 'tap'
import { validateXML } from 'xmllint-wasm'
import type { History } from '../../src/history/history.ts'
import { RULE_IDS } from '../../src/judge/rules.ts'
import { renderJunit } from '../../src/reports/cases/junit.ts'
import { judged } from '../../src/reports/judged.ts'
import { storedHistory } from '../planted/recorded.ts'
import { anyHistory } from '../toolkit/any-history.ts'
import { converged, historyOf } from '../toolkit/history-builder.ts'
import { killed } from '../toolkit/planned-history.ts'

/** One of the harness, and one of each rule. */
const CASES = 1 + RULE_IDS.length

const schema = await readFile(new URL('junit.xsd', import.meta.url), 'utf8')

const junitOf = (history: History) => renderJunit(judged(history))

/** What is wrong with the documents; each starts a process of its own, so many are validated at once. */
async function faultsOf(...documents: string[]): Promise<readonly unknown[]> {
  const xml = documents.map((contents, i) => ({ fileName: `${i}.xml`, contents }))
  const { valid, errors } = await validateXML({ xml, schema, maxMemoryPages: 4_096 })
  return valid ? [] : errors
}

/** Of the case with that name: its time and what is in it. */
function caseIn(xml: string, name: string): { time: string | undefined; content: string | undefined } {
  const [, time, content] = new RegExp(`name="${name}" time="([^"]*)">(.*?)</testcase>`, 's').exec(xml) ?? []
  return { time, content }
}

const abc = ['a', 'b', 'c']

function died(): History {
  return converged(abc)
    .exited('c', { code: 3, stderrTail: ['Error: boom'] })
    .at(30_000)
    .ended('deadline')
}

test('a passed run, a failed one, one that nobody can judge, and every run of planted nodes are valid', async t => {
  const runs = [
    converged(abc).ended('settled'),
    died(),
    historyOf(abc).ended('interrupted'),
    killed({}).ended('deadline')
  ]
  const stored = await Promise.all(['hung', 'alive', 'ghosts', 'news-only', 'lines'].map(storedHistory))
  t.same(await faultsOf(...[...runs, ...stored].map(junitOf)), [])
})

test('what the schema does not have is found', async t => {
  const valid = junitOf(died())
  for (const [from, to] of [
    [/ skipped="\d+"/, ''],
    [/<property name="nodes"/, '<property names="nodes"'],
    [/time="3[^"]*"/, 'time="3 s"'],
    ['<failure ', '<broken '],
    ['</testsuites>', ']]></testsuites>']
  ] as const) {
    const broken = valid.replace(from, to)
    t.not(broken, valid)
    t.not((await faultsOf(broken)).length, 0, String(from))
  }
})

test('a broken rule is a failure, what was not judged is skipped, and only a harness that cannot tell is an error', async t => {
  const failed = junitOf(died())
  t.match(failed, / errors="0" /)
  t.match(caseIn(failed, '28 alive').content, /^<failure type="crashed" message="c [^"]*">c .*boom/)
  t.match(caseIn(failed, '28 alive').content, /the rule: no node ends before it is told to/)
  t.match(caseIn(failed, '9 same-key').content, '<skipped message="no node restarts with its key">')
  t.match(caseIn(failed, '27 stable').content, /^<skipped message="not judged/)
  t.equal(caseIn(failed, '0 harness').content, '')

  const unknown = junitOf(historyOf(abc).started('a', 'b').spawned('c').meet('a', 'b').at(1_900).ended('interrupted'))
  t.match(unknown, `tests="${CASES}" failures="0" errors="1" `)
  t.match(caseIn(unknown, '0 harness').content, /^<error type="unknown" message="the run was interrupted/)
  t.match(caseIn(unknown, '22 complete').content, /^<skipped message="/)
  t.equal(unknown.match(/<error /g)?.length, 1)
})

test('each case has a time of its own: until it was broken, or until what it waits for had come', async t => {
  const passed = junitOf(converged(abc).ended('settled'))
  t.equal(caseIn(passed, '1 lines').time, '0.000')
  t.equal(caseIn(passed, '22 complete').time, '0.998')
  t.equal(caseIn(passed, '27 stable').time, '1.107')
  t.match(passed, `<testsuites name="gossip-testbed" tests="${CASES}" failures="0" errors="0" time="2.106">`)
  t.equal(caseIn(junitOf(died()), '28 alive').time, '2.106')
})

test('nothing that a node writes ends an element, and what XML forbids is not in it', async t => {
  const rubbish = `\u0000\u0008\u001b[2J]]><![CDATA[</failure>&#0;&amp;\ufffe\uffff\ud800 ${'x'.repeat(100_000)}`
  const history = historyOf(abc, { scenario: rubbish })
    .started(...abc)
    .found('a', rubbish, rubbish)
    .exited('b', { signal: rubbish, stderrTail: [rubbish] })
  const xml = junitOf(history.faultInjected(rubbish, 'c').at(30_000).ended('deadline'))
  t.same(await faultsOf(xml), [])
  t.ok(xml.length < 200_000, `${xml.length} characters`)
})

test('every history that could be observed gives a valid document', async t => {
  const documents = fc.sample(anyHistory, { numRuns: 100, seed: 1 }).map(junitOf)
  t.same(await faultsOf(...documents), [])
})
