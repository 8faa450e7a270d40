/** What it takes to run nodes somewhere. test/runner-contract.ts says what every runner must hold. */
import type { Command, NodeName } from '../contract.ts'
import type { Fault, FaultInForce } from '../faults/fault.ts'
import type { Observation } from '../history/history.ts'

/** One process of a node. */
export interface NodeSpec {
  node: NodeName
  /** 1, and one more with every restart. */
  run: number
  /** 0 is the first node of the run; a restart keeps it, so that the node keeps its address. */
  index: number
  /** Flags of the contract; the runner itself adds `--listen`. */
  args: readonly string[]
  /** Program and leading arguments, where the node runs another program than the others. */
  command?: readonly [program: string, ...args: string[]]
  /** Where the process before it listened, as `/ip4/127.1.1.3/tcp/40123`; the runner chooses if undefined. */
  listen?: string
}

/** What all processes of a node have used so far, in sum. */
export type NodeUsage = Extract<Observation, { type: 'usage' }>

/** What has arrived at a node, where it has a network of its own. */
export type NodeReceived = Extract<Observation, { type: 'received' }>

/** What became of a connection to an address of a node. */
export type ProbeResult = Pick<Extract<Observation, { type: 'probe' }>, 'addr' | 'result' | 'why'>

/** What a runner observes of a node, in order; nothing follows `exited` or `spawn-failed`. */
export type NodeObservation = Extract<
  Observation,
  { type: 'spawned' | 'spawn-failed' | 'line' | 'finding' | 'stop-requested' | 'runner-failed' | 'exited' }
>

export interface NodeHandle {
  /** By how much the clock that the node sees is ahead of the harness's, by its last `clock` line; undefined if it wrote none. */
  readonly clockOffsetMs: number | undefined
  /** Settles once `exited` or `spawn-failed` has been observed; never rejects. */
  readonly ended: Promise<void>
  /** Writes a command to the node; one that is gone or does not read is not an error. */
  send(command: Command): void
  /** Closes the node's stdin, as the end of its harness would. */
  disconnect(): void
  /** To the node and everything that it started. */
  signal(signal: 'SIGTERM' | 'SIGKILL' | 'SIGSTOP' | 'SIGCONT'): void
  /** Asks, insists, kills: the node is gone within `STOP_WITHIN_MS`, unless an engine is slow to tell. Never rejects. */
  stop(): Promise<void>
}

/** A process that a node had started, and that went on when the node had ended. */
export interface Leftover {
  readonly node: NodeName
  readonly pid: number
}

/** What a runner can break, and how. */
export interface FaultInjector {
  /** Why this runner cannot do the fault, and what would, in a sentence; undefined if it can. Asked before the start. */
  cannot(fault: Fault): string | undefined
  /**
   * Resolves when the fault is in force at all of its nodes. To start killed nodes again is not its business.
   *
   * @param handles - the last process of each node, also while the fault is in force: nodes are started anew meanwhile
   * @throws {Error} with the reason, when nothing of it is in force
   */
  inject(fault: Fault, handles: ReadonlyMap<NodeName, NodeHandle>): Promise<FaultInForce>
}

export interface Runner {
  readonly faults: FaultInjector
  /** Why nodes cannot be put behind routers here, and what would help; undefined if they can. Absent where they never can. */
  cannotPutBehind?(): string | undefined
  /** Where nodes can keep their keys while the run lasts, as they see it; any folder of this host if undefined. */
  readonly keysFolder?: string
  /** Starts a node. What goes wrong with it is observed, never thrown. */
  start(spec: NodeSpec, observe: (observation: NodeObservation) => void): NodeHandle
  /** What the processes of each node have used so far, read from the system. Absent where they cannot be seen. */
  usages?(): (NodeUsage | NodeReceived)[]
  /** Whether somebody listens where the node says that it can be dialled, asked from an address of no node. Never rejects. */
  probe?(node: NodeName, addrs: readonly string[]): Promise<ProbeResult>
  /** Kills what nodes that have ended have left behind, and names it. Never rejects. */
  reap(): Promise<Leftover[]>
  /** Gives back what the runner holds for itself, and reaps; the nodes must have ended. */
  close(): Promise<void>
}

/** How long `stop` takes at most, whatever the node does. */
export const STOP_WITHIN_MS = 3_000

/** Where the stderr of a node is kept; restarts append to the same file. Not kept if undefined. */
export type LogPathOf = (node: NodeName) => string | undefined
