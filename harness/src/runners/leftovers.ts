/** What runs leave behind whose harness was killed, and what became of it. */
import type { Owner } from './processes/owner.ts'

export interface Cleaned {
  /** Such as `2 containers`; nothing if there was nothing. */
  readonly removed: readonly string[]
  /** Runs whose harness lives, or of which nobody here can tell. */
  readonly left: readonly LeftRun[]
}

export interface LeftRun {
  readonly runId: string
  /** Undefined if it makes no sense. */
  readonly owner: Owner | undefined
}

/** Nothing for 0. */
export function counted(number: number, what: string, many = `${what}s`): string[] {
  return number === 0 ? [] : [`${number} ${number === 1 ? what : many}`]
}
