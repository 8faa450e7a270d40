/** What the clocks of pods show, by the clock of this process: from the questions and answers that went between them. */

/** A clock against another one. */
export interface ClockReading {
  readonly aheadMs: number
  /** Half of the time that question and answer took: by no more than this the reading can be wrong. */
  readonly withinMs: number
}

/** Clocks drift apart by some 10 ms in an hour: an exact reading is worth more than a new one for this long. */
const FRESH_MS = 60_000

/** The best reading of late. */
export class MeasuredClock {
  #best: (ClockReading & { readonly readAtMs: number }) | undefined

  /** Undefined before the first reading. */
  get reading(): ClockReading | undefined {
    return this.#best
  }

  add(reading: ClockReading, nowMs: number): void {
    const best = this.#best
    if (best === undefined || reading.withinMs <= best.withinMs || nowMs - best.readAtMs > FRESH_MS)
      this.#best = { ...reading, readAtMs: nowMs }
  }
}

/** By the clock of this process, when `askedAtMs` and `nowMs` are of it as well. */
export function readingOf(askedAtMs: number, answeredAtMs: number, nowMs: number): ClockReading {
  return { aheadMs: answeredAtMs - (askedAtMs + nowMs) / 2, withinMs: (nowMs - askedAtMs) / 2 }
}

/** First against second, and second against third: first against third. */
export function joined(first: ClockReading, second: ClockReading): ClockReading {
  return { aheadMs: first.aheadMs + second.aheadMs, withinMs: first.withinMs + second.withinMs }
}
