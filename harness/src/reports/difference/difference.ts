/** What changed between two runs: a function of both Judgements and figures, which judges nothing again. */
import type { Check, Finding, Outcome } from '../../judge/judgement.ts'
import type { RuleId } from '../../judge/rules.ts'
import type { Judged } from '../judged.ts'
import { type Figure, figuresOf } from '../words/figures/figures.ts'
import { type PlanDifference, planDifferences } from './plan-differences.ts'

export const DIFFERENCE_VERSION = 1

export interface Difference {
  readonly v: typeof DIFFERENCE_VERSION
  readonly kind: 'difference'
  readonly outcome: { readonly before: Outcome; readonly after: Outcome }
  /** A check fails in the run after that did not fail in the run before. */
  readonly isWorse: boolean
  /** All of both runs. */
  readonly figures: readonly FigureDifference[]
  /** Checks whose status is another one. */
  readonly checks: readonly CheckDifference[]
  /** Findings of one of the runs that the other does not have: the same rule, node, subject and cause. */
  readonly findings: { readonly came: readonly FoundOnce[]; readonly went: readonly FoundOnce[] }
  readonly plan: readonly PlanDifference[]
}

export interface FigureDifference {
  /** As in result.json, such as `whole s2`. */
  readonly figure: string
  readonly label: string
  readonly unit: Figure['unit']
  /** Null: it did not come to that, or was not measured. */
  readonly before: number | null
  readonly after: number | null
  /** As all reports print them; `-` if it was not measured. */
  readonly texts: { readonly before: string; readonly after: string }
  /** After divided by before; null where one of them is missing, or before is 0. */
  readonly ratio: number | null
}

export interface CheckDifference {
  readonly rule: RuleId
  readonly before: Check['status']
  readonly after: Check['status']
}

export interface FoundOnce {
  readonly rule: RuleId
  readonly node: string
  readonly subject?: string
  readonly cause: Finding['cause']['code']
  readonly message: string
}

export function differenceOf(before: Judged, after: Judged): Difference {
  const checks = checkDifferences(before, after)
  return {
    v: DIFFERENCE_VERSION,
    kind: 'difference',
    outcome: { before: before.judgement.outcome, after: after.judgement.outcome },
    isWorse: checks.some(({ after }) => after === 'fail'),
    figures: figureDifferences(figuresOf(before), figuresOf(after)),
    checks,
    findings: { came: onlyIn(after, before), went: onlyIn(before, after) },
    plan: planDifferences(planned(before), planned(after))
  }
}

/** With the number of nodes that share a process: other figures come of it than of another plan. */
function planned({ network: { started } }: Judged) {
  const { plan, perProcess } = started ?? {}
  return plan === undefined || perProcess === undefined ? plan : { ...plan, perProcess }
}

function checkDifferences(before: Judged, after: Judged): CheckDifference[] {
  const was = new Map(before.judgement.checks.map(({ rule, status }) => [rule, status]))
  return after.judgement.checks.flatMap(({ rule, status }) => {
    const earlier = was.get(rule) ?? 'not-tried'
    return earlier === status ? [] : [{ rule, before: earlier, after: status }]
  })
}

function figureDifferences(before: readonly Figure[], after: readonly Figure[]): FigureDifference[] {
  const [was, is] = [before, after].map(figures => new Map(figures.map(figure => [figure.key, figure])))
  return [...new Set([...was!.keys(), ...is!.keys()])].map(key => {
    const [early, late] = [was!.get(key), is!.get(key)]
    const { label, unit } = (late ?? early)!
    const [from, to] = [early?.value ?? null, late?.value ?? null]
    return {
      figure: key,
      label,
      unit,
      before: from,
      after: to,
      texts: { before: early?.text ?? '-', after: late?.text ?? '-' },
      ratio: from === null || to === null || from === 0 ? null : to / from
    }
  })
}

function onlyIn(one: Judged, other: Judged): FoundOnce[] {
  const known = new Set(other.judgement.findings.map(keyOf))
  return one.judgement.findings
    .filter(finding => !known.has(keyOf(finding)))
    .map(({ rule, node, subject, cause, message }) => {
      return { rule, node, ...(subject !== undefined && { subject }), cause: cause.code, message }
    })
}

function keyOf({ rule, node, subject, cause }: Finding): string {
  return JSON.stringify([rule, node, subject, cause.code])
}
