/**
 * Which addresses that strangers wrote this node dials: none that may lead it to itself, to its neighbours who have nothing to do
 * with the network, or nowhere.
 */
import { getThinWaistAddresses } from '@libp2p/utils'
import {
  CODE_DNSADDR,
  CODE_IP4,
  CODE_IP6,
  CODE_IP6ZONE,
  CODE_P2P_CIRCUIT,
  CODE_TCP,
  CODE_UDP,
  CODE_UNIX,
  type Component,
  type Multiaddr,
  multiaddr
} from '@multiformats/multiaddr'
import type { Endpoint } from '../../core/bounds/endpoint.ts'
import type { PeerKey } from '../../core/record/announcement.ts'
import { monotonicMs } from '../clock.ts'
import { ipsOf, NAME_CODES, parsedAddr, portOf, relayOf } from './addr-group.ts'
import { type IpScope, scopeOf } from './ip-scope.ts'

/** Interfaces and addresses change seldom, and are asked for at each draw. */
const SCOPES_KEPT_MS = 5_000

/** What the node knows of itself. */
export interface Surroundings {
  /** Its peer id. */
  readonly self: PeerKey
  /** The addresses that it announces. */
  readonly announced: () => readonly string[]
  /** Those of the host's network interfaces. Default: as the platform says; a browser does not. */
  readonly interfaces?: () => readonly Multiaddr[]
  /** Whether a connection to the peer is open. */
  readonly isConnected: (peer: PeerKey) => boolean
}

export class Dialable {
  readonly #surroundings: Surroundings
  #scopes: ReadonlySet<IpScope> = new Set()
  #scopesUntilMs = Number.NEGATIVE_INFINITY

  constructor(surroundings: Surroundings) {
    this.#surroundings = surroundings
  }

  /** The core's `endpointOf`. */
  readonly endpointOf = (addr: string): Endpoint | 'free' | 'forbidden' => {
    const parsed = parsedAddr(addr)
    if (parsed === undefined || !this.#hasGoodForm(parsed)) return 'forbidden'
    const components = parsed.getComponents()
    const relay = relayOf(components)
    const { self, isConnected } = this.#surroundings
    // Who is behind this node is connected to it, or cannot be reached there.
    if (relay === self) return 'forbidden'
    // Nothing is dialled for the circuit, and nobody resolves the relay's name: a private address of it leads nowhere new.
    if (relay !== undefined && isConnected(relay)) return isReachableAnywhere(parsed) ? 'free' : 'forbidden'
    if (!this.allows(ipsOf(parsed))) return 'forbidden'
    const [first] = components
    const [ip] = ipsOf(parsed)
    // Without an address of the relay, whatever the peer store was told of it would be dialled.
    if (first === undefined || (relay !== undefined && components[0]?.name === 'p2p')) return 'forbidden'
    const host = ip === undefined ? `${first.name} ${first.value?.toLowerCase() ?? ''}` : ip.join('.')
    return { host, port: portOf(components), ...(relay !== undefined && { relay }) }
  }

  /** Whether each IP is one that this node may be sent to. */
  allows(ips: readonly Uint8Array[]): boolean {
    return ips.every(ip => {
      const scope = scopeOf(ip)
      return scope === 'public' || (scope !== 'never' && this.#allowedScopes().has(scope))
    })
  }

  /** Ports everywhere, no socket of this host's file system, and a relay before each circuit. */
  #hasGoodForm(addr: Multiaddr): boolean {
    const components = addr.getComponents()
    return components.every((component, i) => {
      const { code, value } = component
      if (code === CODE_UNIX || code === CODE_IP6ZONE) return false
      if (code === CODE_TCP || code === CODE_UDP) return Number(value) > 0
      if (code === CODE_P2P_CIRCUIT) return relayOf(components.slice(0, i + 1)) !== undefined
      return !isHost(component) || isPort(components[i + 1])
    })
  }

  /** Loopback where this node announces nothing else; private blocks where it has an address of its own. */
  #allowedScopes(): ReadonlySet<IpScope> {
    const nowMs = monotonicMs()
    if (nowMs >= this.#scopesUntilMs) {
      this.#scopes = allowedScopes(this.#surroundings.announced(), (this.#surroundings.interfaces ?? hostInterfaces)())
      this.#scopesUntilMs = nowMs + SCOPES_KEPT_MS
    }
    return this.#scopes
  }
}

/** Whether no IP of the address is one that leads nowhere from wherever it is dialled. */
function isReachableAnywhere(addr: Multiaddr): boolean {
  return ipsOf(addr).every(ip => scopeOf(ip) !== 'never')
}

/** Where others may send a node that announces these addresses and has these interfaces. */
export function allowedScopes(announced: readonly string[], interfaces: readonly Multiaddr[]): Set<IpScope> {
  const own = announced.map(addr => firstScope(parsedAddr(addr)))
  const scopes = new Set([...own, ...interfaces.map(firstScope)])
  if (own.length === 0 || own.some(scope => scope !== 'loopback')) scopes.delete('loopback')
  return scopes
}

/** Of a name: anywhere. */
function firstScope(addr: Multiaddr | undefined): IpScope {
  const [ip] = addr === undefined ? [] : ipsOf(addr)
  return ip === undefined ? 'public' : scopeOf(ip)
}

function hostInterfaces(): Multiaddr[] {
  return ['/ip4/0.0.0.0/tcp/1', '/ip6/::/tcp/1'].flatMap(any => getThinWaistAddresses(multiaddr(any)))
}

function isHost({ code }: Component): boolean {
  return code === CODE_IP4 || code === CODE_IP6 || (NAME_CODES.includes(code) && code !== CODE_DNSADDR)
}

function isPort(component: Component | undefined): boolean {
  return component?.code === CODE_TCP || component?.code === CODE_UDP
}
