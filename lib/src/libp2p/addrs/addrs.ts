/** Multiaddrs on their way into and out of an announcement. */
import { isPeerId, type PeerId } from '@libp2p/interface'
import { peerIdFromString } from '@libp2p/peer-id'
import { CODE_P2P, CODE_UNIX, isMultiaddr, type Multiaddr, multiaddr } from '@multiformats/multiaddr'
import type { DialTarget } from '../../core/effects.ts'
import { BOUNDS } from '../../core/record/announcement.ts'
import { ipsOf, portOf, relayOf } from './addr-group.ts'
import { addrText } from './addr-text.ts'
import { scopeOf } from './ip-scope.ts'

/** What a node says of the addresses that it listens on. */
export interface AddrChoice {
  readonly announced: readonly string[]
  /** Why each of the others is not announced. */
  readonly left: ReadonlyMap<string, string>
}

/**
 * Chooses what to announce, by how many others an address is likely to serve, wherever it stands: without the node's own peer id, which
 * the record carries; nothing that leads nowhere; loopback only where there is nothing else, since it would lead other hosts to
 * themselves. Public addresses come first, then relays, then private ones, and the last make room.
 */
export function chosenAddrs(addrs: readonly Multiaddr[], self: PeerId): AddrChoice {
  const announced: string[] = []
  const left = new Map<string, string>()
  const worths = new Map(addrs.map(addr => withoutPeer(addr, self)).map(addr => [addr.toString(), worthOf(addr)]))
  const hasOthers = [...worths.values()].some(worth => typeof worth === 'number' && worth > LOOPBACK_WORTH)
  const byWorth = [...worths].sort(([, one], [, other]) => Number(other) - Number(one))
  for (const [addr, worth] of byWorth) {
    if (typeof worth === 'string') left.set(addr, worth)
    else if (worth === LOOPBACK_WORTH && hasOthers) left.set(addr, 'loopback')
    else if (announced.length === BOUNDS.addrs) left.set(addr, `more than ${BOUNDS.addrs}`)
    else announced.push(addr)
  }
  return { announced, left }
}

const LOOPBACK_WORTH = 1
const PRIVATE_WORTH = 2
const RELAY_WORTH = 3
const PUBLIC_WORTH = 4

/** How many others an address is likely to serve, or why it serves nobody. */
function worthOf(addr: Multiaddr): number | string {
  const components = addr.getComponents()
  const ips = ipsOf(addr).map(scopeOf)
  // Nobody reads what has no plain text.
  if (addrText(addr.bytes) === undefined) return 'not readable by others'
  if (addr.bytes.byteLength > BOUNDS.addrBytes) return `longer than ${BOUNDS.addrBytes} bytes`
  const isLocal = components.length === 0 || components.some(({ code }) => code === CODE_UNIX)
  if (isLocal || ips.includes('never') || portOf(components) === '0') return 'of no use to others'
  if (ips.includes('loopback')) return LOOPBACK_WORTH
  if (ips.some(scope => scope !== 'public')) return PRIVATE_WORTH
  return relayOf(components) === undefined ? PUBLIC_WORTH : RELAY_WORTH
}

/** A peer by its address, which may end in its peer id; by its peer id and addresses; or by its peer id alone, `/p2p/<id>` as a text. */
export type PeerLike = Multiaddr | string | PeerId | { id: PeerId; multiaddrs: Multiaddr[] }

/**
 * Whom to dial. A target without addresses is left to the host's peer store and peer routing.
 *
 * @throws {TypeError} when a text is no multiaddr and no peer id
 */
export function dialTarget(peer: PeerLike): DialTarget {
  if (isPeerId(peer)) return { id: peer.toString(), addrs: [] }
  if (typeof peer === 'object' && 'id' in peer) {
    return { id: peer.id.toString(), addrs: peer.multiaddrs.map(addr => addr.toString()) }
  }
  try {
    const addr = isMultiaddr(peer) ? peer : multiaddr(peer.startsWith('/') ? peer : `/p2p/${peer}`)
    const id = peerOf(addr)
    if (id === undefined) return { id: addr.toString(), addrs: [addr.toString()] }
    return { id: peerIdFromString(id).toString(), addrs: isBarePeer(addr) ? [] : [addr.toString()] }
  } catch (cause) {
    const message = `${JSON.stringify(String(peer))} is not a multiaddr such as /ip4/192.0.2.1/tcp/4001, nor a peer id`
    throw new TypeError(message, { cause })
  }
}

function isBarePeer(addr: Multiaddr): boolean {
  return addr.getComponents().length === 1
}

/** The addresses of a target, each bound to the peer that must answer there, if it is known. */
export function dialAddrs(target: DialTarget): Multiaddr[] {
  const addrs = target.addrs.map(addr => multiaddr(addr))
  if (!isPeerKnown(target)) return addrs
  return addrs
    .filter(addr => [undefined, target.id].includes(peerOf(addr)))
    .map(addr => (peerOf(addr) === undefined ? addr.encapsulate(`/p2p/${target.id}`) : addr))
}

/** Whether the target names the peer that must answer, and not only an address. */
export function isPeerKnown({ id }: Pick<DialTarget, 'id'>): boolean {
  return !id.startsWith('/')
}

function withoutPeer(addr: Multiaddr, self: PeerId): Multiaddr {
  return peerOf(addr) === self.toString() ? addr.decapsulate(`/p2p/${self.toString()}`) : addr
}

function peerOf(addr: Multiaddr): string | undefined {
  const last = addr.getComponents().at(-1)
  return last?.code === CODE_P2P ? last.value : undefined
}
