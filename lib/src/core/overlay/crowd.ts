/** Whether a crowd of newcomers is arriving, to which nodes that are connected leave the host's processor. */

/**
 * One partner is enough to be found; the others make the overlay sturdy, and are dialled once no newcomer has come for
 * `QUIET_MS`, or `CROWD_MS` after the start. A handshake takes 30 ms of processor time on each side, and fifty programs that
 * start on two cores have none to spare.
 */
const QUIET_MS = 500
const CROWD_MS = 10_000

export class Crowd {
  /** No crowd is waited for after this time: strangers could feign one for ever. */
  readonly untilMs: number
  #newcomerAtMs = Number.NEGATIVE_INFINITY

  constructor(startedAtMs: number) {
    this.untilMs = startedAtMs + CROWD_MS
  }

  /** Somebody has joined the network, and may dial this node. */
  newcomer(nowMs: number): void {
    this.#newcomerAtMs = nowMs
  }

  /** When no crowd arrives any more, or has for long enough. */
  get quietAtMs(): number {
    return Math.min(this.#newcomerAtMs + QUIET_MS, this.untilMs)
  }
}
