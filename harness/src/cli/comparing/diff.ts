/** `test-network diff <run> <run>`: what changed between two runs, or two comparisons. */

import { exitCodeOf } from '../../judge/judgement.ts'
import { printable } from '../../printable.ts'
import { type Difference, differenceOf } from '../../reports/difference/difference.ts'
import { differenceText } from '../../reports/difference/text.ts'
import { diffComparisons, isComparison } from '../comparison/compared-again.ts'
import { judgedRun } from '../judge.ts'
import { folderOfRun } from '../open/find-run.ts'
import type { Usage } from '../usage/usages.ts'

/** Characters of a text. */
const MAX_TEXT = 10_000

/**
 * Judges both runs from their histories, leaves their folders as they are, and prints what changed. The exit code: 1 if a check
 * fails in the run after that did not fail in the run before, else 3 if the run after could not be judged, else 0. A single run
 * says little of its figures, so none of them decides; that is what `sweep --baseline` is for. Of two comparisons see
 * `diffComparisons`.
 *
 * @throws as `judgedRun`
 */
export async function diffRuns({ before, after, json }: Extract<Usage, { kind: 'diff' }>): Promise<number> {
  const [folderBefore, folderAfter] = [folderOfRun(before), folderOfRun(after)]
  if (isComparison(folderBefore) && isComparison(folderAfter)) {
    return await diffComparisons(folderBefore, folderAfter, json)
  }
  const { result: was } = await judgedRun(folderBefore)
  const { result: is } = await judgedRun(folderAfter)
  const difference = differenceOf(was, is)
  process.stdout.write(json ? `${jsonOf(difference)}\n` : differenceText(difference))
  if (difference.isWorse) return exitCodeOf.fail
  return difference.outcome.after === 'unknown' ? exitCodeOf.unknown : exitCodeOf.pass
}

/** What nodes wrote is made printable: it may be shown by a terminal. */
function jsonOf(difference: Difference): string {
  return JSON.stringify(difference, (_, value) => (typeof value === 'string' ? printable(value, MAX_TEXT) : value), 2)
}
