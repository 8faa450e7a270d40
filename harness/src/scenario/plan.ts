/**
 * What is to happen in a run: planned as a whole before it begins, from a scenario, a number of nodes and a seed, so that it
 * can be printed, repeated and cut down. Real runs and simulations carry out the same plan.
 */
import type { NodeName } from '../contract.ts'
import type { Fault, Flapping, Links } from '../faults/fault.ts'
import type { RouterKind } from '../faults/routers.ts'

/** How many nodes a run may have. */
export const MIN_NODES = 2
export const MAX_NODES = 60_000

/** What histories call the links of the plan, which are made as a fault is; steps have other names. */
export const PLAN_LINKS = 'links'

export interface Plan {
  readonly scenario: string
  /** The seed fixes who, what and in which order; on real runners not the timing. */
  readonly seed: number
  readonly nodes: readonly PlannedNode[]
  /** By name, what the nodes run; a program that is not listed is that of the command line, or our own node program. */
  readonly programs?: Readonly<Record<string, PlannedProgram>>
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
  /** Whose addresses it is told when it starts; a node that does not run at that time is passed over. */
  readonly bootstrap: readonly NodeName[]
  /** Started with the network; the others are started by a step that names them (`join`). */
  readonly startsAtOnce: boolean
  /** What is between the node and the internet, so that nobody outside can dial it; nothing if undefined. */
  readonly behind?: RouterKind
}

/** Our own node program on one of the versions of libp2p that the library serves. */
export type OwnProgram = 'libp2p-3' | 'libp2p-2'

export type PlannedProgram =
  /** A program and its leading arguments, started without a shell. */
  | { readonly command: readonly [program: string, ...args: string[]] }
  /** The name of a container image. */
  | { readonly image: string }
  | { readonly ours: OwnProgram }

export interface PlannedStep {
  /** `s1`, `s2`, ...: the order in the file. A step of the file that becomes several has `s2.1`, `s2.2`, ... */
  readonly id: string
  readonly begins: Beginning
  readonly action: Action
  /** How long the step may take once it has begun: a wait that is missed fails the run, anything else makes it unknown. */
  readonly withinMs: number
}

export type Beginning =
  /** A step with a time of its own does not wait for the steps before it. So long after the first process was spawned, or after all books were full for the first time. */
  | { readonly type: 'at'; readonly atMs: number; readonly from: 'start' | 'full' }
  /** So long after the step before it has ended; at once if undefined. */
  | { readonly type: 'next'; readonly afterMs?: number }

export type Action =
  /** Lasts `forMs`, or to the end of the run if undefined. The step ends when the fault is in force, not when it is healed. */
  | { readonly type: 'fault'; readonly fault: Fault; readonly forMs?: number; readonly flapping?: Flapping }
  /** Starts nodes that were not started with the network, or before. The step ends when they are ready. */
  | { readonly type: 'join'; readonly nodes: readonly NodeName[] }
  /** The nodes say farewell. The step ends when their processes have ended. */
  | { readonly type: 'leave'; readonly nodes: readonly NodeName[] }
  /**
   * Kills the nodes that run and starts all of them `afterMs` later, under their old address. A node that was killed or left
   * in an earlier step is only started. `new`: as a stranger, with a peer id that nobody knows. The step ends when they are
   * ready.
   */
  | {
      readonly type: 'restart'
      readonly nodes: readonly NodeName[]
      readonly key: 'same' | 'new'
      readonly afterMs: number
    }
  | { readonly type: 'wait'; readonly until: Condition }

/**
 * `full`: all books are right. `noticed`: everybody dropped what is gone. `whole`: both, and every fault that has an end is
 * healed. A node that was killed for good is gone, and no fault in force.
 */
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
  /** Of one healthy node about one process that runs: each time that it drops it, and each time that it lists it again. */
  readonly changesOfMind?: number
  /** Received by a node, on average over all nodes and the whole run. */
  readonly maxBytesPerSecond?: number
}
