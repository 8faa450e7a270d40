/** What a run says in the end. Three values, because a network that could not be observed did not pass. */
import type { NodeName } from '../history/history.ts'

/** The checks of docs/ARCHITECTURE.md, in the order in which they are reported. */
export type CheckName = 'contract' | 'alive' | 'complete' | 'accurate' | 'equal' | 'monotone' | 'honest' | 'stable'

/** Why `observer` lacks `subject`, in the order in which the causes are looked for. */
export type MissingCause =
  | 'never started'
  | 'never ready'
  | 'never announced'
  | 'cut off by a fault'
  | 'rejected'
  | 'expired early'
  | 'left'
  | 'not in the book although an event said so'
  | 'sent, not delivered'

export interface Violation {
  check: CheckName
  /** One sentence that stands on its own in a terminal: names, values, times. */
  message: string
  /** Whose book, process or line shows it. */
  node?: NodeName
  /** Whom it is about. */
  subject?: NodeName
  cause?: MissingCause
}

export type Verdict =
  | { outcome: 'pass' }
  | { outcome: 'fail'; violations: Violation[] }
  /** `reasons` say what could not be told and what to do about it. */
  | { outcome: 'unknown'; reasons: string[] }

/** Process exit codes: 2 is wrong usage, 130 and 143 are signals. Never 0 for an unknown. */
export const exitCodeOf = { pass: 0, fail: 1, unknown: 3 } as const satisfies Record<Verdict['outcome'], number>
