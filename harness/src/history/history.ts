/**
 * The history of a run: everything that was observed, in the order in which it was observed, and nothing else.
 * Checks and reports are functions of it, so a verdict can be made again from history.ndjson alone.
 */
import type { NodeLine, NodeName } from '../contract.ts'
import type { Fault, Proof } from '../faults/fault.ts'
import type { RunnerName } from '../runners/names.ts'
import type { Plan } from '../scenario/plan.ts'

/** Major version of history.ndjson. Minor versions add events and fields, and have no number; a newer major is refused. */
export const HISTORY_VERSION = 1

/** The host of a run. Not of a simulation, which is the same on every host. */
export interface Host {
  /** Processors that the harness may use. */
  cores: number
  memoryBytes: number
  /** System and release. */
  kernel: string
}

export interface Versions {
  /** Of this package. */
  testbed: string
  /** Major version of the node contract. */
  contract: number
  /** The Node.js that ran the harness; not of a simulation. */
  node?: string
}

/** What is wrong with a line that breaks the contract. */
export interface ContractFinding {
  /** 1 is the first line that this process wrote. */
  lineNumber: number
  /** One sentence without control characters. */
  fault: string
  /** The beginning of the line, printable and at most 200 characters. */
  text: string
}

/** Rules of docs/CONTRACT.md that the simulator watches in every core, while it runs. */
export type ViolatedRule =
  | 'not-itself'
  | 'joined-once'
  | 'updated-listed'
  | 'gone-listed'
  | 'never-back'
  | 'news-only'
  | 'book-as-told'
  | 'no-drops'
  | 'equal'

/** The rules that one or two lines of a node are enough to break. */
export type ContradictionRule =
  | 'ready-name'
  | 'ready-addrs'
  | 'epoch-is-start'
  | 'ready-again'
  | 'own-peer-id'
  | 'same-key'
  | 'announced-grows'
  | 'not-itself'
  | 'joined-once'
  | 'updated-listed'
  | 'gone-listed'

/** How steady books were, as healthy nodes saw it. */
export interface Steadiness {
  /** How often one of them dropped a process that ran, or listed it again: the pair with most. */
  changesOfMind: number
  observer?: NodeName
  subject?: NodeName
  /** How often anybody dropped a healthy node. */
  dropsOfHealthy: number
  /** How often a healthy node did. */
  falseDrops: number
  /** Until all books were full and at rest; undefined if no node told of that. */
  settled?: { sizes: number; longestMs: number; atMs?: number }
}

/** Of what happened on a machine that stamps it by a clock of its own. */
export interface Delayed {
  /** The harness heard of it so long after it happened. While the run lasts `atMs` is when it was heard; see `at-their-times.ts`. */
  delayedMs?: number
}

/** The machine that a process runs on, where that is not the harness's. */
export interface MachinePlace {
  machine: string
  /** How far the wall clock of the machine is ahead of the harness's, and by how much that may be wrong. */
  clockAheadMs: number
  clockWithinMs: number
}

