/** Each planted node breaks one rule: the first finding is that rule, at the right node, with the right cause. */
import { readdir } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import tap, { test } from 'tap'
import { FILE_PATIENCE_MS } from '../../../scripts/tests/until.ts'
import { judge } from '../../src/judge/judge.ts'
import type { CauseCode, Judgement } from '../../src/judge/judgement.ts'
import type { RuleId } from '../../src/judge/rules.ts'
import { createProcessRunner } from '../../src/runners/process.ts'
import type { Plan } from '../../src/scenario/plan.ts'
import { supervise } from '../../src/supervisor/supervisor.ts'
import {
  clockJump,
  coldStart,
  crash,
  leave,
  PLANTED_AT,
  planOf,
  restart,
  type ShortScenario,
  startWithin
} from './scenarios.ts'

tap.setTimeout(FILE_PATIENCE_MS)

interface Planted {
  rule: RuleId
  code: CauseCode
  deadlineMs?: number
  /** A cold start if undefined. */
  scenario?: ShortScenario
}

/** What is found first of the program of that name. */
const TABLE: Record<string, Planted> = {
  lines: { rule: 'lines', code: 'line-refused' },
  'ready-in-time': { rule: 'ready-in-time', code: 'never-ready', deadlineMs: 17_000 },
  'ready-name': { rule: 'ready-name', code: 'lied' },
  'ready-addrs': { rule: 'ready-addrs', code: 'lied' },
  'epoch-is-start': { rule: 'epoch-is-start', code: 'lied' },
  'ready-again': { rule: 'ready-again', code: 'lied' },
  'own-peer-id': { rule: 'own-peer-id', code: 'lied' },
  'announced-grows': { rule: 'announced-grows', code: 'lied' },
  'not-itself': { rule: 'not-itself', code: 'events-differ-from-book' },
  'joined-once': { rule: 'joined-once', code: 'events-differ-from-book' },
  'updated-listed': { rule: 'updated-listed', code: 'events-differ-from-book' },
  'gone-listed': { rule: 'gone-listed', code: 'events-differ-from-book' },
  'never-back': { rule: 'never-back', code: 'lied' },
  'seq-said': { rule: 'seq-said', code: 'lied' },
  'answers-dump': { rule: 'answers-dump', code: 'silent' },
  'book-as-told': { rule: 'book-as-told', code: 'events-differ-from-book' },
  hash: { rule: 'hash', code: 'lied' },
  complete: { rule: 'complete', code: 'never-announced' },
  strangers: { rule: 'strangers', code: 'stranger-introduced' },
  'no-drops': { rule: 'no-drops', code: 'dropped-alive' },
  equal: { rule: 'equal', code: 'lied' },
  alive: { rule: 'alive', code: 'crashed' },
  'exit-code': { rule: 'exit-code', code: 'ended-badly' },
  'ends-in-time': { rule: 'ends-in-time', code: 'ended-badly' },
  'ends-on-sigterm': { rule: 'ends-on-sigterm', code: 'ended-badly' },
  hung: { rule: 'answers-dump', code: 'hung' },
  dialable: { rule: 'dialable', code: 'not-dialable' },
  'same-key': { rule: 'same-key', code: 'lied', scenario: restart(PLANTED_AT) },
  'epoch-grows': { rule: 'epoch-grows', code: 'lied', scenario: restart(PLANTED_AT) },
  'news-only': { rule: 'news-only', code: 'lied', scenario: crash() },
  ghosts: { rule: 'ghosts', code: 'kept-after-end', scenario: crash({ detectWithinMs: 500 }, 1_000) },
  stable: { rule: 'stable', code: 'no-evidence' },
  'leaves-nothing': { rule: 'leaves-nothing', code: 'ended-badly' },
  farewell: { rule: 'farewell', code: 'silent', deadlineMs: 8_000, scenario: leave(PLANTED_AT) },
  steps: { rule: 'steps', code: 'kept-after-end', scenario: crash({}, 500) },
  converges: { rule: 'converges', code: 'not-delivered', deadlineMs: 8_000, scenario: startWithin(1_500) },
  notices: { rule: 'notices', code: 'kept-after-end', scenario: crash({ detectWithinMs: 500 }) },
  reconverges: {
    rule: 'reconverges',
    code: 'not-delivered',
    deadlineMs: 8_000,
    scenario: restart(undefined, { reconvergeWithinMs: 1_000 })
  },
  'false-drops': { rule: 'false-drops', code: 'dropped-alive', scenario: crash({ falseDrops: 0 }) },
  'faults-bite': { rule: 'faults-bite', code: 'lied', deadlineMs: 8_000, scenario: clockJump }
}

/** A host that is short of time may excuse what was planted, or add to it: then it is asked again. */
const MAX_TRIES = 8

const CORRECT: Record<string, ShortScenario> = {
  'a cold start': startWithin(10_000),
  'a crash': crash({ detectWithinMs: 1_000, falseDrops: 0 }, 2_000),
  'a restart': restart(PLANTED_AT, { reconvergeWithinMs: 2_000 }),
  'a farewell': leave(PLANTED_AT),
  'a clock that jumps': clockJump
}

for (const [what, scenario] of Object.entries(CORRECT)) {
  test(`the node that keeps every rule passes: ${what}`, async t => {
    const plan = planOf('correct', 20_000, scenario)
    const { outcome, findings, notJudged } = await judgementOf(plan, undefined, each => each.outcome === 'pass')
    t.same(findings, [])
    t.equal(outcome, 'pass', notJudged.join('; '))
  })
}

for (const [program, { rule, code, deadlineMs = 4_000, scenario = coldStart }] of Object.entries(TABLE)) {
  test(`planted: ${program}`, async t => {
    const isAsWanted = ({ outcome, findings }: Judgement) => {
      const [first] = findings
      const isFirst = first?.rule === rule && first.cause.code === code
      return outcome === 'fail' && isFirst && findings.every(({ node }) => node === PLANTED_AT)
    }
    const { outcome, findings } = await judgementOf(planOf(program, deadlineMs, scenario), PLANTED_AT, isAsWanted)
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
  t.same(programs.sort(), Object.keys(TABLE).sort())
})

/** The scenario of the plan is the name of the program. */
async function judgementOf(
  plan: Plan,
  plantedAt: string | undefined,
  isAsWanted: (judgement: Judgement) => boolean
): Promise<Judgement> {
  for (let tries = 1; ; tries++) {
    const judgement = await tryOnce(plan, plantedAt)
    if (isAsWanted(judgement) || tries === MAX_TRIES) return judgement
  }
}

async function tryOnce(plan: Plan, plantedAt: string | undefined): Promise<Judgement> {
  const path = fileURLToPath(new URL(`nodes/${plan.scenario}.mjs`, import.meta.url))
  const env = { NODE_OPTIONS: '', ...(plantedAt !== undefined && { PLANTED_AT: plantedAt }) }
  const runner = createProcessRunner({ command: [process.execPath, path], env })
  const history = await supervise(plan, {
    runner,
    command: 'test-network 4 4',
    concurrentStarts: 4,
    interrupt: new AbortController().signal,
    onEvent: () => {}
  })
  await runner.close()
  return judge(history)
}
