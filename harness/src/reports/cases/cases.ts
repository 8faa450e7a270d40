/** The Judgement as test cases, for servers and programs that know only those: one for each rule, and one for the harness. */
import type { CauseCode, Check } from '../../judge/judgement.ts'
import { RULES, type RuleId } from '../../judge/rules.ts'
import type { Judged } from '../judged.ts'
import { type FigureName, figuresOf } from '../words/figures/figures.ts'
import { findingsOf, ruleText } from '../words/findings.ts'
import { doubtsOf } from '../words/headline.ts'

export interface TestCase {
  /** `22 complete` */
  readonly name: string
  /** What holds, in one clause. */
  readonly asks: string
  /** `error`: the harness could not tell, which is never a skipped rule, and never a passed run. */
  readonly status: 'pass' | 'fail' | 'skipped' | 'error'
  /**
   * How long it took until the rule was broken for the first time, or until what it waits for had come; 0 for a rule that waits
   * for nothing.
   */
  readonly timeMs: number
  /** Of a failure: the cause of the first finding. */
  readonly code?: CauseCode
  /** Why it failed or was skipped, each in a sentence; not printable yet. */
  readonly messages: readonly string[]
}

/** A run that could not be judged fails nowhere: without a case of its own it would look like one that passed. */
const HARNESS = { name: '0 harness', asks: 'the harness can tell whether the network keeps the rules' }

/** What a rule waits for, as figures call it. */
const WAITS_FOR: Partial<Record<RuleId, FigureName>> = {
  'ready-in-time': 'start',
  complete: 'full',
  stable: 'held',
  farewell: 'changed',
  converges: 'full',
  notices: 'noticed',
  reconverges: 'whole'
}

/** The harness first, then the rules in the order of docs/CONTRACT.md. */
export function casesOf(judged: Judged): TestCase[] {
  const { judgement } = judged
  const isTold = judgement.outcome !== 'unknown'
  const timeOf = timesOf(judged)
  return [
    { ...HARNESS, status: isTold ? 'pass' : 'error', timeMs: 0, messages: isTold ? [] : doubtsOf(judgement) },
    ...judgement.checks.map(check => caseOf(judged, check, timeOf))
  ]
}

/** How many cases have that status. */
export function amountOf(cases: readonly TestCase[], wanted: TestCase['status']): number {
  return cases.filter(({ status }) => status === wanted).length
}

function caseOf({ judgement }: Judged, { rule, status, unknown }: Check, timeOf: (rule: RuleId) => number): TestCase {
  const about = { name: ruleText(rule), asks: RULES[rule].asks }
  if (status === 'pass') return { ...about, status, timeMs: timeOf(rule), messages: [] }
  if (status === 'fail') {
    const found = findingsOf(judgement, rule)
    const timeMs = found.length === 0 ? 0 : Math.min(...found.map(({ atMs }) => atMs))
    const messages = found.map(({ message }) => message)
    return { ...about, status, timeMs, code: found[0]?.cause.code ?? 'no-evidence', messages }
  }
  const untried = judgement.notJudged.flatMap(text => (text.startsWith(`${rule}: `) ? text.slice(rule.length + 2) : []))
  return { ...about, status: 'skipped', timeMs: 0, messages: status === 'unknown' ? unknown : untried }
}

function timesOf(judged: Judged): (rule: RuleId) => number {
  const figures = figuresOf(judged)
  return rule => {
    const values = figures.filter(({ name }) => name === WAITS_FOR[rule]).map(({ value }) => value ?? 0)
    // A history in which a node was ready before it was started is none of ours, and no reason to write a time below 0.
    return Math.max(
      0,
      values.reduce((sum, value) => sum + value, 0)
    )
  }
}
