/** The time that the core is given, in ms since the process started: it never goes back. */
export function monotonicMs(): number {
  return performance.now()
}
