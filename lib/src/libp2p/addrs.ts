/** Multiaddrs on their way into and out of an announcement. */
import type { PeerId } from '@libp2p/interface'
import { isLoopback } from '@libp2p/utils'
import { CODE_P2P, isMultiaddr, type Multiaddr, multiaddr } from '@multiformats/multiaddr'
import { BOUNDS, type DialTarget } from '../core/index.ts'

/**
 * What a node announces of the addresses that it listens on: without its own peer id, which the record carries, and
 * without loopback addresses as soon as there are others, since those would lead other hosts to themselves.
 */
export function announcedAddrs(addrs: readonly Multiaddr[], self: PeerId): string[] {
  const reachable = addrs.filter(addr => !isLoopback(addr))
  return (reachable.length > 0 ? reachable : addrs)
    .map(addr => withoutPeer(addr, self).toString())
    .filter(addr => addr.length <= BOUNDS.addrBytes)
    .slice(0, BOUNDS.addrs)
}

/** A peer by its address, which may end in its peer id, or by its peer id and addresses. */
export type PeerLike = Multiaddr | string | { id: PeerId; multiaddrs: Multiaddr[] }

/**
 * @throws {TypeError} when a text is no multiaddr
 */
export function dialTarget(peer: PeerLike): DialTarget {
  if (typeof peer === 'object' && 'id' in peer) {
    return { id: peer.id.toString(), addrs: peer.multiaddrs.map(addr => addr.toString()) }
  }
  const addr = isMultiaddr(peer) ? peer : parsed(peer)
  return { id: peerOf(addr) ?? addr.toString(), addrs: [addr.toString()] }
}

function parsed(text: string): Multiaddr {
  try {
    return multiaddr(text)
  } catch (cause) {
    throw new TypeError(`${JSON.stringify(text)} is not a multiaddr such as /ip4/192.0.2.1/tcp/4001`, { cause })
  }
}

/** The addresses of a target, each bound to the peer that must answer there, if it is known. */
export function dialAddrs(target: DialTarget): Multiaddr[] {
  const addrs = target.addrs.map(addr => multiaddr(addr))
  if (!isPeerKnown(target)) return addrs
  return addrs
    .filter(addr => [undefined, target.id].includes(peerOf(addr)))
    .map(addr => (peerOf(addr) === undefined ? addr.encapsulate(`/p2p/${target.id}`) : addr))
}

function isPeerKnown(target: DialTarget): boolean {
  return !target.id.startsWith('/')
}

function withoutPeer(addr: Multiaddr, self: PeerId): Multiaddr {
  return peerOf(addr) === self.toString() ? addr.decapsulate(`/p2p/${self.toString()}`) : addr
}

function peerOf(addr: Multiaddr): string | undefined {
  const last = addr.getComponents().at(-1)
  return last?.code === CODE_P2P ? last.value : undefined
}
