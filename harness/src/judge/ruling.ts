/** What a rule makes of a network, before excuses are heard and consequences are found. */
import type { NodeName } from '../contract.ts'
import type { NodeRun } from '../history/observed.ts'
import type { Cause, Finding } from './judgement.ts'
import type { RuleId } from './rules.ts'

export interface Found {
  readonly rule: RuleId
  /** Whom the evidence points at. */
  readonly node: NodeName
  readonly run: number
  readonly subject?: NodeName
  readonly atMs: number
  readonly message: string
  readonly cause: Cause
  /** Whatever slowed these nodes down within that time can have caused it. Nothing excuses it if undefined. */
  readonly excusable?: { readonly fromMs: number; readonly toMs: number; readonly nodes: readonly NodeName[] }
  /** Its parts, one listing each. */
  readonly parts?: readonly Found[]
}

export interface Ruling {
  readonly found: readonly Found[]
  /** What could not be told, and what to do about it, each in a sentence. */
  readonly unknown: readonly string[]
  /** Nothing in this run could have broken the rule: why, in a sentence. */
  readonly notTried?: string
}

export const NOTHING: Ruling = { found: [], unknown: [] }

export function shown(...evidence: (number | undefined)[]): Cause['evidence'] {
  return [...new Set(evidence.filter(line => line !== undefined))].sort((a, b) => a - b)
}

export function whose({ node, run }: NodeRun): Pick<Finding, 'node' | 'run'> {
  return { node, run }
}
