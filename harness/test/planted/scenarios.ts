/** Short scenarios in which a program can break rules that a cold start does not try. */
import { planColdStart } from '../../src/scenario/cold-start.ts'
import type { Bounds, Plan, PlannedStep } from '../../src/scenario/plan.ts'

/** The planted node. */
export const PLANTED_AT = 'n3'

/** Whom the others lose: neither the planted node, nor the one that all others were told of. */
const VICTIM = 'n4'

export interface ShortScenario {
  readonly steps: readonly PlannedStep[]
  readonly bounds: Bounds
}

export function planOf(name: string, deadlineMs: number, { steps, bounds }: ShortScenario): Plan {
  const plan = planColdStart({ scenario: name, nodes: 4, deadlineMs, settleMs: 1_200, bootstrapPeers: 1 })
  return { ...plan, steps, bounds }
}

export const coldStart: ShortScenario = { steps: [], bounds: {} }

/** Bounds on a start alone. */
export function startWithin(convergeWithinMs: number): ShortScenario {
  return { steps: [], bounds: { convergeWithinMs } }
}

/** A bound on what nodes receive. */
export function startBelow(maxBytesPerSecond: number): ShortScenario {
  return { steps: [], bounds: { maxBytesPerSecond } }
}

/** A node is killed for good once all books are full. */
export function crash(bounds: Bounds = {}, noticedWithinMs?: number): ShortScenario {
  const kill: PlannedStep = {
    id: 's1',
    begins: { type: 'at', from: 'full', atMs: 300 },
    action: { type: 'fault', fault: { type: 'kill', nodes: [VICTIM] } },
    withinMs: 5_000
  }
  const wait: PlannedStep[] =
    noticedWithinMs === undefined
      ? []
      : [
          {
            id: 's2',
            begins: { type: 'next' },
            action: { type: 'wait', until: 'noticed' },
            withinMs: noticedWithinMs
          }
        ]
  return { steps: [kill, ...wait], bounds }
}

/** A node is killed, and starts again at once with its key. */
export function restart(node: string = VICTIM, bounds: Bounds = {}): ShortScenario {
  const step: PlannedStep = {
    id: 's1',
    begins: { type: 'at', from: 'full', atMs: 300 },
    action: { type: 'restart', nodes: [node], key: 'same', afterMs: 100 },
    withinMs: 5_000
  }
  return { steps: [step], bounds }
}

export function leave(node: string): ShortScenario {
  const step: PlannedStep = {
    id: 's1',
    begins: { type: 'at', from: 'full', atMs: 300 },
    action: { type: 'leave', nodes: [node] },
    withinMs: 5_000
  }
  return { steps: [step], bounds: {} }
}

/** The clock of the planted node jumps by a minute. */
export const clockJump: ShortScenario = {
  steps: [
    {
      id: 's1',
      begins: { type: 'at', from: 'full', atMs: 300 },
      action: { type: 'fault', fault: { type: 'clock', nodes: [PLANTED_AT], offsetMs: 60_000 }, forMs: 500 },
      withinMs: 5_000
    }
  ],
  bounds: {}
}
