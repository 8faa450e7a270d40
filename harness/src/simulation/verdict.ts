/** What a simulation says in the end. Three values, because a network that could not be observed did not pass. */

export interface Violation {
  check: 'contract' | 'alive' | 'complete' | 'accurate' | 'equal' | 'monotone' | 'honest' | 'stable'
  /** One sentence that stands on its own in a terminal: names, values, times. */
  message: string
  /** Whose book or process shows it. */
  node?: string
  /** Whom it is about. */
  subject?: string
}

export type CheckName = Violation['check']

export type Verdict =
  | { outcome: 'pass' }
  | { outcome: 'fail'; violations: Violation[] }
  /** `reasons` say what could not be told and what to do about it. */
  | { outcome: 'unknown'; reasons: string[] }
