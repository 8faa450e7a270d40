/** Which addresses one party can easily have many of, and where an address leads. */
import {
  CODE_DNS,
  CODE_DNS4,
  CODE_DNS6,
  CODE_DNSADDR,
  CODE_IP4,
  CODE_IP6,
  CODE_P2P,
  CODE_P2P_CIRCUIT,
  CODE_TCP,
  CODE_UDP,
  type Component,
  type Multiaddr,
  multiaddr
} from '@multiformats/multiaddr'
import type { Group } from '../../core/bounds/group.ts'
import { Recent } from '../../core/bounds/recent.ts'
import { scopeOf, withoutEmbedding } from './ip-scope.ts'

/** Protocols that stand for a host by its name. */
export const NAME_CODES: readonly number[] = [CODE_DNS, CODE_DNS4, CODE_DNS6, CODE_DNSADDR]

/** Addresses whose group is remembered: every message asks for that of its connection. */
const KEPT = 1_024

/** BOUNDED by `KEPT`, twice. */
const recent = new Recent<string, { readonly group: Group }>(KEPT)

/** Only who must answer may follow. As a text: a draw from the book looks at many addresses. */
const CIRCUIT = /\/p2p-circuit(?:\/p2p\/[^/]+)*$/

/** Bytes of an address that its network block shares with others: /16, and /32 in IPv6. */
const BLOCK_BYTES: Record<number, number> = { 4: 2, 16: 4 }

/**
 * The group of an address: IPv4 /16, IPv6 /32, the relay of a circuit, the IP itself where it is loopback or private. Of a name
 * the last two labels, below which one party makes as many as it likes.
 *
 * @param addr - a multiaddr as text; what is none is a group together
 */
export function groupOf(addr: string): Group {
  const known = recent.get(addr)
  if (known !== undefined) return known.group
  const group = computedGroup(addr)
  recent.set(addr, { group })
  return group
}

function computedGroup(addr: string): Group {
  const parsed = parsedAddr(addr)
  if (parsed === undefined) return 'unknown'
  const components = parsed.getComponents()
  const relay = relayOf(components)
  if (relay !== undefined) return `relay ${relay}`
  const ip = ipsOf(parsed)[0]
  if (ip !== undefined) return ipGroup(ip)
  const [first] = components
  if (NAME_CODES.includes(first?.code ?? -1))
    return `name ${first!.value!.toLowerCase().split('.').slice(-2).join('.')}`
  return first?.name ?? 'unknown'
}

/** The address, if it is one. */
export function parsedAddr(addr: string): Multiaddr | undefined {
  try {
    return multiaddr(addr)
  } catch {
    return undefined
  }
}

/** The peer that must be dialled for a circuit: the first of its relays. */
export function relayOf(components: readonly Component[]): string | undefined {
  const circuit = components.findIndex(({ code }) => code === CODE_P2P_CIRCUIT)
  return circuit < 0 ? undefined : components.slice(0, circuit).findLast(({ code }) => code === CODE_P2P)?.value
}

/** Whether a connection to the address goes through a relay for good: what stands behind the circuit only leads to a direct one else. */
export function isCircuit(addr: Multiaddr | string): boolean {
  return CIRCUIT.test(addr.toString())
}

/** Every IP in an address: that of its host, and those that are told to relays. As 4 or 16 bytes, IPv4 wherever one is meant. */
export function ipsOf(addr: Multiaddr): Uint8Array[] {
  return addr.getComponents().flatMap(({ code, name, value }) => {
    if (code !== CODE_IP4 && code !== CODE_IP6) return []
    // After the protocol's code, of one byte.
    return [withoutEmbedding(multiaddr(`/${name}/${value}`).bytes.subarray(1))]
  })
}

/** The port of the host that an address leads to, as its transport writes it; empty where it names none. */
export function portOf(components: readonly Component[]): string {
  return components.find(({ code }) => code === CODE_TCP || code === CODE_UDP)?.value ?? ''
}

function ipGroup(ip: Uint8Array): Group {
  const isBlock = scopeOf(ip) === 'public'
  return `ip${ip.length === 4 ? 4 : 6} ${ip.subarray(0, isBlock ? BLOCK_BYTES[ip.length] : ip.length).join('.')}`
}
