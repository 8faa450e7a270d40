/** Keys of a step that do not go together. */
import type { z } from 'zod'
import { SENTENCE } from '../../yaml/explain.ts'

/** The keys that can contradict each other; durations in ms. */
interface TimedStep {
  at?: number | undefined
  from?: string | undefined
  after?: number | undefined
  for?: number | undefined
  every?: number | undefined
  until?: number | undefined
  spread?: number | undefined
  churn?: unknown
  links?: unknown
}

export function refuseContradictions(step: object, context: z.RefinementCtx): void {
  const refuse = (key: string, message: string) =>
    context.addIssue({ code: 'custom', path: [key], message, params: SENTENCE })
  const timed: TimedStep = step
  if (timed.at !== undefined && timed.after !== undefined) {
    refuse(
      'after',
      'a step has `at` (counted from full books or the start) or `after` (from the step before it), not both'
    )
  }
  if (timed.from !== undefined && timed.at === undefined) refuse('from', '`from` says what `at` counts from; add `at`')
  if (timed.churn === undefined) refuseFlapping(timed, refuse)
  else if (timed.every! > timed.until!) refuse('every', '`every` must be at most `until`, else nothing happens')
  if (timed.links !== undefined && !LINK_KEYS.some(key => Object.hasOwn(step, key))) {
    refuse('links', `links need at least one of ${LINK_KEYS.join(', ')}`)
  }
}

const LINK_KEYS = ['latency', 'jitter', 'loss', 'duplicates', 'reordering', 'bandwidth']

function refuseFlapping(step: TimedStep, refuse: (key: string, message: string) => void): void {
  const { every, until, spread } = step
  if (every === undefined) {
    if (until !== undefined) refuse('until', '`until` goes with `every`; a fault that comes once ends by `for`')
    return
  }
  if (step.for === undefined) refuse('every', '`every` needs `for`: how long the fault lasts each time')
  else if (step.for >= every) refuse('every', '`every` must be longer than `for`, else the fault never ends between')
  if (until === undefined) refuse('every', '`every` needs `until`: how long the fault comes and goes')
  else if (until < every) refuse('until', '`until` must be at least `every`, else the fault comes only once')
  if (spread !== undefined) refuse('spread', '`spread` does not go with `every`')
}
