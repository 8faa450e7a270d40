import type { History } from '../../src/history/history.ts'
import { judge } from '../../src/judge/judge.ts'
import type { Finding } from '../../src/judge/judgement.ts'
import { RULES, type RuleGroup } from '../../src/judge/rules.ts'

/** What a history shows of the rules of a group: one message for each breach, the grouped ones taken apart. */
export function judgedGroup(group: RuleGroup, history: History) {
  const { checks, findings } = judge(history)
  const own = checks.filter(({ rule }) => RULES[rule].group === group)
  const status = (['fail', 'unknown', 'pass', 'not-tried'] as const).find(each =>
    own.some(check => check.status === each)
  )
  const leaves = findings.flatMap(leavesOf).filter(({ rule }) => RULES[rule].group === group)
  return { status, messages: leaves.map(({ message }) => message), reasons: own.flatMap(({ unknown }) => unknown) }
}

/** A finding with parts says the same as its parts. */
function leavesOf(finding: Finding): Finding[] {
  const { rule, consequences } = finding
  const isGrouped = consequences.some(each => each.rule === rule)
  return isGrouped ? [...consequences] : [finding, ...consequences]
}
