import { readFile } from 'node:fs/promises'
import { test } from 'tap'
import { comparisonJsonSchema, comparisonSchemaPath } from '../../scripts/comparison-schema.ts'
import { ComparisonFileError, comparisonDocument, readComparison } from '../../src/comparison/document.ts'
import { comparedRunOf, comparedRunText } from '../../src/comparison/measured.ts'
import { renderComparisonPage } from '../../src/comparison/shown/page.ts'
import { comparisonPageData } from '../../src/comparison/shown/page-data.ts'
import { figureCell } from '../../src/comparison/shown/tables.ts'
import { comparisonMarkdown, comparisonText } from '../../src/comparison/shown/text.ts'
import { schemaFaults } from '../toolkit/json-schema.ts'
import { comparisonWith } from './synthetic.ts'

const NEVER = Number.POSITIVE_INFINITY

const comparison = comparisonWith(({ system, round, scenario }) => ({
  figures:
    scenario === 'life'
      ? { full: 10 * round, noticed: system === 'other' ? NEVER : 500, memory: 2 ** 26 }
      : { healed: 100 * round },
  rules: system === 'other' ? ['complete', 'steps'] : []
}))

test('a comparison that was written is read as it was, what never happened included', async t => {
  t.same(readComparison(comparisonDocument(comparison), 'x.json'), comparison)
})

test('what is written keeps the published schema, and the published schema is that of the code', async t => {
  const published = await readFile(comparisonSchemaPath, 'utf8')
  t.same(schemaFaults(published)(JSON.parse(comparisonDocument(comparison))), [])
  t.same(JSON.parse(published), JSON.parse(comparisonJsonSchema()), 'npm run schema -w harness')
  t.not(schemaFaults(published)({ ...JSON.parse(comparisonDocument(comparison)), rows: [{}] }).length, 0)
})

test('what a later minor version adds is ignored', async t => {
  const later = JSON.parse(comparisonDocument(comparison))
  t.same(readComparison(JSON.stringify({ ...later, more: 1, rows: [{ ...later.rows[0], more: 1 }] }), 'x.json').rows, [
    comparison.rows[0]
  ])
})

test('a run that was written is read as it was, and half a line is none', async t => {
  const text = comparedRunText(comparison.runs.at(-1)!)
  t.same(comparedRunOf(text), comparison.runs.at(-1))
  t.equal(comparedRunOf(text.slice(0, -5)), undefined)
  t.equal(comparedRunOf(''), undefined)
  t.equal(comparedRunOf('{"system":"../x"}'), undefined)
})

for (const [what, change, message] of [
  ['another version of the format', { v: 2 }, /^x\.json has version 2 of the format, and this testbed reads 1: /],
  ['something else', { kind: 'sweep' }, /^x\.json is no comparison: name a comparison\.json/],
  ['a damaged run', { runs: [{ nodes: 'many' }] }, /^x\.json is damaged, at runs\.0\./],
  ['a name that would move the cursor', { v: '\u009b2J' }, /^\P{Cc}*$/u]
] as const) {
  test(`a file with ${what} is refused in one line`, async t => {
    const text = JSON.stringify({ ...JSON.parse(comparisonDocument(comparison)), ...change })
    t.throws(() => readComparison(text, 'x.json'), new ComparisonFileError())
    try {
      readComparison(text, 'x.json')
    } catch (error) {
      t.match((error as Error).message, message)
    }
  })
}

test('what is no JSON is refused in one line', async t => {
  for (const text of ['', '{', 'null', '[]', '7']) t.throws(() => readComparison(text, 'x.json'), ComparisonFileError)
})

