/**
 * Turns of the event loop: work for strangers is cut into pieces, and whatever else the host does comes in between.
 *
 * One for all streams and gossip of a node: however many partners send at once, together they hold the loop for one turn.
 */
import { monotonicMs } from '../clock.ts'

/** Work of one turn. With the piece of work that goes beyond it, less than half of 20 ms. */
const TURN_MS = 6

/** The part of Node that is used here. Messages to oneself are no way there: Node takes a thousand of them in one turn. */
type SetImmediate = (callback: () => void) => unknown
const { setImmediate } = globalThis as { setImmediate?: SetImmediate }

export class Turns {
  /** BOUNDED by the streams and the messages that gossip validates at once. Whoever came first is first. */
  readonly #waiting: (() => void)[] = []
  readonly #nowMs: () => number
  readonly #later: (callback: () => void) => void
  /** Undefined while nobody has worked in this turn of the loop. */
  #begunAtMs: number | undefined

  /**
   * @param nowMs - replaced in tests, as is `later`
   * @param later - calls back in another turn of the loop, after what waits from outside
   */
  constructor(nowMs = monotonicMs, later = laterOf(setImmediate)) {
    this.#nowMs = nowMs
    this.#later = later
  }

  /** Whether the present turn has been used up. */
  get isOver(): boolean {
    this.#begin()
    return this.#nowMs() - this.#begunAtMs! >= TURN_MS
  }

  /**
   * Resolves once there is time to work; undefined while there is. Then go on without an `await`, or others take the same time for theirs.
   */
  breathe(): Promise<void> | undefined {
    if (!this.isOver) return undefined
    return new Promise(resolve => this.#waiting.push(resolve))
  }

  /** The first who works in a turn sees to it that the next one begins. */
  #begin(): void {
    if (this.#begunAtMs !== undefined) return
    this.#begunAtMs = this.#nowMs()
    this.#later(this.#next)
  }

  readonly #next = (): void => {
    this.#begunAtMs = undefined
    const next = this.#waiting.shift()
    if (next === undefined) return
    this.#begin()
    next()
  }
}

/** In a browser by a message to oneself, which waits for no timer. */
function laterOf(immediate: SetImmediate | undefined): (callback: () => void) => void {
  if (immediate !== undefined) return callback => void immediate(callback)
  const { port1, port2 } = new MessageChannel()
  const callbacks: (() => void)[] = []
  port1.onmessage = () => callbacks.shift()?.()
  return callback => {
    callbacks.push(callback)
    port2.postMessage(undefined)
  }
}
