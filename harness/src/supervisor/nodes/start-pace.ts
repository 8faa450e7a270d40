/**
 * How fast nodes are started. A host takes a crowd at once, and its nodes are busiest in their first 20 s: they make their further
 * connections, and announce themselves again. Many more than its processors can carry would not find each other, but starve.
 */
import { availableParallelism, cpus } from 'node:os'

/** At once for each processor. Of 50 nodes on two, every book was full after 6 s; a hundred dropped live ones. docs/PERFORMANCE.md. */
const CROWD_PER_PROCESSOR = 25

/** Then one at a time, as long as the processors had nothing to do for this share of the last look. */
const LOOK_INTERVAL_MS = 250
const MIN_IDLE_SHARE = 0.25

/** A host that is busy with something else gets the nodes all the same. */
const MAX_WAIT_MS = 5_000

export interface StartPaceOptions {
  /** Resolves after so many ms, or as soon as nothing is to be started any more. */
  wait: (ms: number) => Promise<unknown>
  /** So many nodes do not wait. */
  crowd?: number
  /** The share of the time since the last call for which the host had nothing to do. */
  idleShare?: () => number
}

export class StartPace {
  readonly #wait: StartPaceOptions['wait']
  readonly #idleShare: () => number
  #unpaced: number
  #turn: Promise<unknown> = Promise.resolve()

  constructor({
    wait,
    crowd = CROWD_PER_PROCESSOR * availableParallelism(),
    idleShare = idleShares()
  }: StartPaceOptions) {
    this.#wait = wait
    this.#unpaced = crowd
    this.#idleShare = idleShare
  }

  /** Resolves when one more node may start; in the order of asking. */
  next(): Promise<unknown> {
    if (this.#unpaced > 0) {
      this.#unpaced--
      return Promise.resolve()
    }
    this.#turn = this.#turn.then(() => this.#awaitRoom())
    return this.#turn
  }

  async #awaitRoom(): Promise<void> {
    this.#idleShare()
    for (let waitedMs = 0; waitedMs < MAX_WAIT_MS; waitedMs += LOOK_INTERVAL_MS) {
      await this.#wait(LOOK_INTERVAL_MS)
      if (this.#idleShare() >= MIN_IDLE_SHARE) return
    }
  }
}

/** Of all processors together; 1 where the host does not tell. */
function idleShares(): () => number {
  let before = processorTimes()
  return () => {
    const after = processorTimes()
    const all = after.all - before.all
    const idle = after.idle - before.idle
    before = after
    return all > 0 ? idle / all : 1
  }
}

function processorTimes(): { all: number; idle: number } {
  const times = cpus().map(({ times }) => times)
  const idle = times.reduce((sum, time) => sum + time.idle, 0)
  return { idle, all: times.reduce((sum, { user, nice, sys, irq }) => sum + user + nice + sys + irq, idle) }
}

export interface ContactPaceOptions {
  /** Whether the condition came true within so many ms, or nothing is to be started any more. */
  until: (condition: () => boolean, timeoutMs: number) => Promise<unknown>
  /** Nodes that are ready and have found nobody yet. */
  searching: () => number
  /** At most so many of them. */
  maxSearching: number
}

/**
 * How fast nodes that share a process are started. Whatever waits in such a process waits in one line: nodes that were all let loose
 * at once would spend the time of their first handshakes waiting for each other's, until none of them is in time. So the next
 * one comes when the one before has found somebody.
 */
export function contactPace({ until, searching, maxSearching }: ContactPaceOptions): Pick<StartPace, 'next'> {
  return { next: () => until(() => searching() < maxSearching, MAX_WAIT_MS) }
}
