/** How long an attack lasts: seconds in `npm test`, as long as the promise says in `npm run attacks`. */

/** `npm run attacks` sets it. */
export const isFull = process.env.ATTACKS === 'full'

/** The one value for `npm test`, the other for `npm run attacks`. */
export function scaled<T>(short: T, full: T): T {
  return isFull ? full : short
}

/**
 * Does something again and again for a while, and lets everybody else work in between.
 *
 * @param round - what to do; it is told how many rounds there were before
 */
export async function keepOn(forMs: number, everyMs: number, round: (n: number) => unknown): Promise<void> {
  const endMs = performance.now() + forMs
  for (let n = 0; performance.now() < endMs; n++) {
    await round(n)
    await passing(everyMs)
  }
}

/** Time in which an attack goes on; nothing is decided by how long it was. */
export async function passing(ms: number): Promise<void> {
  await new Promise(resolve => setTimeout(resolve, ms))
}

/** Resolves when the condition holds, or after so long at the latest; returns whether it holds. */
export async function untilOr(patienceMs: number, condition: () => boolean | Promise<boolean>): Promise<boolean> {
  const endMs = performance.now() + patienceMs
  for (;;) {
    if (await condition()) return true
    if (performance.now() >= endMs) return false
    await passing(5)
  }
}

/** A figure that was measured, for whoever reads the output of a test. */
export function measured(t: { comment(text: string): void }, what: string, value: number | string): void {
  t.comment(`${what}: ${typeof value === 'number' ? Number(value.toPrecision(4)) : value}`)
}
