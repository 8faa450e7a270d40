/** What it takes to run nodes somewhere. test/runner-contract.ts says what every runner must hold. */
import type { Command } from '../contract.ts'
import type { NodeName, Observation } from '../history/history.ts'

/** One process of a node. */
export interface NodeSpec {
  node: NodeName
  /** 1, and one more with every restart. */
  run: number
  /** 0 is the first node of the run; a restart keeps it, so that the node keeps its address. */
  index: number
  /** Flags of the contract; the runner itself adds `--listen`. */
  args: readonly string[]
}

/** What a runner observes of a node, in order; nothing follows `exited` or `spawn-failed`. */
export type NodeObservation = Extract<
  Observation,
  { type: 'spawned' | 'spawn-failed' | 'line' | 'finding' | 'stop-requested' | 'exited' }
>

export interface NodeHandle {
  /** Settles once `exited` or `spawn-failed` has been observed; never rejects. */
  readonly ended: Promise<void>
  /** Writes a command to the node; one that is gone or does not read is not an error. */
  send(command: Command): void
  /** Closes the node's stdin, as the end of its harness would. */
  disconnect(): void
  /** To the node and everything that it started. */
  signal(signal: 'SIGTERM' | 'SIGKILL' | 'SIGSTOP' | 'SIGCONT'): void
  /** Asks, insists, kills: the node is gone within `STOP_WITHIN_MS`. Never rejects. */
  stop(): Promise<void>
}

export interface Runner {
  /** Starts a node. What goes wrong with it is observed, never thrown. */
  start(spec: NodeSpec, observe: (observation: NodeObservation) => void): NodeHandle
  /** Gives back what the runner holds for itself; the nodes must have ended. */
  close(): Promise<void>
}

/** How long `stop` takes at most, whatever the node does. */
export const STOP_WITHIN_MS = 3_000

/** Where the stderr of a node is kept; restarts append to the same file. Not kept if undefined. */
export type LogPathOf = (node: NodeName) => string | undefined
