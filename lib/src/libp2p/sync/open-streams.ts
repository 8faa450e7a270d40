/** Which sync streams are open, and by which of them to speak to a peer. */
import type { Connection } from '@libp2p/interface'
import type { PeerKey } from '../../core/index.ts'
import type { LinkLimit } from './circuits/link-limit.ts'
import type { SyncStream } from './sync-stream.ts'

export interface OpenStream {
  readonly peer: PeerKey
  readonly stream: SyncStream
  readonly connection: Connection
  /** This node opened it. */
  readonly initiator: boolean
  /** Of the connection, if a relay will end it. */
  readonly limit: LinkLimit | undefined
}

/** One, and another that takes its place. */
const MAX_OF_DIRECTION = 2

export class OpenStreams {
  /** BOUNDED by the peers that libp2p lets connect, and `MAX_OF_DIRECTION` streams in each direction with each. The newest last. */
  readonly #streams = new Map<PeerKey, OpenStream[]>()

  /** How many peers have a stream. */
  get size(): number {
    return this.#streams.size
  }

  all(): OpenStream[] {
    return [...this.#streams.values()].flat()
  }

  of(peer: PeerKey): readonly OpenStream[] {
    return this.#streams.get(peer) ?? []
  }

  /** Over a connection without a limit, if there is one; else over the one that has most left of it. */
  best(peer: PeerKey): OpenStream | undefined {
    return this.of(peer).reduce<OpenStream | undefined>((best, open) => {
      const isBetter = best === undefined || roomOf(open) > roomOf(best)
      return isBetter ? open : best
    }, undefined)
  }

  has(stream: SyncStream, peer: PeerKey): boolean {
    return this.of(peer).some(open => open.stream === stream)
  }

  /**
   * Returns the stream whose place it takes: the one that its peer opened on the same connection, or the oldest of too many. While one
   * circuit replaces another, both are open, since the side that dialled them ends the former.
   */
  put(opened: OpenStream): OpenStream | undefined {
    const open = this.of(opened.peer)
    const sameWay = open.filter(({ initiator }) => initiator === opened.initiator)
    const former = sameWay.find(({ connection }) => connection === opened.connection)
    const outdone = former ?? (sameWay.length >= MAX_OF_DIRECTION ? sameWay[0] : undefined)
    this.#streams.set(opened.peer, [...open.filter(other => other !== outdone), opened])
    return outdone
  }

  /** Returns whether it was there. */
  delete({ peer, stream }: Pick<OpenStream, 'peer' | 'stream'>): boolean {
    const open = this.of(peer)
    const left = open.filter(other => other.stream !== stream)
    if (left.length > 0) this.#streams.set(peer, left)
    else this.#streams.delete(peer)
    return left.length < open.length
  }
}

function roomOf({ limit }: OpenStream): number {
  return limit === undefined ? Number.POSITIVE_INFINITY : limit.roomBytes
}
