/** What an exploration found, in words. */
import { exitCodeOf } from '../judge/judgement.ts'
import { count } from '../judge/wording.ts'
import { printable } from '../printable.ts'
import type { Exploration, Failure } from './explore.ts'

/** Characters of a line. */
const MAX_REASON = 300

/** More are not listed. */
const MAX_DOUBTS = 5

/** Of each failure the command that repeats it, by its file. Ends with a newline. */
export function explorationText(
  { seed, plans, outcomes, steps, failures, doubts }: Exploration,
  commandOf: (failure: Failure) => string
): string {
  const kinds = Object.entries(steps).sort(([, a], [, b]) => b - a)
  return [
    ...failures.flatMap(failure => [...failureLines(failure), `  repeat     ${commandOf(failure)}`, '']),
    ...doubts
      .slice(0, MAX_DOUBTS)
      .map(({ index, reason }) => `plan ${index} could not be judged: ${printable(reason, MAX_REASON)}`),
    ...(doubts.length > MAX_DOUBTS ? [`and ${doubts.length - MAX_DOUBTS} more`] : []),
    ...(doubts.length > 0 ? [''] : []),
    `seed ${seed}: ${count(plans, 'plan')}, ${outcomes.pass} passed, ${outcomes.fail} failed, ${outcomes.unknown} unknown`,
    `steps: ${kinds.map(([kind, times]) => `${kind} ${times}`).join(', ') || 'none'}`,
    ''
  ].join('\n')
}

/** As everywhere: something failed; or too much of it could not be told. Nothing that was run shows nothing. */
export function explorationExitCode({ plans, outcomes }: Exploration): number {
  if (outcomes.fail > 0) return exitCodeOf.fail
  return plans === 0 || outcomes.unknown > plans / 2 ? exitCodeOf.unknown : exitCodeOf.pass
}

function failureLines({ index, smallest, failed, runs, reason, folder }: Failure): string[] {
  const { nodes, steps } = smallest
  return [
    `plan ${index} failed: ${printable(reason, MAX_REASON)}`,
    `  smallest   ${count(nodes, 'node')}, ${count(steps.length, 'step')}; failed ${failed} of ${count(runs, 'run')}`,
    `  run        ${folder}`
  ]
}
