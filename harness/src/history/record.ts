/** The history while it grows, and waiting for what it will hold. */
import { type Clock, hostClock } from './clock.ts'
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

export function createRecord(onEvent: (event: HistoryEvent) => void, clock: Clock = hostClock): RunRecord {
  const startedMs = clock.nowMs()
  const history: HistoryEvent[] = []
  const watchers = new Set<() => void>()
  let scheduled = false
  const nowMs = () => Math.round((clock.nowMs() - startedMs) * 1_000) / 1_000
  const look = () => {
    if (scheduled) return
    scheduled = true
    clock.soon(() => {
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
          cancel()
          watchers.delete(watch)
          resolve(met)
        }
        const watch = () => {
          if (condition()) settle(true)
        }
        const cancel = clock.after(timeoutMs, () => settle(condition()))
        watchers.add(watch)
      })
    }
  }
}
