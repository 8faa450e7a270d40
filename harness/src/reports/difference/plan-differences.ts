/** Where two plans differ, place by place. */
import type { Plan } from '../../scenario/plan.ts'

export interface PlanDifference {
  /** Such as `seed`, `nodes.length` or `steps.2.action.forMs`. */
  readonly place: string
  /** As JSON; null where the plan has nothing there. */
  readonly before: string | null
  readonly after: string | null
}

/** Of a large plan that is another one altogether only the first ones are of use. */
export const MAX_PLAN_DIFFERENCES = 50

/** Characters of a value. */
const MAX_VALUE = 200

/** The first ones, at most `MAX_PLAN_DIFFERENCES`, in the order of the plan. Lists of other lengths differ in their length alone. */
export function planDifferences(before: Plan | undefined, after: Plan | undefined): PlanDifference[] {
  const found: PlanDifference[] = []
  collect([], before, after, found)
  return found.slice(0, MAX_PLAN_DIFFERENCES)
}

function collect(path: readonly string[], before: unknown, after: unknown, found: PlanDifference[]): void {
  if (found.length >= MAX_PLAN_DIFFERENCES || Object.is(before, after)) return
  const lists = Array.isArray(before) && Array.isArray(after)
  if (lists && before.length !== after.length) {
    found.push({ place: [...path, 'length'].join('.'), before: textOf(before.length), after: textOf(after.length) })
    return
  }
  if (!isObject(before) || !isObject(after)) {
    found.push({ place: path.join('.') || 'plan', before: textOf(before), after: textOf(after) })
    return
  }
  for (const key of new Set([...Object.keys(before), ...Object.keys(after)]))
    collect([...path, key], before[key], after[key], found)
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null
}

function textOf(value: unknown): string | null {
  const text = JSON.stringify(value)
  if (text === undefined) return null
  return text.length > MAX_VALUE ? `${text.slice(0, MAX_VALUE)}…` : text
}
