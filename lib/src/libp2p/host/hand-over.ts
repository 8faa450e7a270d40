/** Hands the peers of the book to libp2p, so that `libp2p.dial(peerId)` reaches each for as long as it is listed, and no longer. */
import type { Logger, Peer, PeerId, PeerInfo } from '@libp2p/interface'
import { multiaddr } from '@multiformats/multiaddr'
import type { AddressBookEntry, PeerKey } from '../../core/index.ts'
import { peerIdOf } from '../addrs/peer-ids.ts'
import { monotonicMs } from '../clock.ts'
import type { GossipDiscoveryComponents } from '../components.ts'
import { HOST_CALL_TIMEOUT_MS, within } from './within.ts'

/** Libp2p's peer store forgets an address an hour after it was first told of it, however often it is told again. */
const RENEW_INTERVAL_MS = 30 * 60_000

/** Libp2p's own notes on a peer: when a dial failed and when one succeeded. */
const DIAL_NOTES = 'last-dial-'

/** What libp2p was told of a peer. */
interface Handed {
  /** As the peer announced them last; none once it is listed no more. */
  addrs: readonly string[]
  /** BOUNDED by what a peer may announce while the store is busy. All that it was told and has not forgotten. */
  readonly told: Set<string>
  /** What was in the store before. */
  readonly others: Promise<ReadonlySet<string>>
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
    const handed = this.#handed.get(peer)
    if (addrs.join() === (handed?.addrs.join() ?? '')) return
    if (handed === undefined) this.#handed.set(peer, this.#first(peer, addrs))
    else this.#change(peer, handed, addrs)
    if (addrs.length > 0) this.#emit({ id: peerIdOf(peer), multiaddrs: addrs.map(addr => multiaddr(addr)) })
  }

  /** A peer is listed no more: what only this service knew of it goes. */
  unlisted({ record }: AddressBookEntry): void {
    const { peer } = record.announcement
    const handed = this.#handed.get(peer)
    if (handed !== undefined) this.#change(peer, handed, [])
  }

  /** To be called now and then: tells libp2p again what it would forget. */
  renew(nowMs = monotonicMs()): void {
    if (nowMs - this.#renewedAtMs < RENEW_INTERVAL_MS) return
    this.#renewedAtMs = nowMs
    for (const [peer, handed] of this.#handed) void this.#settle(peer, handed)
  }

  /** The store is asked before libp2p changes it, and keeps the order. */
  #first(peer: PeerKey, addrs: readonly string[]): Handed {
    const others = this.#stored(peer).then(stored => new Set(textsOf(stored?.addresses ?? [])))
    return { addrs, told: new Set(addrs), others, isBusy: false }
  }

  #change(peer: PeerKey, handed: Handed, addrs: readonly string[]): void {
    handed.addrs = addrs
    for (const addr of addrs) handed.told.add(addr)
    void this.#settle(peer, handed)
  }

  /** One at a time for each peer: what changes meanwhile comes after. */
  async #settle(peer: PeerKey, handed: Handed): Promise<void> {
    if (handed.isBusy) return
    handed.isBusy = true
    try {
      let addrs: readonly string[]
      do {
        addrs = handed.addrs
        await within(HOST_CALL_TIMEOUT_MS, 'updating the peer store', this.#store(peer, handed))
      } while (addrs !== handed.addrs)
    } catch (error) {
      this.#log('the peer store does not take the addresses of %p - %e', peer, error)
    }
    handed.isBusy = false
    if (handed.addrs.length === 0) this.#handed.delete(peer)
  }

  async #store(peer: PeerKey, { addrs, told, others }: Handed): Promise<void> {
    const known = await others
    const own = new Set([...told].filter(addr => !known.has(addr)))
    told.clear()
    for (const addr of addrs) told.add(addr)
    const stored = await this.#stored(peer)
    if (stored === undefined) return
    const addresses = stored.addresses.filter(
      ({ multiaddr, isCertified }) => isCertified || !own.has(multiaddr.toString())
    )
    if (addrs.length === 0) await this.#takeOut(stored, addresses)
    // An address that is told again keeps its age, unless it is taken out before. Nobody reads the store in between.
    else await Promise.all([this.#peerStore.patch(stored.id, { addresses }), this.#merge(stored.id, addrs)])
  }

  /** A peer of which nothing is left is a new one when it comes back: libp2p tells of it once more. */
  async #takeOut({ id, tags, protocols, metadata }: Peer, addresses: Peer['addresses']): Promise<void> {
    const notes = [...metadata.keys()].filter(key => !key.startsWith(DIAL_NOTES))
    const isEmpty = addresses.length + tags.size + protocols.length + notes.length === 0
    if (isEmpty) await this.#peerStore.delete(id)
    else await this.#peerStore.patch(id, { addresses })
  }

  async #merge(id: PeerId, addrs: readonly string[]): Promise<void> {
    await this.#peerStore.merge(id, { multiaddrs: addrs.map(addr => multiaddr(addr)) })
  }

  async #stored(peer: PeerKey): Promise<Peer | undefined> {
    return await this.#peerStore.get(peerIdOf(peer)).catch(() => undefined)
  }
}

function textsOf(addresses: Peer['addresses']): string[] {
  return addresses.map(({ multiaddr }) => multiaddr.toString())
}
