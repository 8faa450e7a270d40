/**
 * Turns of the event loop: work for strangers is cut into pieces, and whatever else the host does comes in between.
 *
 * One for all streams and gossip of a node: however many partners send at once, together they hold the loop for one turn. Those who
 * wait are served by lanes: the partners of this node's own choice are one, and each group of the others is one. The group that had
 * the fewest turns lately comes first. So a flood leaves every second turn to the chosen partners, and a newcomer of a group that
 * asks for little waits for nobody, from however many groups the flood comes.
 */
import type { Payer, PeerKey } from '../../core/index.ts'
import { monotonicMs } from '../clock.ts'

/** Work of one turn. With the piece of work that goes beyond it, less than half of 20 ms. */
const TURN_MS = 6

/** For so long it counts that a group had turns: a few rounds of a hundred groups. A guess. */
const LATELY_MS = 5_000

/** The lane of the partners that this node chose: no group is called so. */
const CHOSEN = '\u0000chosen'

/** The part of Node that is used here. Messages to oneself are no way there: Node takes a thousand of them in one turn. */
type SetImmediate = (callback: () => void) => unknown
const { setImmediate } = globalThis as { setImmediate?: SetImmediate }

export class Turns {
  /** BOUNDED by the streams and the messages that gossip validates at once. The lane that was served last is last. */
  readonly #lanes = new Map<string, (() => void)[]>()
  readonly #isChosen: (peer: PeerKey) => boolean
  readonly #nowMs: () => number
  readonly #later: (callback: () => void) => void
  /** Whether the partners of this node's choice had the last turn. */
  #wasChosen = false
  /** Undefined while nobody has worked in this turn of the loop. */
  #begunAtMs: number | undefined
  /** How many turns a group had. BOUNDED by LATELY_MS / TURN_MS: it starts over after that time. */
  #turns = new Map<string, number>()
  #startsOverAtMs = Number.NEGATIVE_INFINITY

  /**
   * @param isChosen - whether a partner is of this node's own choice
   * @param nowMs - replaced in tests, as is `later`
   * @param later - calls back in another turn of the loop, after what waits from outside
   */
  constructor(isChosen: (peer: PeerKey) => boolean, nowMs = monotonicMs, later = laterOf(setImmediate)) {
    this.#isChosen = isChosen
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
   *
   * @param payer - for whom the work is
   */
  breathe(payer: Payer): Promise<void> | undefined {
    if (!this.isOver) return undefined
    const lane = this.#isChosen(payer.connection) ? CHOSEN : payer.group
    return new Promise(resolve => {
      const waiting = this.#lanes.get(lane)
      if (waiting === undefined) this.#lanes.set(lane, [resolve])
      else waiting.push(resolve)
    })
  }

  /** The first who works in a turn sees to it that the next one begins. */
  #begin(): void {
    if (this.#begunAtMs !== undefined) return
    this.#begunAtMs = this.#nowMs()
    this.#later(this.#next)
  }

  readonly #next = (): void => {
    this.#begunAtMs = undefined
    const next = this.#nextInLine()
    if (next === undefined) return
    this.#begin()
    next()
  }

  /** Whoever has waited longest in the lane whose turn it is; the chosen have every second one. */
  #nextInLine(): (() => void) | undefined {
    const isTurnOfChosen = !this.#wasChosen && this.#lanes.has(CHOSEN)
    const lane = isTurnOfChosen ? CHOSEN : (this.#leastServed() ?? CHOSEN)
    const waiting = this.#lanes.get(lane)
    if (waiting === undefined) return undefined
    this.#wasChosen = lane === CHOSEN
    if (!this.#wasChosen) this.#turns.set(lane, 1 + (this.#turns.get(lane) ?? 0))
    const next = waiting.shift()
    this.#lanes.delete(lane)
    if (waiting.length > 0) this.#lanes.set(lane, waiting)
    return next
  }

  /** The group that had the fewest turns lately; of those, the one that was served longest ago. */
  #leastServed(): string | undefined {
    const nowMs = this.#nowMs()
    if (nowMs >= this.#startsOverAtMs) {
      this.#turns = new Map()
      this.#startsOverAtMs = nowMs + LATELY_MS
    }
    let least: string | undefined
    let fewest = Number.POSITIVE_INFINITY
    for (const lane of this.#lanes.keys()) {
      const turns = this.#turns.get(lane) ?? 0
      if (lane === CHOSEN || turns >= fewest) continue
      least = lane
      fewest = turns
    }
    return least
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
