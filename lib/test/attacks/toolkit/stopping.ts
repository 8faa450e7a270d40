/** What a test or a figure of the bench has started ends with it. */
import type { Test } from 'tap'

/** Whoever ends what was started: a test, for example. */
export type Stopping = Pick<Test, 'teardown'>

/** Ends everything that was handed to `teardown`, the last first, when the work is done, has failed, or is interrupted. */
export async function withStopping(interrupt: AbortSignal, work: (t: Stopping) => Promise<void>): Promise<void> {
  const stops: (() => unknown)[] = []
  const t: Stopping = { teardown: stop => void stops.push(stop) }
  const interrupted = new Promise<never>((_, reject) => {
    interrupt.addEventListener('abort', () => reject(interrupt.reason), { once: true })
  })
  try {
    await Promise.race([work(t), interrupted])
  } finally {
    while (stops.length > 0) await stops.pop()!()
  }
}
