/**
 * Peers that this service has dialled, and that turn out not to take part in its network: other discoveries find such peers, on a local
 * network above all. They cost the host a connection that nobody wanted.
 */
import type { Connection, PeerId } from '@libp2p/interface'
import type { GossipDiscoveryComponents } from '../components.ts'
import { HOST_CALL_TIMEOUT_MS, passed, within } from './within.ts'

/** Time for identify to tell what the peer speaks, and for others to find a use for the connection. A guess. */
const GRACE_MS = 10_000

interface Host {
  readonly components: Pick<GossipDiscoveryComponents, 'peerStore' | 'pubsub'>
  readonly partners: {
    /** What members of the network speak. */
    readonly protocol: string
    open(connection: Connection): Promise<boolean>
    endUnlessUsed(connection: Connection): Promise<void>
  }
}

export class DialledStrangers {
  readonly #host: Host

  constructor(host: Host) {
    this.#host = host
  }

  /**
   * Ends a connection without a sync stream, if identify says that the peer does not speak the protocol, and nobody else uses the connection.
   * A peer that speaks it by then was only late.
   */
  async review(connection: Connection, stopping: AbortSignal | undefined): Promise<void> {
    const { partners } = this.#host
    await passed(GRACE_MS, stopping)
    if (stopping?.aborted !== false || connection.status !== 'open') return
    const protocols = await this.#protocolsOf(connection.remotePeer)
    if (protocols.includes(partners.protocol)) await partners.open(connection)
    else if (protocols.length > 0 && !this.#sharesTopic(connection.remotePeer)) await partners.endUnlessUsed(connection)
  }

  /** None before identify has told of them. */
  async #protocolsOf(peer: PeerId): Promise<readonly string[]> {
    try {
      const reading = this.#host.components.peerStore.get(peer)
      return (await within(HOST_CALL_TIMEOUT_MS, 'reading what a peer speaks', reading)).protocols
    } catch (error) {
      if ((error as Error).name === 'NotFoundError') return []
      throw error
    }
  }

  /** Whether pubsub has anything to tell the peer, be it of this network or of another discovery. */
  #sharesTopic(peer: PeerId): boolean {
    const { pubsub } = this.#host.components
    return pubsub.getTopics().some(topic => pubsub.getSubscribers(topic).some(subscriber => subscriber.equals(peer)))
  }
}
