/** Hands the peers of the book to libp2p, so that `libp2p.dial(peerId)` reaches each for as long as it is listed, and no longer. */
import type { Logger, Peer, PeerInfo } from '@libp2p/interface'
import { multiaddr } from '@multiformats/multiaddr'
import type { AddressBookEntry } from '../../core/book/entry.ts'
import type { PeerKey } from '../../core/record/announcement.ts'
import { peerIdOf } from '../addrs/peer-ids.ts'
import { monotonicMs } from '../clock.ts'
import type { GossipDiscoveryComponents } from '../components.ts'
import { HOST_CALL_TIMEOUT_MS, within } from './within.ts'

/** Libp2p's peer store forgets an address an hour after it was first told of it, however often it is told again. */
const RENEW_INTERVAL_MS = 30 * 60_000

/** What libp2p was told of a peer. */
interface Handed {
  /** As the peer announced them; none once it is listed no more. */
  addrs: readonly string[]
  /** Those that nobody else had put into the peer store. */
  own: ReadonlySet<string>
  isBusy: boolean
}

export class HandOver {
  /** BOUNDED by the book, and the peers that have just left it. */
  readonly #handed = new Map<PeerKey, Handed>()
  readonly #peerStore: GossipDiscoveryComponents['peerStore']
  readonly #log: Logger
  readonly #emit: (peer: PeerInfo) => void
  #renewedAtMs = monotonicMs()

  /** @param emit - tells libp2p of a peer, which puts its addresses into the peer store */
  constructor(peerStore: GossipDiscoveryComponents['peerStore'], log: Logger, emit: (peer: PeerInfo) => void) {
    this.#peerStore = peerStore
    this.#log = log
    this.#emit = emit
  }

  /** A peer is listed, with these addresses. To be called before the application is told: it may dial the peer at once. */
  listed({ record }: AddressBookEntry): void {
    const { peer, addrs } = record.announcement
    const handed = this.#handed.get(peer) ?? { addrs: [], own: new Set(), isBusy: false }
    if (addrs.join() === handed.addrs.join()) return
    this.#handed.set(peer, handed)
    handed.addrs = addrs
    // It asks the store before libp2p changes it: the store keeps the order.
    void this.#settle(peer, handed, false)
    if (addrs.length > 0) this.#emit({ id: peerIdOf(peer), multiaddrs: addrs.map(addr => multiaddr(addr)) })
  }

  /** A peer is listed no more: what only this service knew of it goes. */
  unlisted({ record }: AddressBookEntry): void {
    const { peer } = record.announcement
    const handed = this.#handed.get(peer)
    if (handed === undefined) return
    handed.addrs = []
    void this.#settle(peer, handed, false)
  }

  /** To be called now and then: tells libp2p again what it would forget. */
  renew(nowMs = monotonicMs()): void {
    if (nowMs - this.#renewedAtMs < RENEW_INTERVAL_MS) return
    this.#renewedAtMs = nowMs
    for (const [peer, handed] of this.#handed) void this.#settle(peer, handed, true)
  }

  /** One at a time for each peer: what changes meanwhile comes after. */
  async #settle(peer: PeerKey, handed: Handed, isRepeated: boolean): Promise<void> {
    if (handed.isBusy) return
    handed.isBusy = true
    try {
      let addrs = handed.addrs
      const storing = this.#store(peer, handed, isRepeated)
      await within(HOST_CALL_TIMEOUT_MS, 'updating the peer store', storing)
      while (addrs !== handed.addrs) {
        addrs = handed.addrs
        await within(HOST_CALL_TIMEOUT_MS, 'updating the peer store', this.#store(peer, handed, true))
      }
    } catch (error) {
      this.#log('the peer store does not take the addresses of %s - %e', peer, error)
    }
    handed.isBusy = false
    if (handed.addrs.length === 0) this.#handed.delete(peer)
  }

  /** @param isRepeated - libp2p's own copy of what it was told may be gone */
  async #store(peer: PeerKey, handed: Handed, isRepeated: boolean): Promise<void> {
    const { addrs, own: former } = handed
    const id = peerIdOf(peer)
    const others = othersOf(await this.#stored(peer), former)
    handed.own = new Set(addrs.filter(addr => !others.some(other => other.multiaddr.toString() === addr)))
    if (former.size > 0) await this.#takeOut(peer, former)
    if (addrs.length === 0 || (former.size === 0 && !isRepeated)) return
    await this.#peerStore.merge(id, { multiaddrs: addrs.map(addr => multiaddr(addr)) })
  }

  /** What is told again keeps its age, unless it was taken out before. A peer of which nothing is left is a new one when it comes back. */
  async #takeOut(peer: PeerKey, own: ReadonlySet<string>): Promise<void> {
    const stored = await this.#stored(peer)
    if (stored === undefined) return
    const addresses = othersOf(stored, own)
    const isEmpty = addresses.length + stored.tags.size + stored.protocols.length + stored.metadata.size === 0
    if (isEmpty) await this.#peerStore.delete(stored.id)
    else await this.#peerStore.patch(stored.id, { addresses })
  }

  async #stored(peer: PeerKey): Promise<Peer | undefined> {
    return await this.#peerStore.get(peerIdOf(peer)).catch(() => undefined)
  }
}

/** The addresses that somebody else has put into the peer store; identify's are certified by the peer itself. */
function othersOf(stored: Peer | undefined, own: ReadonlySet<string>): Peer['addresses'] {
  return (stored?.addresses ?? []).filter(({ multiaddr, isCertified }) => isCertified || !own.has(multiaddr.toString()))
}
