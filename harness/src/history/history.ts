/**
 * The history of a run: everything that was observed, in the order in which it was observed, and nothing else.
 * Checks and reports are functions of it, so a verdict can be made again from history.ndjson alone.
 */
import type { NodeLine } from '../contract.ts'

/** A node's name in the run, unique: `n1`, `n2`, ... A label of the harness, never a peer id. */
export type NodeName = string

/** What is wrong with a line that breaks the contract. */
export interface ContractFinding {
  /** 1 is the first line that this process wrote. */
  lineNumber: number
  /** One sentence without control characters. */
  fault: string
  /** The beginning of the line, printable and at most 200 characters. */
  text: string
}

export type Observation =
  | {
      type: 'run-started'
      /** ISO 8601, wall clock. */
      startedAt: string
      scenario: string
      nodes: NodeName[]
      deadlineMs: number
      settleMs: number
      /** The command line that repeats the run. */
      command: string
    }
  /** `run` counts the processes that bore this name: 1, and one more with every restart. */
  | { type: 'spawned'; node: NodeName; run: number; pid?: number }
  /** The process could not be started at all. */
  | { type: 'spawn-failed'; node: NodeName; run: number; reason: string }
  | { type: 'line'; node: NodeName; run: number; line: NodeLine }
  | { type: 'finding'; node: NodeName; run: number; finding: ContractFinding }
  /** The harness asked the node for its book; a `book` line before this is no answer to it. */
  | { type: 'dump-requested'; node: NodeName; run: number }
  /** The harness told the node to end; an exit after this is not a crash. */
  | { type: 'stop-requested'; node: NodeName; run: number }
  | {
      type: 'exited'
      node: NodeName
      run: number
      code: number | null
      signal: string | null
      /** The last lines of stderr, printable, oldest first. */
      stderrTail: string[]
    }
  | { type: 'fault-injected' | 'fault-healed'; fault: string; nodes: NodeName[] }
  /** The harness itself was late by `lagMs`: what it saw then says little about the nodes. */
  | { type: 'harness-lagged'; lagMs: number }
  /** The last moment that is judged: the final books are in, and the nodes are told to end only after this. */
  | { type: 'run-ended'; reason: 'settled' | 'deadline' | 'decided' | 'interrupted' }

/** `atMs` is monotonic, in ms since the start of the run. */
export type HistoryEvent = { atMs: number } & Observation

/** Append-only; the events of one run in ascending `atMs`. */
export type History = readonly HistoryEvent[]