test('terminal, Markdown and page show the same cells', async t => {
  const page = renderComparisonPage(comparison, { script: '1', style: 'p{}' })
  for (const [what, text] of [
    ['terminal', comparisonText(comparison)],
    ['Markdown', comparisonMarkdown(comparison)],
    ['page', page]
  ] as const) {
    for (const cell of ['30 ms [10, 60]', 'not in 60 s', '64 MiB', '300 ms [100, 600]']) {
      t.ok(text.includes(cell), `${what} has ${cell}`)
    }
    t.match(text, /complete 22 \(12 of 12\), steps 34 \(12 of 12\)/, `${what} names the rules that were broken`)
    t.match(text, /Ours is the best, or as good as the best, in every figure\./)
  }
})

test('a bound has its unit where it is another one than that of the median', async t => {
  const cellOf = (...values: number[]) => {
    const { rows, limitMs } = comparisonWith(({ round, scenario }) => ({
      figures: scenario === 'life' ? { noticed: values[round - 1]! } : {}
    }))
    return figureCell('noticed', rows[0]!.figures.noticed, limitMs)
  }
  t.equal(cellOf(5_100, 5_100, 7_000, 8_000, 9_000, 9_800), '7 s [5.1, 9.8]')
  t.equal(cellOf(960, 960, 970, 1_000, 2_000, 2_800), '970 ms [960 ms, 2.8 s]')
  t.equal(cellOf(5_000, 6_000, 7_000, NEVER, NEVER, NEVER), '7 s [5 s, not in 60 s]')
  t.equal(cellOf(5_000, 6_000, NEVER, NEVER, NEVER, NEVER), 'not in 60 s [5 s, not in 60 s]')
  t.equal(cellOf(500, 500, 500, 500, 500, 500), '500 ms')
  t.equal(figureCell('noticed', undefined, 60_000), '-')
})

test('the page draws a figure with what never happened, and nothing that was not measured', async t => {
  const { charts } = comparisonPageData(comparison)
  t.same(
    charts.map(({ name }) => name),
    ['full', 'noticed', 'healed', 'memory']
  )
  t.match(charts[1]!.sizes[0]!.points[1], { system: 'the other', median: null, text: 'not in 60 s' })
  t.same(
    charts[2]!.sizes.map(({ nodes }) => nodes),
    [10],
    'a split is made with the fewest nodes only'
  )
})

test('what is absent or was not made is told with its reason', async t => {
  const text = comparisonText({
    ...comparisonWith(({ system, scenario, round }) =>
      system === 'other' && scenario === 'split' && round > 2
        ? { outcome: 'given-up', reason: 'step s3 was missed 2 times' }
        : { figures: { full: 1 } }
    ),
    plan: { ...comparison.plan, absent: [{ name: 'third', title: 'A third', reason: 'go is not installed' }] },
    complete: false
  })
  t.match(text, /^- A third: not measured, go is not installed$/m)
  t.match(text, /^- the other with 10 nodes: of its runs 4 were not made \(split: step s3 was missed 2 times\)$/m)
  t.match(text, /^It is not complete: it was stopped, and can go on\.$/m)
})

test('nothing that an adapter says can end the element, the cell or the line in which it stands', async t => {
  const evil = '</script><img src=x> | ` **x** \u001b[2J'
  const system = { ...comparison.plan.systems[1]!, title: evil, about: evil, version: evil, settings: [evil] }
  const absent = [{ name: 'third', title: evil, reason: evil }]
  const hostile = {
    ...comparison,
    plan: { ...comparison.plan, systems: [comparison.plan.systems[0]!, system], absent }
  }
  const page = renderComparisonPage(hostile, { script: '1', style: 'p{}' })
  t.notMatch(page, /<img/)
  t.equal(page.match(/<\/script>/g)!.length, 2)
  const markdown = comparisonMarkdown(hostile)
  t.notMatch(markdown, /(?<!\\)<img|[^\\]\*\*x/)
  for (const table of markdown.match(/(^\|.*\n)+/gm)!) {
    const rows = table.trim().split('\n')
    t.equal(new Set(rows.map(row => row.split(/(?<!\\)\|/).length)).size, 1, 'every row has all cells')
  }
  for (const text of [markdown, comparisonText(hostile)]) t.notMatch(text, /[^\P{Cc}\n]/u)
})