export type Observation =
  | {
      type: 'run-started'
      /** HISTORY_VERSION; 1 if not given. */
      v?: number
      /** ISO 8601, wall clock. */
      startedAt: string
      scenario: string
      nodes: NodeName[]
      deadlineMs: number
      settleMs: number
      /** The command line that repeats the run. */
      command: string
      /** Where the nodes ran. */
      runner?: RunnerName | 'simulation'
      /** Nodes that share a process; each has its own if not given. */
      perProcess?: number
      host?: Host
      versions?: Versions
      /** What is to happen; a run without one only starts its nodes. */
      plan?: Plan
      /** Only of a simulation that was too large for a whole history: what is here, and what gives the rest again. */
      digest?: { version: string }
    }
  /** Of a digest: nodes that run, entries of the right run of such a node in their books, and entries of others. */
  | { type: 'counts'; live: number; right: number; ghosts: number }
  /** Of a digest, in the end: what its events do not show of how steady the books were. */
  | ({ type: 'steadiness' } & Steadiness)
  /**
   * The simulator saw in a core that a rule is broken. In a whole history only what no line shows; in a digest all of it, after
   * the line that showed it.
   */
  | { type: 'violation'; rule: ViolatedRule; message: string; node: NodeName; run: number; subject?: NodeName }
  /** Something of the plan began, was done, took too long, or could not be done. */
  | { type: 'step'; step: string; state: 'begun' | 'done' | 'missed' | 'failed'; why?: string }
  /** The runner dialled an address that a `ready` line named, from an address of no node. */
  | {
      type: 'probe'
      node: NodeName
      run: number
      addr: string
      result: 'connected' | 'refused' | 'not-tried'
      why?: string
    }
  /** What the system says that the processes of a node have used so far, read by the harness: the same for every program. */
  | { type: 'usage'; node: NodeName; run: number; cpuMs: number; rssBytes: number; threads: number; sockets: number }
  /** What has arrived at the node so far, all its processes together, as its network interface or the simulator counts it. */
  | { type: 'received'; node: NodeName; bytes: number }
  /** `run` counts the processes that bore this name: 1, and one more with every restart. */
  | ({ type: 'spawned'; node: NodeName; run: number; pid?: number; place?: MachinePlace } & Delayed)
  /** The process could not be started at all. */
  | ({ type: 'spawn-failed'; node: NodeName; run: number; reason: string } & Delayed)
  | ({ type: 'line'; node: NodeName; run: number; line: NodeLine } & Delayed)
  | ({ type: 'finding'; node: NodeName; run: number; finding: ContractFinding } & Delayed)
  /** The harness asked the node for its book; a `book` line before this is no answer to it. */
  | { type: 'dump-requested'; node: NodeName; run: number }
  /** The harness told the node to end; an exit after this is not a crash. */
  | { type: 'stop-requested'; node: NodeName; run: number; signal?: 'SIGTERM' }
  | ({
      type: 'exited'
      node: NodeName
      run: number
      code: number | null
      signal: string | null
      /** The last lines of stderr, printable, oldest first. */
      stderrTail: string[]
      /** So long after the node had ended; 0 if not given. An engine tells late when many containers end at once. */
      toldLateMs?: number
      /** It ended with the process that it shared with others, since code of the culprit threw, where that can be told. */
      process?: { pid: number; culprit?: NodeName }
    } & Delayed)
  /** The node was told to say farewell; from then on it is to be in no book. */
  | { type: 'leave-requested'; node: NodeName; run: number }
  /** The harness begins to break something; `fault` is the id of its step. What follows at these nodes was wanted. */
  | { type: 'fault-injected'; fault: string; nodes: NodeName[]; what?: Fault }
  /** It is healed, or could not be injected at all. Nodes that were killed start again after this. */
  | { type: 'fault-healed'; fault: string; nodes: NodeName[] }
  /** Whether a fault had an effect (`of: injection`), or is gone (`of: undo`). */
  | ({ type: 'fault-proof'; fault: string; of: 'injection' | 'undo' } & Proof)
  /** The harness itself was late by `lagMs`: what it saw then says little about the nodes. */
  | { type: 'harness-lagged'; lagMs: number }
  /** The host had less processor time than its processes wanted, for the `forMs` before this: shares of that time, 0 to 1. */
  | { type: 'host-pressed'; forMs: number; waitingRatio: number; stolenRatio: number }
  /** The final books are in; the nodes are told to end only after this. */
  | { type: 'run-ended'; reason: 'settled' | 'deadline' | 'decided' | 'interrupted' }
  /** What runs the node is gone or answers no longer: what its process did since then is not known, and `exited` says nothing of it. */
  | { type: 'runner-failed'; node: NodeName; run: number; why: string }
  /** The last process has ended; `leftovers` are processes that nodes had started and left behind. */
  | { type: 'run-closed'; leftovers: { node: NodeName; pid: number }[] }

/** `atMs` is monotonic, in ms since the start of the run. */
export type HistoryEvent = { atMs: number } & Observation

/** Append-only; the events of one run in ascending `atMs`. */
export type History = readonly HistoryEvent[]
