/** Where an IP address can be: anywhere, only on this host or network, or nowhere that a peer may send others to. */
import { IpNet } from '@chainsafe/netmask'

/** `never`: unspecified, multicast, broadcast, link-local, reserved. A private address is named by its block. */
export type IpScope = 'public' | 'loopback' | 'never' | PrivateBlock

const PRIVATE_BLOCKS = ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', '100.64.0.0/10', 'fc00::/7'] as const

/** Addresses that mean something on one network only. */
export type PrivateBlock = (typeof PRIVATE_BLOCKS)[number]

/** Blocks that no other block in this file lies in. 169.254.0.0/16 holds the metadata services of clouds. */
const NEVER = [
  '0.0.0.0/8',
  '169.254.0.0/16',
  '192.0.0.0/24',
  '224.0.0.0/4',
  '240.0.0.0/4',
  '::/128',
  '100::/64',
  'fe80::/10',
  'fec0::/10',
  'ff00::/8'
]
const LOOPBACK = ['127.0.0.0/8', '::1/128']

/** IPv6 blocks whose addresses lead to an IPv4 address, and where that starts in the 16 bytes. */
const EMBEDDING: readonly (readonly [block: string, offset: number])[] = [
  ['::ffff:0:0/96', 12],
  ['::ffff:0:0:0/96', 12],
  ['64:ff9b::/96', 12],
  ['64:ff9b:1::/48', 12],
  ['::/96', 12],
  ['2002::/16', 2]
]

/** Teredo: the IPv4 address of the client, each bit turned. */
const TEREDO = new IpNet('2001::/32')
const TEREDO_OFFSET = 12

/** ISATAP: an interface identifier that ends in an IPv4 address, below any prefix. */
const ISATAP = [0x00, 0x00, 0x5e, 0xfe]
const ISATAP_OFFSET = 8

/** Says that the identifier is unique in the world; it may stand either way. */
const UNIVERSAL_BIT = 0x02

const scopes: readonly (readonly [IpNet, IpScope])[] = [
  ...NEVER.map(block => [new IpNet(block), 'never'] as const),
  ...LOOPBACK.map(block => [new IpNet(block), 'loopback'] as const),
  ...PRIVATE_BLOCKS.map(block => [new IpNet(block), block] as const)
]
const embedding = EMBEDDING.map(([block, offset]) => [new IpNet(block), offset] as const)

/** @param ip - 4 or 16 bytes */
export function scopeOf(ip: Uint8Array): IpScope {
  const bytes = withoutEmbedding(ip)
  for (const [block, scope] of scopes) if (block.network.length === bytes.length && block.contains(bytes)) return scope
  return 'public'
}

/** The IPv4 address that an IPv6 address stands for, or the address itself: so a ban on one cannot be got round by another spelling. */
export function withoutEmbedding(ip: Uint8Array): Uint8Array {
  if (ip.length === 4 || isOneOf(ip, LOOPBACK_OR_UNSPECIFIED)) return ip
  for (const [block, offset] of embedding) if (block.contains(ip)) return ip.subarray(offset, offset + 4)
  if (TEREDO.contains(ip)) return ip.slice(TEREDO_OFFSET).map(byte => byte ^ 0xff)
  return isIsatap(ip) ? ip.subarray(12) : ip
}

function isIsatap(ip: Uint8Array): boolean {
  return ISATAP.every((byte, i) => (ip[ISATAP_OFFSET + i]! & (i === 0 ? ~UNIVERSAL_BIT : 0xff)) === byte)
}

/** They lie in the block of the former IPv4-compatible addresses, and stand for none. */
const LOOPBACK_OR_UNSPECIFIED = [new IpNet('::/128'), new IpNet('::1/128')]

function isOneOf(ip: Uint8Array, blocks: readonly IpNet[]): boolean {
  return blocks.some(block => block.contains(ip))
}
