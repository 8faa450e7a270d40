/**
 * The time of day that this program sees. The library asks `Date.now` for it and takes no other clock, so that function is shifted:
 * import this file before anything else. `new Date()` and the monotonic clock stay as they are.
 */
const hostNow = Date.now
let offsetMs = 0

Date.now = () => hostNow() + offsetMs

/** From now on the clock is so far ahead of that of the host; behind it, if negative. */
export function setClockOffset(ms: number): void {
  offsetMs = ms
}

/** Moves the clock ahead, if it has to be, so that it shows a time after this one. */
export function setClockAfter(ms: number): void {
  if (Date.now() <= ms) offsetMs = ms + 1 - hostNow()
}
