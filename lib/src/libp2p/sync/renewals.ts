/** Circuits that take the place of those whose limit is used up, and the circuits that nobody needs any more. */
import type { Connection, Logger } from '@libp2p/interface'
import type { Multiaddr } from '@multiformats/multiaddr'
import type { PeerKey } from '../../core/record/announcement.ts'
import { ABORT_GRACE_MS, within } from '../host/within.ts'
import type { OpenStream, OpenStreams } from './open-streams.ts'

/** Time for a relay to connect two peers; the former circuit carries what is short meanwhile. */
const RENEW_TIMEOUT_MS = 10_000

/** The core is asked again so often whether a circuit is to be renewed. */
const ASK_INTERVAL_MS = 1_000

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
  readonly #askedAtMs = new WeakMap<Connection, number>()

  constructor(host: CircuitHost, of: CircuitStreams) {
    this.#host = host
    this.#of = of
  }

  /** Tells the core, if this node dialled the circuit and its limit is nearly used up. */
  check({ peer, connection, initiator, limit }: OpenStream, nowMs: number): void {
    if (!initiator || limit === undefined || !limit.isShort(nowMs) || this.#underWay.has(peer)) return
    const askedAtMs = this.#askedAtMs.get(connection) ?? Number.NEGATIVE_INFINITY
    if (nowMs < askedAtMs + ASK_INTERVAL_MS) return
    this.#askedAtMs.set(connection, nowMs)
    this.#of.spent(peer)
  }

  /** Dials a peer once more as the circuit to it was dialled, which ends once the new one is open. */
  async renew(peer: PeerKey, closing: AbortSignal): Promise<void> {
    const former = this.#of.streams.of(peer).find(({ initiator, limit }) => initiator && limit !== undefined)
    if (former === undefined || this.#underWay.has(peer)) return
    this.#underWay.add(peer)
    try {
      const signal = AbortSignal.any([AbortSignal.timeout(RENEW_TIMEOUT_MS), closing])
      const dialling = this.#host.dial(former.connection.remoteAddr, signal)
      const connection = await within(RENEW_TIMEOUT_MS + ABORT_GRACE_MS, 'dialling a circuit', dialling, closing)
      if (connection === former.connection) return
      if (await this.#of.open(connection)) await this.#of.endUnlessUsed(former.connection)
    } catch (error) {
      this.#of.log('could not renew the circuit to %s - %e', peer, error)
    } finally {
      this.#underWay.delete(peer)
    }
  }

  /** Ends the circuits to a peer that are not needed beside its other streams. */
  async endSpare(peer: PeerKey): Promise<void> {
    const spare = this.#of.streams.of(peer).filter(open => this.#isSpare(open))
    await Promise.all(spare.map(async ({ connection }) => await this.#of.endUnlessUsed(connection)))
  }

  /** Beside a connection without a limit, its dialler ends a circuit; of two circuits, the one whose dialler has the greater id goes. */
  #isSpare({ peer, stream, initiator, limit }: OpenStream): boolean {
    if (!initiator || limit === undefined) return false
    const others = this.#of.streams.of(peer).filter(other => other.stream !== stream)
    return others.some(other => other.limit === undefined || this.#host.self > peer)
  }
}
