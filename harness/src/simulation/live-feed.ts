/** Hands on the history of a simulation while it is made. */
import type { HistoryEvent } from '../history/history.ts'
import type { Simulation } from './simulation.ts'

/** Events are written down to a thousandth of a ms, which may be a little before they happen. */
const ROUNDING_MS = 0.001

/** Over so much time of the host its speed is measured. */
const SPEED_WINDOW_MS = 2_000

export class LiveFeed {
  readonly #simulation: Simulation
  readonly #onEvent: (event: HistoryEvent) => void
  readonly #hostMs: () => number
  /** Written down, and not handed on: a busy node says things that come later than the network's time. */
  #pending: HistoryEvent[] = []
  #read = 0
  #told = 0
  /** Moments of both times, the oldest first. */
  #moments: { virtualMs: number; hostMs: number }[]

  /** @param onEvent - is given each event of the history once, in its order */
  constructor(simulation: Simulation, onEvent: (event: HistoryEvent) => void, hostMs = () => performance.now()) {
    this.#simulation = simulation
    this.#onEvent = onEvent
    this.#hostMs = hostMs
    this.#moments = [{ virtualMs: 0, hostMs: hostMs() }]
  }

  /** Hands on what is final. O(what is new). */
  catchUp(): void {
    const recorded = this.#simulation.recorded
    const untilMs = this.#simulation.world.queue.nowMs - ROUNDING_MS
    for (; this.#read < recorded.length; this.#read++) this.#pending.push(recorded[this.#read]!)
    const ready = this.#pending.filter(({ atMs }) => atMs < untilMs).sort((a, b) => a.atMs - b.atMs)
    this.#pending = this.#pending.filter(({ atMs }) => atMs >= untilMs)
    for (const event of ready) this.#tell(event)
  }

  /** Hands on the rest of the history of a simulation that is over. */
  finish(history: readonly HistoryEvent[]): void {
    for (const event of history.slice(this.#told)) this.#tell(event)
    this.#pending = []
  }

  /** Virtual time, and how much of it passes in a second of the host at the moment. */
  clock(): { nowMs: number; speed: number } {
    const [now, moments] = [{ virtualMs: this.#simulation.world.queue.nowMs, hostMs: this.#hostMs() }, this.#moments]
    while (moments.length > 1 && now.hostMs - moments[1]!.hostMs >= SPEED_WINDOW_MS) moments.shift()
    const from = moments[0]!
    if (now.hostMs - moments.at(-1)!.hostMs >= SPEED_WINDOW_MS / 10) moments.push(now)
    const passedMs = now.hostMs - from.hostMs
    return { nowMs: now.virtualMs, speed: passedMs <= 0 ? 0 : (now.virtualMs - from.virtualMs) / passedMs }
  }

  #tell(event: HistoryEvent): void {
    this.#told++
    this.#onEvent(event)
  }
}
