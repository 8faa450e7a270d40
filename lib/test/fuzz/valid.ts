/** Inputs that docs/PROTOCOL.md allows, at random, written with cborg and node:crypto. */
import { createPrivateKey, createPublicKey, type KeyObject, sign } from 'node:crypto'
import { multiaddr } from '@multiformats/multiaddr'
import { encode, rfc8949EncodeOptions } from 'cborg'
import { type Random, randomBelow } from '../../src/core/random.ts'
import { pick } from './mutate.ts'
import { varint } from './oracle-announcement.ts'

/** One who signs announcements. */
export interface Signer {
  readonly privateKey: KeyObject
  /** As libp2p's protobuf. */
  readonly key: Uint8Array
}

/** What an Ed25519 seed of 32 bytes is in the form that node:crypto takes: RFC 8410. */
const ED25519_PKCS8 = Buffer.from('302e020100300506032b657004220420', 'hex')

const NAMES = ['', 'a', 'alice', 'é'.repeat(32), '👩‍🚀', 'می‌خواهم', '\ufffd', 'x'.repeat(64)]
const KEYS = ['', 'a', 'b', 'aa', 'role', '__proto__', 'ключ', 'k'.repeat(30)]
const ADDRS = [
  '/ip4/127.0.0.1/tcp/4001',
  '/ip4/0.0.0.0/tcp/0',
  '/ip6/2001:db8::1/udp/4001/quic-v1',
  '/dns4/example.com/tcp/443/wss',
  '/ip4/192.0.2.1/tcp/1/p2p/12D3KooWK99VoVxNE7XzyBwXEzW7xhK7Gpv85r9F3V3fyKSUKPH5/p2p-circuit',
  '/unix/a%2Fb'
].map(addr => multiaddr(addr).bytes)
/** Of no protocol, cut short, not printable, and as long as can be. */
const UNREADABLE = [
  Uint8Array.of(0xff, 0xff, 0x01),
  Uint8Array.of(0x04, 127),
  Uint8Array.of(54, 2, 0x61, 0x07),
  new Uint8Array(256)
]

const MAX_ENVELOPE_BYTES = 2_048

/** The same key for the same number. */
export function signerOf(seed: number): Signer {
  const der = Buffer.concat([ED25519_PKCS8, new Uint8Array(32).fill(seed)])
  const privateKey = createPrivateKey({ key: der, format: 'der', type: 'pkcs8' })
  const raw = createPublicKey(privateKey).export({ format: 'der', type: 'spki' }).subarray(-32)
  return { privateKey, key: Uint8Array.of(0x08, 0x01, 0x12, 0x20, ...raw) }
}

/** The fields of a payload. */
export function anyFields({ key }: Signer, random: Random): Record<string, unknown> {
  return {
    peer: Uint8Array.of(0, key.length, ...key),
    epoch: anyCount(random),
    seq: anyCount(random),
    name: pick(NAMES, random),
    addrs: manyOf(4, random, () => pick(random() < 0.8 ? ADDRS : UNREADABLE, random)),
    ttlMs: pick([1_000, 30_000, 65_535, 65_536, 86_400_000], random),
    leaving: random() < 0.2,
    metadata: new Map(manyOf(4, random, () => [pick(KEYS, random), pick(NAMES, random)] as const))
  }
}

export function payloadOf(fields: Record<string, unknown>): Uint8Array {
  return encode(fields, rfc8949EncodeOptions)
}

/** Any payload as its signer would send it; one that is too long is sent as it is. */
export function sealed(payload: Uint8Array, { privateKey, key }: Signer, topic: string): Uint8Array {
  const type = Buffer.from('/gossip-discovery/announcement/1')
  const domain = Buffer.from(`libp2p-gossip-discovery\0${topic}`)
  const signature = sign(null, Buffer.concat([domain, type, payload].flatMap(prefixed)), privateKey)
  return enveloped(key, type, payload, signature)
}

export function enveloped(key: Uint8Array, type: Uint8Array, payload: Uint8Array, signature: Uint8Array): Uint8Array {
  const fields: [number, Uint8Array][] = [
    [0x0a, key],
    [0x12, type],
    [0x1a, payload],
    [0x2a, signature]
  ]
  return Uint8Array.from(Buffer.concat(fields.flatMap(([tag, bytes]) => [Uint8Array.of(tag), ...prefixed(bytes)])))
}

