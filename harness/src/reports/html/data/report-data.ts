/**
 * What report.html knows of its run: plain JSON, made once in Node and read by the page's script. Whatever there is much of
 * stands in columns, and a node is its number there: its place in `nodes`.
 */
import type { NodeName } from '../../../contract.ts'
import type { Cause, Judgement, Outcome } from '../../../judge/judgement.ts'
import type { RuleGroup, RuleId } from '../../../judge/rules.ts'

/** Place of a node in `ReportData.nodes`. */
export type NodeNumber = number

/** All times are ms since the start of the run. */
export interface ReportData {
  readonly outcome: Outcome
  readonly scenario: string
  /** The history was too large to keep: there are no books, no links and no costs in here. */
  readonly isDigest: boolean
  readonly endMs: number
  readonly deadlineMs: number
  readonly nodes: readonly NodeFacts[]
  readonly phases: readonly PhaseFacts[]
  readonly faults: readonly FaultBand[]
  /** Every change of a book, in the order of the history. */
  readonly books: BookColumns
  /** What else happened to nodes, in the order of the history: their starts and ends, and faults. */
  readonly happenings: readonly NodeHappening[]
  /** Listings that are missing in the end. */
  readonly missing: MissingColumns
  /** The share of the due listings that are in the books and right, from 0 to 1, at each moment at which it changes. */
  readonly completeness: Curve
  /** Every change of what nodes say of their connections. */
  readonly links: LinkColumns
  readonly delays: readonly Delays[]
  /** One for each node, in their order. */
  readonly costs: readonly NodeCosts[]
  readonly findings: readonly FindingFacts[]
  readonly checks: readonly CheckFacts[]
}

export interface NodeFacts {
  readonly name: NodeName
  /** In words, such as `live` or `died`. */
  readonly status: string
  /** Nodes of one number hold the same book in the end; undefined for a node without a book. */
  readonly group?: number
  /** Every process that bore the name; the last one counts. */
  readonly runs: readonly RunFacts[]
}

export interface RunFacts {
  readonly spawnedMs?: number
  readonly readyMs?: number
  readonly firstContactMs?: number
  /** Since then its book was full and right to the end. */
  readonly bookFullMs?: number
  /** While its book was full and right: pairs of from and to. */
  readonly rightSpans?: readonly (readonly [fromMs: number, toMs: number])[]
  readonly leavingMs?: number
  readonly exitMs?: number
  /** `died`: nobody had asked for it. */
  readonly end?: 'asked' | 'died'
}

export interface PhaseFacts {
  readonly name: Judgement['phases'][number]['name']
  readonly fault?: string
  readonly fromMs: number
  /** Undefined if it did not come to an end. */
  readonly toMs?: number
  readonly boundMs?: number
  /** Of `full` and `whole`: the first moments in the phase at which that many percent of the listings due were there. */
  readonly reached?: { readonly [percent in 50 | 99 | 100]?: number }
}

export interface FaultBand {
  readonly id: string
  /** What it does, in words, such as `kill n3`. */
  readonly title: string
  readonly nodes: readonly NodeNumber[]
  /** Of a partition all its sides, the nodes that it does not name as one more. */
  readonly groups?: readonly (readonly NodeNumber[])[]
  readonly fromMs: number
  /** The end of the run, if it was not healed. */
  readonly toMs: number
  readonly isHealed: boolean
}

/** `n1 joined n2` in columns of one length; the subject is a node of the run. */
export interface BookColumns {
  readonly atMs: readonly number[]
  /** Of the history, from 1. */
  readonly line: readonly number[]
  /** Place in `BOOK_CHANGES`. */
  readonly change: readonly number[]
  readonly observer: readonly NodeNumber[]
  readonly subject: readonly NodeNumber[]
  /** Place in `epochs` of the epoch that the entry has; -1 if the line says none. */
  readonly epoch: readonly number[]
  /** -1 if the line says none. */
  readonly seq: readonly number[]
  /** Each epoch once. */
  readonly epochs: readonly number[]
}

export const BOOK_CHANGES = ['joined', 'updated', 'left', 'expired'] as const
export type EntryChangeName = (typeof BOOK_CHANGES)[number]

export interface NodeHappening {
  readonly atMs: number
  /** Of the history, from 1. */
  readonly line: number
  /** Those that it happened to. */
  readonly nodes: readonly NodeNumber[]
  /** In words, printable. */
  readonly text: string
}

export interface MissingColumns {
  readonly observer: readonly NodeNumber[]
  readonly subject: readonly NodeNumber[]
  /** Place in `causes`. */
  readonly cause: readonly number[]
  /** Each cause once. */
  readonly causes: readonly MissingCause[]
}

export interface MissingCause {
  readonly code: string
  readonly confidence: Cause['confidence']
  /** What was seen; may be empty. */
  readonly detail: string
  readonly evidence: readonly number[]
}

export interface Curve {
  readonly atMs: readonly number[]
  readonly share: readonly number[]
}

/** `by` says that it is connected to `to` from then on (`isUp` 1), or no longer (0). */
export interface LinkColumns {
  readonly atMs: readonly number[]
  readonly by: readonly NodeNumber[]
  readonly to: readonly NodeNumber[]
  readonly isUp: readonly (0 | 1)[]
}

/** How long each pair took. */
export interface Delays {
  /**
   * `visibility`: from the moment that both were ready until the observer listed the subject. `detection`: from a fault, or a
   * death, that took the subject away until the observer dropped it. `healing`: from the undo of a fault until the observer
   * listed the subject again.
   */
  readonly of: 'visibility' | 'detection' | 'healing'
  readonly observer: readonly NodeNumber[]
  readonly subject: readonly NodeNumber[]
  readonly tookMs: readonly number[]
}

/** What a node used up to each moment; a figure that nobody measured is an empty series. */
export type NodeCosts = Readonly<Record<CostName, Series>>

export const COST_NAMES = ['cpuMs', 'rssBytes', 'receivedBytes', 'announcementsReceived', 'announcementsSent'] as const
export type CostName = (typeof COST_NAMES)[number]

export interface Series {
  readonly atMs: readonly number[]
  readonly value: readonly number[]
}

export interface FindingFacts {
  readonly rule: RuleId
  readonly node: NodeNumber
  readonly subject?: NodeNumber
  readonly atMs: number
  readonly message: string
}

export interface CheckFacts {
  readonly rule: RuleId
  readonly group: RuleGroup
  readonly status: 'pass' | 'fail' | 'unknown' | 'not-tried'
}
