/** A test of one attack: as any other, but for the time that it may take. */
import t, { type Test } from 'tap'
import { isFull } from './duration.ts'

/** Longer than the longest of them takes on a busy host. */
const TIMEOUT_MS = isFull ? 3_600_000 : 120_000

/** A file holds up to five of them. */
t.setTimeout(5 * TIMEOUT_MS)

/** @param fact - what holds in spite of it */
export function attack(fact: string, body: (t: Test) => Promise<void>): void {
  t.test(fact, { timeout: TIMEOUT_MS }, body)
}
