/** Circuits that take the place of those whose limit is used up, and the circuits that nobody needs any more. */
import type { Connection, Logger } from '@libp2p/interface'
import type { Multiaddr } from '@multiformats/multiaddr'
import type { PeerKey } from '../../../core/index.ts'
import { ABORT_GRACE_MS, within } from '../../host/within.ts'
import type { OpenStream, OpenStreams } from '../open-streams.ts'

/** What renewing takes of the host. */
export interface CircuitHost {
  readonly self: PeerKey
  /** Dials the address though the peer is connected. */
  dial(addr: Multiaddr, signal: AbortSignal): Promise<Connection>
}

/** What renewing takes of the streams. */
export interface CircuitStreams {
  readonly streams: OpenStreams
  readonly log: Logger
  open(connection: Connection): Promise<boolean>
  endUnlessUsed(connection: Connection): Promise<void>
  spent(peer: PeerKey): void
}

export class Renewals {
  readonly #host: CircuitHost
  readonly #of: CircuitStreams
  /** BOUNDED by the partners. */
  readonly #underWay = new Set<PeerKey>()
  /** Circuits of which the core was told. */
  readonly #told = new WeakSet<Connection>()

  constructor(host: CircuitHost, of: CircuitStreams) {
    this.#host = host
    this.#of = of
  }

  /** Tells the core, if this node dialled the circuit and its limit is nearly used up. */
  check({ peer, connection, initiator, limit }: OpenStream, nowMs: number): void {
    if (!initiator || limit === undefined || this.#told.has(connection) || !limit.isShort(nowMs)) return
    this.#told.add(connection)
    this.#of.spent(peer)
  }

  /** Dials a peer once more as the circuit to it was dialled, which is spare once the new one is open. */
  async renew(peer: PeerKey, timeoutMs: number, closing: AbortSignal): Promise<void> {
    const former = this.#of.streams.of(peer).findLast(({ initiator, limit }) => initiator && limit !== undefined)
    if (former === undefined || this.#underWay.has(peer)) return
    this.#underWay.add(peer)
    await this.#openAnother(former.connection, timeoutMs, closing)
    this.#underWay.delete(peer)
  }

  async #openAnother(former: Connection, timeoutMs: number, closing: AbortSignal): Promise<void> {
    try {
      const signal = AbortSignal.any([AbortSignal.timeout(timeoutMs), closing])
      const dialling = this.#host.dial(former.remoteAddr, signal)
      const connection = await within(timeoutMs + ABORT_GRACE_MS, 'dialling a circuit', dialling, closing)
      await this.#of.open(connection)
    } catch (error) {
      this.#of.log('could not renew the circuit to %p - %e', former.remotePeer, error)
    }
  }

  /** Ends the circuits to a peer that are not needed beside its other streams. */
  async endSpare(peer: PeerKey): Promise<void> {
    const spare = this.#of.streams.of(peer).filter(open => this.#isSpare(open))
    await Promise.all(spare.map(async ({ connection }) => await this.#of.endUnlessUsed(connection)))
  }

  /** Its dialler ends a circuit beside a connection without a limit or a newer circuit; of two diallers, the one with the greater id. */
  #isSpare(open: OpenStream): boolean {
    const { peer, initiator, limit } = open
    if (!initiator || limit === undefined) return false
    const all = this.#of.streams.of(peer)
    return all.some((other, at) => {
      if (other === open) return false
      return other.limit === undefined || (other.initiator ? at > all.indexOf(open) : this.#host.self > peer)
    })
  }
}