/** A frame of any kind, and now and then what later versions may add to it. */
export function anyFrame(random: Random): Uint8Array {
  const items = pick(FRAMES, random)(random)
  const more = random() < 0.2 ? manyOf(3, random, () => anyValue(random, 4)) : []
  return encode([...items, ...more], rfc8949EncodeOptions)
}

/** Of at most 128 KiB, as the budget of an input is meant. */
export function anySnapshot(random: Random): Uint8Array {
  const [most, lengths] = random() < 0.01 ? [1_024, [0, 1, 100]] : [8, [0, 1, 300, MAX_ENVELOPE_BYTES, 3_000]]
  const envelopes = manyOf(most, random, () => anyBytes(pick(lengths, random), random))
  return encode(envelopes, rfc8949EncodeOptions)
}

const FRAMES: readonly ((random: Random) => unknown[])[] = [
  random => [
    'digest',
    randomBelow(2 ** 32, random),
    anyBytes(256, random),
    anyBytes(8, random),
    randomBelow(3, random)
  ],
  random => [
    'summary',
    anyBytes(randomBelow(65, random), random).map(byte => byte % 64),
    many(random, () => anyItem(random))
  ],
  random => ['want', many(random, () => anyPeer(random))],
  random => [pick(['records', 'push'], random), manyOf(few(random, 512), random, () => anyRecord(random))],
  random => ['suspicions', many(random, () => anySuspicion(random))],
  random => [pick(['prune', 'ping', 'pong', 'release'], random)],
  () => ['release', 'keep']
]

function anyItem(random: Random): unknown[] {
  return [anyPeer(random), anyCount(random), anyCount(random), randomBelow(2 ** 32, random), random() < 0.5]
}

function anySuspicion(random: Random): unknown[] {
  return [anyPeer(random), anyCount(random), anyCount(random), random() < 0.5, anyCount(random)]
}

/** So that 512 of them stay within the bound. */
function anyRecord(random: Random): unknown[] {
  return [anyCount(random), anyBytes(randomBelow(190, random), random), random() < 0.5]
}

function anyPeer(random: Random): Uint8Array {
  const [prefix, length] = pick(
    [
      ['1220', 32],
      ['002408011220', 32],
      ['002508021221', 33]
    ] as const,
    random
  )
  return Uint8Array.from(Buffer.concat([Buffer.from(prefix, 'hex'), anyBytes(length, random)]))
}

function anyValue(random: Random, depth: number): unknown {
  const kind = randomBelow(depth > 0 ? 6 : 4, random)
  if (kind === 0) return anyCount(random)
  if (kind === 1) return pick(NAMES, random)
  if (kind === 2) return anyBytes(randomBelow(20, random), random)
  if (kind === 3) return random() < 0.5
  if (kind === 4) return manyOf(3, random, () => anyValue(random, depth - 1))
  return new Map(manyOf(3, random, () => [pick(KEYS, random), anyValue(random, depth - 1)] as const))
}

/** Where a number takes another byte in CBOR, and around. */
function anyCount(random: Random): number {
  const around = pick([0, 23, 255, 65_535, 2 ** 32 - 1, 1_700_000_000_000, Number.MAX_SAFE_INTEGER - 1], random)
  return around + randomBelow(2, random)
}

function anyBytes(length: number, random: Random): Uint8Array {
  return Uint8Array.from({ length }, () => randomBelow(256, random))
}

function many<Item>(random: Random, make: () => Item): Item[] {
  return manyOf(few(random, 1_024), random, make)
}

/** Mostly few, so that a campaign tries many inputs; now and then as many as there may be. */
function few(random: Random, most: number): number {
  return random() < 0.005 ? most : 6
}

function manyOf<Item>(most: number, random: Random, make: () => Item): Item[] {
  return Array.from({ length: randomBelow(most + 1, random) }, make)
}

function prefixed(bytes: Uint8Array): Uint8Array[] {
  return [varint(bytes.length), bytes]
}
