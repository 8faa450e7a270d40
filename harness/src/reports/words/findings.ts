/** How reports write a finding. */
import type { Check, Finding, Judgement } from '../../judge/judgement.ts'
import { RULE_GROUPS, RULES, type RuleGroup, type RuleId } from '../../judge/rules.ts'
import { printable } from '../../printable.ts'

/** `22 complete` */
export function ruleText(rule: RuleId): string {
  return `${RULES[rule].number} ${rule}`
}

/** Who, why, how sure, and where to look. */
export function causeText({ node, cause }: Finding): string {
  const { code, confidence, evidence } = cause
  const sure = { shown: 'shown', likely: 'likely', 'cannot-tell': 'cannot be told' }[confidence]
  const where =
    evidence.length === 0 ? '' : `, line${evidence.length > 1 ? 's' : ''} ${evidence.join(', ')} of history.ndjson`
  return `${printable(node, 64)}: ${code} (${sure}${where})`
}

/** Every finding of a rule, causes and consequences alike, the causes first. */
export function findingsOf({ findings }: Judgement, rule: RuleId): Finding[] {
  const all = [...findings, ...findings.flatMap(({ consequences }) => consequences)]
  return all.filter(finding => finding.rule === rule)
}

/** The groups that were tried, each with the worst that happened to one of its rules. */
export function groupStatuses(checks: readonly Check[]): { group: RuleGroup; status: Check['status'] }[] {
  return RULE_GROUPS.map(group => {
    const statuses = checks.filter(({ rule }) => RULES[rule].group === group).map(({ status }) => status)
    return { group, status: WORST_FIRST.find(each => statuses.includes(each)) ?? 'not-tried' }
  }).filter(({ status }) => status !== 'not-tried')
}

const WORST_FIRST: readonly Check['status'][] = ['fail', 'unknown', 'pass']
