/**
 * How two partners part. Each says `release`, and whether it needs the connection for something else: only that side can know, and
 * the dialler must not close what the other side needs.
 */
import type { Connection, Logger } from '@libp2p/interface'
import type { PeerKey } from '../../core/index.ts'
import type { ConnectionUse } from '../host/connection-use.ts'
import { within } from '../host/within.ts'

/** Time for a partner to look and answer, which it does within a second, and for libp2p to close a connection. */
const STEP_TIMEOUT_MS = 2_000

interface Parting {
  /** Settles once this side has said `release`; undefined before it begins to. */
  saying: Promise<void> | undefined
  /** Whether the partner has said it. */
  isAnswered: boolean
  /** Resolves once the partner has said it, to whether it needs the connection. */
  readonly answered: Promise<boolean>
  readonly answer: (isNeeded: boolean) => void
}

/** What partings need of their host. */
interface Host {
  readonly connections: (peer: PeerKey) => Connection[]
  readonly use: ConnectionUse
  readonly log: Logger
}

export class Partings {
  /** BOUNDED by the peers with a sync stream, or one that has just ended. */
  readonly #partings = new Map<PeerKey, Parting>()
  readonly #host: Host

  constructor(host: Host) {
    this.#host = host
  }

  /**
   * This side says `release`.
   *
   * @param send - sends the word; given whether this side needs the connection
   */
  say(peer: PeerKey, send: (isNeeded: boolean) => void): void {
    this.#of(peer).saying = this.#isUsed(peer).then(send)
  }

  /** The partner has said `release`. */
  hear(peer: PeerKey, isNeeded: boolean): void {
    const parting = this.#of(peer)
    parting.isAnswered = true
    parting.answer(isNeeded)
  }

  /** What was said is of no account any more. */
  forget(peer: PeerKey): void {
    this.#partings.delete(peer)
  }

  /** The last stream with a peer has ended. If the peer let go of this node, it cannot close what this node has dialled. */
  async ended(peer: PeerKey, isBack: () => boolean): Promise<void> {
    const hasLetGo = this.#partings.get(peer)?.isAnswered === true
    const isNeeded = hasLetGo && (await this.isNeeded(peer))
    this.forget(peer)
    if (hasLetGo && !isNeeded) await this.close(peer, isBack)
  }

  /** Whether this side is to end the first of two connections with one peer, and may. */
  async isTwin(own: Connection, other: Connection): Promise<boolean> {
    const { use } = this.#host
    return use.isTwin(own, other) && (await use.mayClose(own))
  }

  /**
   * Whether the partner says that it needs the connection. A partner that does not answer in time says nothing, and one that was
   * told nothing, since it was silent, is not asked.
   */
  async isNeeded(peer: PeerKey): Promise<boolean> {
    const { saying, answered, isAnswered } = this.#of(peer)
    if (saying === undefined && !isAnswered) return false
    try {
      await within(STEP_TIMEOUT_MS, 'saying that a link ends', saying)
      return await within(STEP_TIMEOUT_MS, 'hearing whether a partner needs a connection', answered)
    } catch {
      return false
    }
  }

  /**
   * Closes the connections to a peer that this service has dialled for itself alone.
   *
   * @param isBack - whether the peer is a partner again
   */
  async close(peer: PeerKey, isBack: () => boolean): Promise<void> {
    const { connections, use, log } = this.#host
    try {
      for (const connection of connections(peer)) {
        if ((await use.mayClose(connection)) && !isBack()) await this.closeOne(connection)
      }
    } catch (error) {
      log('could not close the connections to %p - %e', peer, error)
    }
  }

  /** Closes a connection beside another one to the same peer, if this service has dialled it for itself alone. */
  async closeSpare(connection: Connection): Promise<void> {
    if (await this.#host.use.mayClose(connection)) await this.closeOne(connection)
  }

  /** In good order, or else without: libp2p leaves a connection open whose streams do not end in time. */
  async closeOne(connection: Connection): Promise<void> {
    try {
      await within(STEP_TIMEOUT_MS, 'closing a connection', connection.close())
    } catch (error) {
      this.#host.log.trace('closing the connection to %p - %e', connection.remotePeer, error)
      connection.abort(error as Error)
    }
  }

  /** Whether this side uses a connection with the peer; a host that cannot tell is taken to. */
  async #isUsed(peer: PeerKey): Promise<boolean> {
    const { connections, use, log } = this.#host
    try {
      const uses = await Promise.all(connections(peer).map(async connection => await use.isUsed(connection)))
      return uses.includes(true)
    } catch (error) {
      log('cannot tell who uses the connection to %p - %e', peer, error)
      return true
    }
  }

  #of(peer: PeerKey): Parting {
    const known = this.#partings.get(peer)
    if (known !== undefined) return known
    let answer = (_isNeeded: boolean) => {}
    const answered = new Promise<boolean>(resolve => {
      answer = resolve
    })
    const parting = { saying: undefined, isAnswered: false, answered, answer }
    this.#partings.set(peer, parting)
    return parting
  }
}
