/**
 * What can be broken on purpose: plain values, the same for every runner and for the simulator. Each names its nodes one by
 * one: selectors such as `10%` are resolved when the scenario is planned.
 */
import type { NodeName } from '../contract.ts'

export type Fault = ProcessFault | CutFault | LinkFault | ClockFault | NatFault

/** What happens to the processes of nodes. */
export type ProcessFault =
  /** Killed at once: the kernel resets every connection. Its undo starts the nodes again, under the same key and address. */
  | { readonly type: 'kill'; readonly nodes: readonly NodeName[] }
  /** The machine is gone: the process is killed and no peer is told, not even by a reset. */
  | { readonly type: 'power-off'; readonly nodes: readonly NodeName[] }
  /** Stopped (SIGSTOP): the kernel still takes what comes. */
  | { readonly type: 'pause'; readonly nodes: readonly NodeName[] }
  /** Gets the processor for `runMs` of each `runMs + stopMs`. */
  | { readonly type: 'starve'; readonly nodes: readonly NodeName[]; readonly runMs: number; readonly stopMs: number }

/** Packets that do not pass. */
export type CutFault =
  /** No packet passes between nodes of different groups; nodes that no group names are one more group. */
  | { readonly type: 'partition'; readonly groups: readonly (readonly NodeName[])[] }
  /** Packets of these nodes reach nobody else (`outbound`), or packets of nobody else reach them (`inbound`). */
  | { readonly type: 'one-way'; readonly nodes: readonly NodeName[]; readonly direction: 'outbound' | 'inbound' }

/** Links that are worse than those of the host. Each packet of the nodes suffers it once, on its way out. */
export interface LinkFault {
  readonly type: 'links'
  readonly nodes: readonly NodeName[]
  readonly links: Links
}

/** What a link does to packets. Whatever is left out is as the host has it. */
export interface Links {
  /** One way. */
  readonly latencyMs?: number
  /** Each packet takes so much more or less. */
  readonly jitterMs?: number
  /** 0 to 1. */
  readonly lossRatio?: number
  readonly duplicateRatio?: number
  /** Packets that overtake those before them. */
  readonly reorderRatio?: number
  readonly bytesPerSecond?: number
}

/** The clock that the nodes see jumps by `offsetMs`. */
export interface ClockFault {
  readonly type: 'clock'
  readonly nodes: readonly NodeName[]
  readonly offsetMs: number
}

/**
 * The routers that these nodes are behind get another public address, and forget all connections. The nodes are all that are
 * behind these routers. Its undo gives the address back that they had, and they forget all connections once more.
 */
export interface NatFault {
  readonly type: 'nat-changes'
  readonly nodes: readonly NodeName[]
}

/** A fault comes and goes: in force for `onMs` of each `onMs + offMs`. */
export interface Flapping {
  readonly onMs: number
  readonly offMs: number
}

/** Whether a fault had an effect, by what was counted. */
export interface Proof {
  readonly result: 'confirmed' | 'mismatch' | 'inconclusive'
  /** What was looked at and what it showed, in a sentence: `214 packets dropped between n1..n6 and n7..n12`. */
  readonly seen: string
}

/** A fault in force. */
export interface FaultInForce {
  /** Looks whether it had an effect so far; after `undo`, whether it is gone. Never rejects: what cannot be looked at is inconclusive. */
  prove(): Promise<Proof>
  /** Heals it; settles when it is healed. A second call does nothing. */
  undo(): Promise<void>
}
