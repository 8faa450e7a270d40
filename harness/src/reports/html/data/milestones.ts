/** When the books were half, almost and wholly complete, in each phase in which nodes find each other. */
import type { History } from '../../../history/history.ts'
import type { Judgement, Phase } from '../../../judge/judgement.ts'
import { printable } from '../../../printable.ts'
import { type CompletenessPoint, completenessCurve, completenessReached } from '../../words/completeness.ts'
import type { FaultBand, PhaseFacts } from './report-data.ts'

const PERCENTS = [50, 99, 100] as const

/** @param endMs - the end of the run: a phase that did not end lasts until then, or until the next fault */
export function phaseFactsOf(
  phases: Judgement['phases'],
  history: History,
  { faults, endMs }: { faults: readonly FaultBand[]; endMs: number }
): PhaseFacts[] {
  return phases.map(told => {
    const phase = told.fault === undefined ? told : { ...told, fault: printable(told.fault, 64) }
    if (phase.name !== 'full' && phase.name !== 'whole') return phase
    const nextMs = faults.map(({ fromMs }) => fromMs).filter(ms => ms > phase.fromMs)
    return { ...phase, reached: reachedIn(completenessCurve(history), phase, Math.min(endMs, ...nextMs)) }
  })
}

function reachedIn(
  curve: readonly CompletenessPoint[],
  { fromMs, toMs }: Phase,
  untilMs: number
): NonNullable<PhaseFacts['reached']> {
  const reached = PERCENTS.map(percent => [percent, completenessReached(curve, percent / 100, fromMs)] as const)
  return Object.fromEntries(reached.filter(([, atMs]) => atMs !== undefined && atMs <= (toMs ?? untilMs)))
}
