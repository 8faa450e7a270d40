/** The history while it grows, and waiting for what it will hold. */
import type { History, HistoryEvent, Observation } from './history.ts'

export interface RunRecord {
  readonly history: History
  /** Monotonic, in ms since the start of the run. */
  nowMs(): number
  add(observation: Observation): void
  /**
   * Whether `condition` came true before `timeoutMs` had passed. It is looked at at once and after every event, many at a
   * time when they come together.
   */
  until(condition: () => boolean, timeoutMs: number): Promise<boolean>
  /** Looks at every awaited condition again: one of them depends on something that is no event. */
  look(): void
}

export function createRecord(onEvent: (event: HistoryEvent) => void): RunRecord {
  const startedMs = performance.now()
  const history: HistoryEvent[] = []
  const watchers = new Set<() => void>()
  let scheduled = false
  const nowMs = () => Math.round((performance.now() - startedMs) * 1_000) / 1_000
  const look = () => {
    if (scheduled) return
    scheduled = true
    setImmediate(() => {
      scheduled = false
      for (const watch of [...watchers]) watch()
    })
  }
  return {
    history,
    nowMs,
    look,
    add(observation) {
      const event = { atMs: nowMs(), ...observation }
      history.push(event)
      onEvent(event)
      look()
    },
    until(condition, timeoutMs) {
      if (condition()) return Promise.resolve(true)
      return new Promise(resolve => {
        const settle = (met: boolean) => {
          clearTimeout(timeout)
          watchers.delete(watch)
          resolve(met)
        }
        const watch = () => {
          if (condition()) settle(true)
        }
        const timeout = setTimeout(() => settle(condition()), timeoutMs)
        watchers.add(watch)
      })
    }
  }
}
