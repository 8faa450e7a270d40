/** Each planted node breaks one rule: the first finding is that rule, at the right node, with the right cause. */
import { readdir } from 'node:fs/promises'
import tap, { test } from 'tap'
import { FILE_PATIENCE_MS } from '../../../scripts/tests/until.ts'
import { judge } from '../../src/judge/judge.ts'
import type { Judgement } from '../../src/judge/judgement.ts'
import type { Plan } from '../../src/scenario/plan.ts'
import { noNamespaces } from '../runners/netns/namespaces.ts'
import { historyOf } from './run.ts'
import { coldStart, PLANTED_AT, planOf, type ShortScenario } from './scenarios.ts'
import { CORRECT, isAsPlanted, PLANTED } from './table.ts'

tap.setTimeout(FILE_PATIENCE_MS)
// Each run waits for nearly all of its time.
tap.jobs = 4

/** A host that is short of time may excuse what was planted, or add to it: then it is asked again. */
const MAX_TRIES = 5

/** Why what nodes receive cannot be counted here; false if it can. */
const notCounted = await noNamespaces()

/** Why something was not judged, where the host was too busy. */
const TOO_BUSY = /the host had too little processor time|the harness itself was .* late/

for (const [what, scenario] of Object.entries(CORRECT)) {
  test(`the node that keeps every rule passes: ${what}`, { skip: whySkipped(scenario), buffered: true }, async t => {
    const plan = planOf('correct', 20_000, scenario)
    const { outcome, findings, notJudged } = await judgementOf(plan, undefined, each => each.outcome === 'pass')
    t.same(findings, [])
    t.equal(outcome, 'pass', notJudged.join('; '))
  })
}

for (const [program, { rule, code, deadlineMs = 4_000, scenario = coldStart }] of Object.entries(PLANTED)) {
  test(`planted: ${program}`, { skip: whySkipped(scenario), buffered: true }, async t => {
    const plan = planOf(program, deadlineMs, scenario)
    const { outcome, findings, notJudged } = await judgementOf(plan, PLANTED_AT, isAsPlanted(program))
    // Its stored run, which recorded.test.ts judges, shows the same on a calm host.
    if (outcome === 'unknown' && notJudged.some(why => TOO_BUSY.test(why))) {
      t.comment('this host is too busy to tell')
      return
    }
    t.equal(outcome, 'fail')
    const [first] = findings
    t.match(first, { rule, node: PLANTED_AT, cause: { code } }, JSON.stringify(findings.map(({ message }) => message)))
    t.same([...new Set(findings.map(({ node }) => node))], [PLANTED_AT], 'no other node is the cause of anything')
    t.ok((first?.cause.evidence.length ?? 0) > 0, 'with evidence')
  })
}

test('every planted node stands in the table', async t => {
  const files = await readdir(new URL('nodes', import.meta.url))
  const programs = files.map(file => file.replace('.mjs', '')).filter(name => !['base', 'correct'].includes(name))
  t.same(programs.sort(), Object.keys(PLANTED).sort())
})

function whySkipped({ bounds }: ShortScenario): string | false {
  return bounds.maxBytesPerSecond !== undefined && notCounted
}

async function judgementOf(
  plan: Plan,
  plantedAt: string | undefined,
  isAsWanted: (judgement: Judgement) => boolean
): Promise<Judgement> {
  for (let tries = 1; ; tries++) {
    const judgement = judge(await historyOf(plan, plantedAt))
    if (isAsWanted(judgement) || tries === MAX_TRIES) return judgement
  }
}
