/** Marks partners in the peer store for as long as they are partners, so that the host and the application know them. */
import type { PeerStore } from '@libp2p/interface'
import type { PeerKey } from '../../core/index.ts'
import { peerIdOf } from '../addrs/peer-ids.ts'
import type { Warnings } from '../reports/warnings.ts'
import { HOST_CALL_TIMEOUT_MS, within } from './within.ts'

/** The name of the tag in the default network; in others, the topic follows. */
const TAG_NAME = 'gossip-discovery'
const DEFAULT_NETWORK = '/gossip-discovery/1'

/**
 * When libp2p has too many connections, it ends those of the peers with the lowest sum of tags. A partner that this node chose is
 * worth as much as one of Kademlia's closest peers. Strangers decide who dials this node: such a partner is marked, and worth nothing.
 */
const CHOSEN_VALUE = 50
const INBOUND_VALUE = 0

/** A tag outlives its partner so long at most, should the process end without a stop; the same as of `@libp2p/bootstrap`. */
const TAG_TTL_MS = 120_000

/** Which peers are partners, as far as the tags need to know. */
interface Partners {
  readonly partners: Iterable<PeerKey>
  isChosen(peer: PeerKey): boolean
}

/** The name of the tag that the service gives its partners in the network of this topic. */
export function linkTagOf(topic: string): string {
  return topic === DEFAULT_NETWORK ? TAG_NAME : `${TAG_NAME}:${topic}`
}

/** Keeps the tags of one service. */
export class PartnerTags {
  /** BOUNDED by the partners. Their values. */
  readonly #told = new Map<PeerKey, number>()
  readonly #peerStore: PeerStore
  readonly #name: string
  readonly #overlay: Partners
  readonly #warnings: Warnings
  #renewAtMs = Number.POSITIVE_INFINITY

  constructor(peerStore: PeerStore, name: string, overlay: Partners, warnings: Warnings) {
    this.#peerStore = peerStore
    this.#name = name
    this.#overlay = overlay
    this.#warnings = warnings
  }

  /** Tells the peer store what has changed since the last call, or that a tag is to live on. Returns what is under way. */
  update(nowMs: number): Promise<void>[] {
    const wanted = new Map([...this.#overlay.partners].map(peer => [peer, this.#valueOf(peer)]))
    const isRenewal = nowMs >= this.#renewAtMs
    const ended = [...this.#told.keys()].filter(peer => !wanted.has(peer))
    const changed = [...wanted].filter(([peer, value]) => isRenewal || this.#told.get(peer) !== value)
    if (isRenewal || this.#told.size === 0) this.#renewAtMs = nowMs + TAG_TTL_MS / 2
    for (const peer of ended) this.#told.delete(peer)
    for (const [peer, value] of changed) this.#told.set(peer, value)
    return [
      ...ended.map(async peer => await this.#merge(peer, undefined)),
      ...changed.map(async ([peer, value]) => await this.#merge(peer, { value, ttl: TAG_TTL_MS }))
    ]
  }

  #valueOf(peer: PeerKey): number {
    return this.#overlay.isChosen(peer) ? CHOSEN_VALUE : INBOUND_VALUE
  }

  async #merge(peer: PeerKey, tag: { value: number; ttl: number } | undefined): Promise<void> {
    try {
      const merging = this.#peerStore.merge(peerIdOf(peer), { tags: { [this.#name]: tag } })
      await within(HOST_CALL_TIMEOUT_MS, 'tagging a peer', merging)
    } catch (error) {
      if (!this.#warnings.tellTimeout(error)) throw error
    }
  }
}
