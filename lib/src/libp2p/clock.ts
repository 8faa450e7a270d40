/** The time that the core is given, in ms since the process started: it never goes back. */
export function monotonicMs(): number {
  return performance.now()
}

/** 1 January 2020. A clock that shows an earlier time was never set: no run of this program began before. */
const EARLIEST_RUN_MS = Date.UTC(2020)

/** The host's time of day in ms since 1970, as a number that can be announced whatever the host's clock says. */
export function wallClockMs(): number {
  const nowMs = Math.trunc(Date.now())
  return Number.isSafeInteger(nowMs) && nowMs >= 0 ? nowMs : 0
}

/** Whether a time of day can be right. */
export function isPlausible(wallMs: number): boolean {
  return wallMs >= EARLIEST_RUN_MS
}
