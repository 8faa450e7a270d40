/** What a history shows, made once by `judge(history)`. result.json holds exactly this, and every report renders it. */
import type { NodeName } from '../contract.ts'
import type { Proof } from '../faults/fault.ts'
import type { RuleId } from './rules.ts'

export const JUDGEMENT_VERSION = 1

export interface Judgement {
  readonly v: typeof JUDGEMENT_VERSION
  readonly outcome: Outcome
  /** Every rule, in the order of docs/CONTRACT.md. */
  readonly checks: readonly Check[]
  /** The cause first, and what follows from it under it. */
  readonly findings: readonly Finding[]
  readonly excuses: readonly Excuse[]
  readonly faults: readonly JudgedFault[]
  readonly phases: readonly Phase[]
  /** What this run could not show, each in a sentence. */
  readonly notJudged: readonly string[]
}

export type Outcome = 'pass' | 'fail' | 'unknown'

/** Process exit codes: 2 is wrong usage, 130 and 143 are signals. Never 0 for an unknown. */
export const exitCodeOf = { pass: 0, fail: 1, unknown: 3 } as const satisfies Record<Outcome, number>

export interface Check {
  readonly rule: RuleId
  /** `not-tried`: nothing in this run could have broken it. */
  readonly status: 'pass' | 'fail' | 'unknown' | 'not-tried'
  /** What could not be told, and what to do about it; each is in `notJudged`, too. */
  readonly unknown: readonly string[]
}

export interface Finding {
  readonly rule: RuleId
  /** Whom the evidence points at. */
  readonly node: NodeName
  /** Which process of that name, from 1; 0 if none was ever started. */
  readonly run: number
  /** Whom it is about, if about somebody else. */
  readonly subject?: NodeName
  readonly atMs: number
  /** One sentence that stands on its own in a terminal: names, values, times. */
  readonly message: string
  readonly cause: Cause
  /** What follows from it: no causes of their own. */
  readonly consequences: readonly Finding[]
  /** Consequences beyond those that are kept. */
  readonly moreConsequences?: number
}

export interface Cause {
  readonly code: CauseCode
  readonly confidence: 'shown' | 'likely' | 'cannot-tell'
  /** Numbers of lines of history.ndjson, from 1, that show it. */
  readonly evidence: readonly number[]
}

/** A closed list, spelled alike everywhere. */
export const CAUSE_CODES = [
  'never-started',
  'never-ready',
  'not-dialable',
  'never-announced',
  'silent',
  'hung',
  'starved',
  'crashed',
  'ended-badly',
  'cut-by-fault',
  'rejected',
  'dropped-alive',
  'kept-after-end',
  'stranger-introduced',
  'lied',
  'events-differ-from-book',
  'observer-lost-it',
  'line-refused',
  'not-delivered',
  'harness-late',
  'runner-failed',
  'no-evidence'
] as const

export type CauseCode = (typeof CAUSE_CODES)[number]

/** Something of the host that can have caused what would else be a finding, there and then. */
export interface Excuse {
  readonly why: string
  readonly fromMs: number
  readonly toMs: number
  /** Those that it reaches. */
  readonly nodes: readonly NodeName[]
  readonly rules: readonly RuleId[]
}

export interface JudgedFault {
  readonly id: string
  readonly proof: Proof['result']
}

export interface Phase {
  /** `start`, `full`, or of a fault `noticed` and `whole`. */
  readonly name: 'start' | 'full' | 'noticed' | 'whole'
  /** Of the fault, for `noticed` and `whole`. */
  readonly fault?: string
  readonly fromMs: number
  /** Undefined if it did not come to an end. */
  readonly toMs?: number
  /** What the scenario asks for. */
  readonly boundMs?: number
}
