/** How long a plan takes at least, if every node does at once what it is told. */
import type { PlannedStep } from '../plan.ts'

/** Up to the end of the last step, and of the last fault that has one. */
export function lastsMs(steps: readonly PlannedStep[]): number {
  return walk(steps).reduce((last, { endsMs, healsMs }) => Math.max(last, endsMs, healsMs), 0)
}

/** A wait until all is whole has the time of the faults that are still to be healed in addition to its own. */
export function withTimeToHeal(steps: readonly PlannedStep[]): PlannedStep[] {
  return walk(steps).map(({ step, beginsMs, endsMs }) =>
    step.action.type === 'wait' ? { ...step, withinMs: step.withinMs + endsMs - beginsMs } : step
  )
}

interface Walked {
  readonly step: PlannedStep
  /** From the moment at which all books are full, or the start: a network may be full at once. */
  readonly beginsMs: number
  readonly endsMs: number
  /** When its fault is over; 0 without one. */
  readonly healsMs: number
}

function walk(steps: readonly PlannedStep[]): Walked[] {
  let previousEndMs = 0
  let allHealedMs = 0
  return steps.map(step => {
    const { begins, action } = step
    const beginsMs = begins.type === 'at' ? begins.atMs : previousEndMs + (begins.afterMs ?? 0)
    const healsMs = action.type === 'fault' && action.forMs !== undefined ? beginsMs + action.forMs : 0
    const waitsToHeal = action.type === 'wait' && action.until !== 'noticed'
    const ownMs = action.type === 'restart' ? action.afterMs : 0
    const endsMs = waitsToHeal ? Math.max(beginsMs, allHealedMs) : beginsMs + ownMs
    allHealedMs = Math.max(allHealedMs, healsMs)
    previousEndMs = endsMs
    return { step, beginsMs, endsMs, healsMs }
  })
}
