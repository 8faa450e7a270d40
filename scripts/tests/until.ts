/** How tests of all packages wait: for a condition, with a deadline, and never for a time. */

/** What happens within a second on an idle host takes a minute on a starved one. Reached only when a test fails. */
export const PATIENCE_MS = Number(process.env.PATIENCE_MS ?? 90_000)

/** A file with many slow tests, each within its patience. tap alone gives a file 30 s. */
export const FILE_PATIENCE_MS = 600_000

const LOOK_EVERY_MS = 10

/** Of what was seen a message holds the end: tap takes minutes over a message of a megabyte. */
const MAX_SEEN_LENGTH = 4_000

/**
 * Resolves as soon as the condition holds.
 *
 * @param seen - what tells a reader why it does not hold, such as all that a program wrote; else the condition's code
 * @throws {Error} with what was seen, when it does not hold within {@link PATIENCE_MS}
 */
export async function until(
  condition: () => boolean | Promise<boolean>,
  seen: () => unknown = () => condition,
  patienceMs = PATIENCE_MS
): Promise<void> {
  const deadlineMs = performance.now() + patienceMs
  while (!(await condition())) {
    if (performance.now() > deadlineMs) throw new Error(`still not so after ${patienceMs} ms; seen: ${textOf(seen())}`)
    await new Promise(resolve => setTimeout(resolve, LOOK_EVERY_MS))
  }
}

/**
 * @throws {Error} with what was seen, when the promise does not settle within {@link PATIENCE_MS}
 */
export async function settled<T>(promise: T | Promise<T>, seen: () => unknown, patienceMs = PATIENCE_MS): Promise<T> {
  let isSettled = false
  const marked = Promise.resolve(promise).finally(() => {
    isSettled = true
  })
  await until(() => isSettled, seen, patienceMs)
  return await marked
}

function textOf(seen: unknown): string {
  const text = typeof seen === 'string' ? seen : (JSON.stringify(seen) ?? String(seen))
  return text.length > MAX_SEEN_LENGTH ? `... ${text.slice(-MAX_SEEN_LENGTH)}` : text
}
