import { readdir, readFile } from 'node:fs/promises'
import t from 'tap'
import { judge } from '../../src/judge/judge.ts'
import { CAUSE_CODES } from '../../src/judge/judgement.ts'
import { RULE_IDS, RULES } from '../../src/judge/rules.ts'
import { judged } from '../../src/reports/judged.ts'
import { headline } from '../../src/reports/words/headline.ts'
import { converged } from '../toolkit/history-builder.ts'

const root = new URL('../../../', import.meta.url)

t.test('the numbers are 1, 2, 3 ..., and the order is that of the numbers', async t => {
  t.same(
    RULE_IDS.map(rule => RULES[rule].number),
    RULE_IDS.map((_, i) => i + 1)
  )
})

t.test('the prose has every rule, with its number and in its words, and no other', async t => {
  const prose = await readFile(new URL('docs/CONTRACT.md', root), 'utf8')
  const rows = [...prose.matchAll(/^\| (\d+) \| `([a-z-]+)` \| (.*) \|$/gm)].map(([, number, rule, asks]) => [
    Number(number),
    rule,
    asks
  ])
  t.same(
    rows,
    RULE_IDS.map(rule => [RULES[rule].number, rule, RULES[rule].asks])
  )
})

t.test('every rule has a planted node', async t => {
  const files = await readdir(new URL('harness/test/planted/nodes', root))
  const planted = files.map(file => file.replace('.mjs', ''))
  t.same(
    RULE_IDS.filter(rule => !planted.includes(rule)),
    []
  )
})

t.test('every judgement has every rule once, in order', async t => {
  t.same(
    judge([]).checks.map(({ rule }) => rule),
    RULE_IDS
  )
})

t.test('every cause has words for a headline', async t => {
  const result = judged(converged(['a', 'b']).exited('a', { code: 1 }).ended('deadline'))
  for (const code of CAUSE_CODES) {
    const [first] = result.judgement.findings
    const finding = { ...first!, cause: { ...first!.cause, code } }
    t.match(headline({ ...result, judgement: { ...result.judgement, findings: [finding] } }), /^a [a-z].*, after /)
  }
})
