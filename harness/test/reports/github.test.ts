import fc from 'fast-check'
import markdownIt from 'markdown-it'
import { test } from 'tap'
import type { History } from '../../src/history/history.ts'
import { annotationsOf } from '../../src/reports/github/annotations.ts'
import { renderMarkdown } from '../../src/reports/github/markdown.ts'
import { judged } from '../../src/reports/judged.ts'
import { storedHistory } from '../planted/recorded.ts'
import { anyHistory } from '../toolkit/any-history.ts'
import { converged, historyOf } from '../toolkit/history-builder.ts'

// As GitHub does: with its tables, HTML, and links made of what looks like one.
const reader = markdownIt({ html: true, linkify: true })

const markdownOf = (history: History) => renderMarkdown(judged(history), 'runs/latest')
const annotated = (history: History) => annotationsOf(judged(history))
const abc = ['a', 'b', 'c']

function numbered(size: number): string[] {
  return Array.from({ length: size }, (_, i) => `n${i + 1}`)
}

/** A passed run has no cause and nothing to look at. */
test('the summary of a passed run is a headline, a few facts, the story and the figures', async t => {
  const text = markdownOf(converged(abc).ended('settled'))
  t.match(text, /^## ✅ PASS: 3 nodes found each other in 1\.00 s\n\nScenario `converge`, 3 nodes\./)
  t.match(text, '| full | 1.00 s |')
  t.notMatch(text, /What was found|What to look at|❌/)
})

for (const [name, node, evidence] of [
  ['alive', 'n3', /cause: n3: crashed/],
  ['hung', 'n3', /cause: n3: hung/],
  ['ghosts', 'n3', /cause: n3: kept-after-end/],
  ['news-only', 'n3', /cause: n3: lied/],
  ['reconverges', 'n3', /cause: n3: not-delivered/]
] as const) {
  test(`the summary of the planted failure ${name} begins with the node at fault, and says what shows it`, async t => {
    const text = markdownOf(await storedHistory(name))
    t.match(text.split('\n')[0], new RegExp(`^## ❌ FAIL: .*${node}`))
    t.match(text, evidence)
    t.match(text, /^ {2}- line \d+, [\d.]+ s: /m)
    t.match(text, `- the log of the node: \`runs/latest/${node}.log\``)
    t.match(text, /^- to repeat the run: `test-network /m)
  })
}

test('the summary of a run that nobody can judge says what could not be told', async t => {
  const text = markdownOf(historyOf(abc).started('a', 'b').spawned('c').at(1_900).ended('interrupted'))
  t.match(text, /^## ❔ UNKNOWN: the run was interrupted/)
  t.match(text, /### What could not be told\n\n- the run was interrupted/)
})

const hostile = [
  '</details><script>alert(1)</script><img src=x onerror=alert(1)>',
  '[link](https://evil.example) ![image](https://evil.example/x.png) https://evil.example www.evil.example <https://evil.example>',
  '**bold** _em_ ~~gone~~ `code` ``` | cell | $x$ &lt; @everyone #1 :bomb: \\',
  '\n# Heading\n- item\n```\n::error::forged\n##[error]forged',
  'x'.repeat(10_000)
].join(' ')

function attacked(): History {
  const history = historyOf(['n1', 'n2', 'n3', 'n4'], { scenario: hostile })
    .started('n1', 'n2', 'n3')
    .spawnFailed('n4', hostile)
    .found('n1', hostile, hostile)
    .joined('n2', 'n1', { name: hostile, peerId: hostile })
    .faultInjected(hostile, 'n3')
  return history
    .exited('n2', { signal: hostile, stderrTail: [hostile] })
    .at(30_000)
    .ended('deadline')
}

/** What the report itself makes, and nothing else. */
const OWN_TAGS =
  /^<(\/?(h2|h3|p|ul|ol|li|strong|code|details|summary|table|thead|tbody|tr|th|td))( style="text-align:right")?>$/

function foreignTags(text: string): string[] {
  return (reader.render(text).match(/<[^>]*>/g) ?? []).filter(tag => !OWN_TAGS.test(tag))
}

test('nothing that a node writes becomes Markdown or HTML, and the summary is bounded', async t => {
  const text = markdownOf(attacked())
  t.same(foreignTags(text), [])
  t.match(reader.render(text), '[link](https:')
  t.notMatch(text, /^\s*::|##\[/m)
  t.ok(text.length < 60_000, `${text.length} characters`)
  t.equal(text.match(/^## /gm)?.length, 1)
})

test('every history that could be observed gives a summary without foreign elements', async () => {
  fc.assert(
    fc.property(anyHistory, history => {
      const [tag] = foreignTags(markdownOf(history))
      if (tag !== undefined) throw new Error(tag)
    }),
    { numRuns: 100 }
  )
})

test('a failure is annotated with its headline and its findings, and a passed run with nothing', async t => {
  const [first, second] = annotated(await storedHistory('hung'))
  t.match(first, /^::error title=test-network%3A FAIL::n3 hung at /)
  t.match(second, /^::error title=19 answers-dump::n3 did not answer/)
  t.same(annotated(converged(abc).ended('settled')), [])
})

test('a run that nobody can judge is a warning', async t => {
  const lines = annotated(historyOf(abc).started('a', 'b').spawned('c').at(1_900).ended('interrupted'))
  t.match(lines[0], /^::warning title=test-network%3A UNKNOWN::the run was interrupted/)
})

test('the annotations stand at the file of the scenario, if it is one of the user', async t => {
  const failed = (command: string) => {
    const history = converged(abc)
    Object.assign(history.events[0]!, { command })
    return annotated(history.exited('c', { code: 1 }).ended('deadline'))[0]
  }
  t.match(failed("test-network run './nets/my, own: 1%.yaml' 12"), /^::error file=nets\/my%2C own%3A 1%25\.yaml,title=/)
  t.match(failed('test-network run split 12'), /^::error title=/)
  t.match(failed('test-network run /abs/x.yaml'), /^::error title=/)
  t.match(failed('test-network 3 30'), /^::error title=/)
})

test('annotations are ten lines at most, each one command, whatever nodes write', async t => {
  const history = historyOf(numbered(30)).started(...numbered(30))
  for (const node of numbered(30)) history.exited(node, { code: 1, stderrTail: [hostile] })
  const lines = annotated(history.at(9_000).ended('deadline'))
  t.equal(lines.length, 10)
  for (const line of [...lines, ...annotated(attacked())]) {
    t.match(line, /^::error title=[^:,]*::[^\r\n]*$/)
    t.ok(line.length < 4_000)
  }
})
