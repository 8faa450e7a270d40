/** A circuit through a relay that counts what it carries, both ways together, and the queues at its ends. */
import type { SyncMessage } from '../../../../src/core/gossip/sync.ts'
import { CircuitQueue } from '../../../../src/libp2p/sync/circuits/circuit-queue.ts'
import { LinkLimit } from '../../../../src/libp2p/sync/circuits/link-limit.ts'
import { encodeSyncMessage } from '../../../../src/libp2p/sync/frames.ts'

/** What encryption, multiplexing and the frame's length add to a frame. */
const OVERHEAD_BYTES = 60

interface End {
  readonly queue: CircuitQueue
  readonly limit: LinkLimit
  /** On its way to this end. */
  readonly coming: SyncMessage[]
  readonly taken: SyncMessage[]
}

/** Two ends of a circuit, each of which counts what it has sent and what has arrived. */
export class Circuit {
  readonly ends: readonly [End, End]
  carriedBytes = 0
  readonly #left: [number, number]

  readonly #hear: (at: number, message: SyncMessage) => void

  /** @param hear - what an end does with what it hears; it answers pings if undefined */
  constructor(limitBytes: number, hear?: (at: number, message: SyncMessage) => void) {
    this.#left = [limitBytes, limitBytes]
    this.#hear = hear ?? ((at, { type }) => type === 'ping' && this.ends[at]!.queue.push({ type: 'pong' }))
    this.ends = [this.#end(0), this.#end(1)]
  }

  take({ at, takes }: { at: number; takes: boolean }): boolean {
    return takes ? this.#receive(at) : this.#send(at)
  }

  /** Until nothing can be sent any more, or so much has been. */
  run(carriedBytes = Number.POSITIVE_INFINITY): void {
    while (this.carriedBytes < carriedBytes && [0, 1].some(at => this.#send(at) || this.#receive(at)));
  }

  #send(at: number): boolean {
    const { queue } = this.ends[at]!
    const message = queue.next()
    if (message === undefined) return false
    const bytes = encodeSyncMessage(message).length
    queue.sent(bytes)
    this.carriedBytes += bytes + OVERHEAD_BYTES
    this.#left[at]! -= bytes + OVERHEAD_BYTES
    this.ends[1 - at]!.coming.push(message)
    return true
  }

  #receive(at: number): boolean {
    const { coming, taken, queue } = this.ends[at]!
    const message = coming.shift()
    if (message === undefined) return false
    this.#left[at]! -= encodeSyncMessage(message).length + OVERHEAD_BYTES
    taken.push(message)
    if (message.type === 'pong') queue.answered()
    this.#hear(at, message)
    return true
  }

  #end(at: number): End {
    const left = this.#left
    const limits = {
      get bytes() {
        return BigInt(Math.max(0, left[at]!))
      }
    }
    const limit = new LinkLimit(limits, 0)
    return { queue: new CircuitQueue(limit, () => 0), limit, coming: [], taken: [] }
  }
}
