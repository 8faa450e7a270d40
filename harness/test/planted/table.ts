/** Each planted node, and what is found first of it. */
import type { CauseCode, Judgement } from '../../src/judge/judgement.ts'
import type { RuleId } from '../../src/judge/rules.ts'
import {
  clockJump,
  crash,
  leave,
  PLANTED_AT,
  restart,
  type ShortScenario,
  startBelow,
  startWithin
} from './scenarios.ts'

export interface Planted {
  rule: RuleId
  code: CauseCode
  deadlineMs?: number
  /** A cold start if undefined. */
  scenario?: ShortScenario
}

/** What is found first of the program of that name. */
export const PLANTED: Readonly<Record<string, Planted>> = {
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
  'changes-of-mind': { rule: 'changes-of-mind', code: 'dropped-alive', scenario: crash({ changesOfMind: 2 }) },
  bytes: { rule: 'bytes', code: 'no-evidence', scenario: startBelow(20_000) },
  'faults-bite': { rule: 'faults-bite', code: 'lied', deadlineMs: 8_000, scenario: clockJump }
}

/** Scenarios in which the node that keeps every rule passes. */
export const CORRECT: Readonly<Record<string, ShortScenario>> = {
  'a cold start': startWithin(10_000),
  'a cold start with few bytes': startBelow(20_000),
  'a crash': crash({ detectWithinMs: 1_000, falseDrops: 0 }, 2_000),
  'a restart': restart(PLANTED_AT, { reconvergeWithinMs: 2_000 }),
  'a farewell': leave(PLANTED_AT),
  'a clock that jumps': clockJump
}

/** The first finding is what was planted, and no other node is the cause of anything. */
export function isAsPlanted(program: string): (judgement: Judgement) => boolean {
  const { rule, code } = PLANTED[program]!
  return ({ outcome, findings }) => {
    const [first] = findings
    const isFirst = first?.rule === rule && first.cause.code === code
    return outcome === 'fail' && isFirst && findings.every(({ node }) => node === PLANTED_AT)
  }
}
