/** Time as an argument, so that what a run does about time can be tested without waiting. */

export interface Clock {
  /** Monotonic, in ms; only differences mean something. */
  nowMs(): number
  /** Calls once, after so many ms; gives what cancels it. */
  after(ms: number, call: () => void): () => void
  /** Calls once this turn of the event loop is over. */
  soon(call: () => void): void
}

/** The clock of this host. */
export const hostClock: Clock = {
  nowMs: () => performance.now(),
  after(ms, call) {
    const timeout = setTimeout(call, ms)
    return () => clearTimeout(timeout)
  },
  soon: call => void setImmediate(call)
}
