/** Where each node of a run is: names, addresses, and what is between it and the internet. Pure. */
import { ROUTER_KINDS, ROUTERS, type Router, type RouterKind } from '../../faults/routers.ts'

/** A bridge of the kernel has 1,023 ports. */
export const MAX_SLOTS = 1_000

/** Addresses of one bridge: the first two octets, and how many bits they share. */
export interface Subnet {
  readonly octets: string
  readonly prefixLength: number
}

/** Of a run without routers. */
const FLAT: Subnet = { octets: '10.77', prefixLength: 16 }

/**
 * Of a run with routers: what nodes take for the internet. These addresses are public by every rule that a program may have, and
 * set aside for tests of networks (RFC 2544, section C.2.2).
 */
const PUBLIC: Subnet = { octets: '198.18', prefixLength: 15 }

/** Public addresses of shared routers, and those that routers change to. */
const OF_ROUTERS = '198.19'

/** Behind a shared router: 100.64/10 is set aside for carriers (RFC 6598). */
const INSIDE: Readonly<Record<Exclude<RouterKind, 'home'>, Subnet>> = {
  cgnat: { octets: '100.64', prefixLength: 10 },
  hotel: { octets: '172.20', prefixLength: 16 },
  corporate: { octets: '10.20', prefixLength: 16 }
}

/** Alike in all homes, as in the world. */
export const HOME = { router: '192.168.1.1', node: '192.168.1.2', prefixLength: 24 }

/** The bridge that is the internet. */
export const HUB = 'hub'

/** Where a node is. */
export interface Place {
  /** The bridge that its port is on. */
  readonly bridge: string
  /** On that bridge: of the node, or of its own router. */
  readonly address: string
  readonly prefixLength: number
  /** On that bridge; there is none on the internet. */
  readonly gateway: string | undefined
  /** Whether it has a router of its own, with the address above. */
  readonly hasOwnRouter: boolean
  readonly behind: RouterKind | undefined
}

/** A router that several nodes share. Its name is that of its namespace, and of the bridge behind it. */
export interface SharedRouter {
  readonly name: Exclude<RouterKind, 'home'>
  readonly preset: Router
  readonly inside: Subnet
  readonly outside: { readonly address: string; readonly prefixLength: number }
  /** The bridges' ports that lead to it. */
  readonly insidePort: string
  readonly outsidePort: string
  readonly slots: readonly number[]
}

export class Topology {
  /** Of the internet. */
  readonly outside: Subnet
  readonly shared: readonly SharedRouter[]
  readonly #behind: ReadonlyMap<number, RouterKind>
  #changes = 0

  /** @param behind - by the place of a node */
  constructor(behind: ReadonlyMap<number, RouterKind> = new Map()) {
    this.#behind = behind
    this.outside = behind.size === 0 ? FLAT : PUBLIC
    this.shared = ROUTER_KINDS.flatMap((kind, index) => {
      const slots = [...behind].filter(([, of]) => of === kind).map(([slot]) => slot)
      return kind === 'home' || slots.length === 0 ? [] : [sharedRouter(kind, index, slots)]
    })
  }

  get hasRouters(): boolean {
    return this.#behind.size > 0
  }

  /** A node keeps its place, and so its address, over restarts. */
  placeOf(slot: number): Place {
    const behind = this.#behind.get(slot)
    const isInside = behind !== undefined && behind !== 'home'
    const network = isInside ? INSIDE[behind] : this.outside
    return {
      bridge: isInside ? behind : HUB,
      address: addressIn(network, slot),
      prefixLength: network.prefixLength,
      gateway: isInside ? gatewayOf(network) : undefined,
      hasOwnRouter: behind === 'home' || (behind !== undefined && ROUTERS[behind].isBehindHomeRouters),
      behind
    }
  }

  /** The address that the node itself has. */
  addressOf(slot: number): string {
    const { hasOwnRouter, address } = this.placeOf(slot)
    return hasOwnRouter ? HOME.node : address
  }

  /**
   * Where the node is to listen; the system chooses among the ports if 0. Nodes on the internet are at the port of the web
   * where some firewall lets nothing else pass: nodes behind it would reach nobody.
   */
  portFor(slot: number): number {
    const firewalled = this.shared.some(({ preset }) => preset.tcpPorts !== undefined)
    return firewalled && !this.#behind.has(slot) ? 443 : 0
  }

  /** The router whose public address the node is seen with; undefined without one. */
  publicRouterOf(slot: number): string | undefined {
    const { behind, hasOwnRouter } = this.placeOf(slot)
    if (behind === undefined) return undefined
    return hasOwnRouter && behind === 'home' ? routerOf(slot) : behind
  }

  /** A public address that no router has had. @throws when all are used up */
  nextAddress(): string {
    this.#changes += 1
    return `${OF_ROUTERS}.${pairOf(this.#changes)}`
  }
}

/** Of a bridge itself, or of the router that nodes on it send everything to. */
export function gatewayOf({ octets }: Subnet): string {
  return `${octets}.0.1`
}

/** Name of the bridge's port that leads to a node or to its own router, in the hub. */
export function portOf(slot: number): string {
  return `port${slot}`
}

/** Name of the port in its place that leads there by way of the switch that shapes links. */
export function shapedPortOf(slot: number): string {
  return `out${slot}`
}

/** Name of a node's namespace. */
export function namespaceOf(slot: number): string {
  return `node${slot}`
}

/** Name of the namespace of a node's own router. */
export function routerOf(slot: number): string {
  return `router${slot}`
}

function sharedRouter(kind: Exclude<RouterKind, 'home'>, index: number, slots: readonly number[]): SharedRouter {
  return {
    name: kind,
    preset: ROUTERS[kind],
    inside: INSIDE[kind],
    outside: { address: `${OF_ROUTERS}.0.${index}`, prefixLength: PUBLIC.prefixLength },
    insidePort: `${kind}-in`,
    outsidePort: `${kind}-out`,
    slots
  }
}

function addressIn({ octets }: Subnet, slot: number): string {
  if (slot >= MAX_SLOTS) throw new Error(`the bridge of a run has room for ${MAX_SLOTS} nodes`)
  return `${octets}.${pairOf(slot)}`
}

/** The last two octets of the address with this number, from 0; none ends in 0 or 255, or is that of a gateway. */
function pairOf(number: number): string {
  const third = 1 + Math.floor(number / 250)
  if (third > 255) throw new Error('no address is left')
  return `${third}.${1 + (number % 250)}`
}
