/**
 * What is to happen in a run: planned as a whole before it begins, from a scenario, a number of nodes and a seed, so that it
 * can be printed, repeated and cut down. Real runs and simulations carry out the same plan.
 */
import type { NodeName } from '../contract.ts'
import type { Fault, Flapping, Links } from '../faults/fault.ts'

export interface Plan {
  readonly scenario: string
  /** The seed fixes who, what and in which order; on real runners not the timing. */
  readonly seed: number
  readonly nodes: readonly PlannedNode[]
  /** Of every link, from the start on. */
  readonly links: Links
  readonly steps: readonly PlannedStep[]
  readonly bounds: Bounds
  /** The run fails if it is not over by then. */
  readonly deadlineMs: number
  /** In the end every check must hold for so long. */
  readonly settleMs: number
}

export interface PlannedNode {
  readonly name: NodeName
  /** Name of a program of the scenario. */
  readonly program: string
  /** Whose addresses it is told when it starts. */
  readonly bootstrap: readonly NodeName[]
  /** Started with the network; the others are started by a step that names them (`join`). */
  readonly startsAtOnce: boolean
}

export interface PlannedStep {
  /** `s1`, `s2`, ...: the order in the file. */
  readonly id: string
  readonly begins: Beginning
  readonly action: Action
  /** How long the step may take once it has begun: a wait that is missed fails the run, anything else makes it unknown. */
  readonly withinMs: number
}

export type Beginning =
  /** So long after the first process was spawned, or after all books were full for the first time. */
  | { readonly type: 'at'; readonly atMs: number; readonly from: 'start' | 'full' }
  /** As soon as the step before it has ended. */
  | { readonly type: 'next' }

export type Action =
  /** Lasts `forMs`, or to the end of the run if undefined. The step ends when the fault is in force, not when it is healed. */
  | { readonly type: 'fault'; readonly fault: Fault; readonly forMs?: number; readonly flapping?: Flapping }
  | { readonly type: 'join'; readonly nodes: readonly NodeName[] }
  | { readonly type: 'leave'; readonly nodes: readonly NodeName[] }
  /** `new`: as a stranger, with a peer id that nobody knows. */
  | {
      readonly type: 'restart'
      readonly nodes: readonly NodeName[]
      readonly key: 'same' | 'new'
      readonly afterMs: number
    }
  | { readonly type: 'wait'; readonly until: Condition }

/** All books are right; everybody dropped what is gone; both, with no fault in force. */
export type Condition = 'full' | 'noticed' | 'whole'

/** What the run must hold; whatever is left out is not asked for. */
export interface Bounds {
  /** From the first spawn until all books are right. */
  readonly convergeWithinMs?: number
  /** From the proof of a fault to the last drop that is due at a healthy observer. */
  readonly detectWithinMs?: number
  /** From the proof of an undo to the moment since which the books stay right. */
  readonly reconvergeWithinMs?: number
  /** Pairs of healthy nodes, joined by an uncut path, of which one dropped the other. */
  readonly falseDrops?: number
  /** Received by a node, on average over all nodes and the whole run. */
  readonly maxBytesPerSecond?: number
}
