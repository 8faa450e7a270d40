/** What is wrong with a network that was not complete in time, in a sentence. */
import type { History } from '../history/history.ts'
import { judge } from '../judge/judge.ts'
import type { EndReason } from '../supervisor/live-network.ts'

/** The first finding, as if the run had ended at this moment for this reason; what could not be told if there is none. */
export function firstFinding(history: History, reason: EndReason): string {
  const atMs = history.at(-1)?.atMs ?? 0
  const verdict = judge([...history, { atMs, type: 'run-ended', reason }])
  if (verdict.outcome === 'fail') return verdict.violations[0]!.message
  return verdict.outcome === 'unknown' ? verdict.reasons.join('; ') : 'the checks did not hold for the settle time'
}
