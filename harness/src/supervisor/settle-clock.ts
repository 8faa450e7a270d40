import { type Clock, hostClock } from '../history/clock.ts'
import type { RunRecord } from '../history/record.ts'

export interface SettleClock {
  /** Whether what has held since `sinceMs` has held for the settle time; undefined if it does not hold. */
  hasSettled(sinceMs: number | undefined): boolean
  /** Begins the settle time anew. */
  restart(): void
  stop(): void
}

/** Has the record's conditions looked at when the time is over, since no event may come by then. */
export function createSettleClock(
  settleMs: number,
  record: Pick<RunRecord, 'nowMs' | 'look'>,
  clock: Clock = hostClock
): SettleClock {
  let notBeforeMs = 0
  let cancel = () => {}
  return {
    hasSettled(sinceMs) {
      cancel()
      if (sinceMs === undefined) return false
      const leftMs = Math.max(sinceMs, notBeforeMs) + settleMs - record.nowMs()
      if (leftMs > 0) cancel = clock.after(Math.ceil(leftMs), record.look)
      return leftMs <= 0
    },
    restart() {
      notBeforeMs = record.nowMs()
    },
    stop() {
      cancel()
    }
  }
}
