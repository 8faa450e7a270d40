const INTERVAL_MS = 100

/** Below this the harness is busy; above it, what it sees comes noticeably late. */
const MIN_LAG_MS = 500

/** Tells how late the event loop of this process was, each time that it was late by 500 ms or more. */
export function watchLag(onLag: (lagMs: number) => void): { stop(): void } {
  let dueMs = performance.now() + INTERVAL_MS
  const timer = setInterval(() => {
    const lagMs = Math.round(performance.now() - dueMs)
    dueMs = performance.now() + INTERVAL_MS
    if (lagMs >= MIN_LAG_MS) onLag(lagMs)
  }, INTERVAL_MS)
  return { stop: () => clearInterval(timer) }
}
