/**
 * Dials on hearsay: an address that somebody else wrote may be that of a victim, who must not be dialled by every node of the
 * network, however many records name it.
 */
import type { EndpointOf } from '../bounds/endpoint.ts'
import { RateLimiter } from '../bounds/rate-limiter.ts'
import { Recent } from '../bounds/recent.ts'
import type { PeerKey } from '../record/announcement.ts'

/** Towards one IP and port that has not answered as the peer that is claimed to be there: one dial a minute. */
const ENDPOINT_RATE = { burst: 1, perSecond: 1 / 60, keys: 4096 }

/** Towards one IP, whatever the port: a crowd behind one address at once, then one dial in six seconds. */
const HOST_RATE = { burst: 64, perSecond: 1 / 6, keys: 4096 }

/** Peers whose addresses are known to be theirs: as many as a book holds in its younger part. */
const KEPT = 4096

/** Remembers who has answered where, and says which addresses may be dialled. */
export class Hearsay {
  readonly #endpointOf: EndpointOf
  readonly #endpoints = new RateLimiter(ENDPOINT_RATE)
  readonly #hosts = new RateLimiter(HOST_RATE)
  /** BOUNDED by `KEPT`, twice. Peer, host and port that were dialled and answered. */
  readonly #answered = new Recent<string, object>(KEPT)
  /** BOUNDED by `KEPT`, twice. Peer, and the host from which it dialled this node: it may dial itself for all we care. */
  readonly #called = new Recent<string, object>(KEPT)

  constructor(endpointOf: EndpointOf) {
    this.#endpointOf = endpointOf
  }

  /** The peer is at the other end of a connection to `addr`, or from there if it dialled. */
  met(peer: PeerKey, addr: string, isDialled: boolean): void {
    const endpoint = this.#endpointOf(addr)
    if (typeof endpoint === 'string') return
    const { host, port, relay } = endpoint
    if (isDialled) this.#answered.set(keyOf(relay ?? peer, host, port), {})
    else this.#called.set(keyOf(peer, host), {})
  }

  /** Whether none of these addresses leads to anybody whom this node may dial. */
  isOutOfReach(addrs: readonly string[]): boolean {
    return addrs.every(addr => this.#endpointOf(addr) === 'forbidden')
  }

  /**
   * Those of a peer's addresses that may be dialled at this moment, and which of them are hearsay: each of these costs its
   * endpoint a dial.
   *
   * @param trusted - addresses that no stranger wrote
   */
  admit(
    id: string,
    addrs: readonly string[],
    trusted: readonly string[],
    nowMs: number
  ): { addrs: string[]; hearsay: string[] } {
    const admitted: string[] = []
    const hearsay: string[] = []
    for (const addr of addrs) {
      const isKnown = trusted.includes(addr) || this.#isProven(id, addr)
      if (!isKnown && !this.#admits(addr, nowMs)) continue
      admitted.push(addr)
      if (!isKnown) hearsay.push(addr)
    }
    return { addrs: admitted, hearsay }
  }

  /** Whether a peer's address is known to be its own. */
  #isProven(id: string, addr: string): boolean {
    const endpoint = this.#endpointOf(addr)
    if (typeof endpoint === 'string') return false
    const { host, port, relay } = endpoint
    return (
      this.#answered.get(keyOf(relay ?? id, host, port)) !== undefined ||
      (relay === undefined && this.#called.get(keyOf(id, host)) !== undefined)
    )
  }

  #admits(addr: string, nowMs: number): boolean {
    const endpoint = this.#endpointOf(addr)
    if (typeof endpoint === 'string') return endpoint === 'free'
    const { host, port } = endpoint
    return this.#endpoints.admits(keyOf(host, port), nowMs) && this.#hosts.admits(host, nowMs)
  }
}

function keyOf(...parts: string[]): string {
  return parts.join(' ')
}
