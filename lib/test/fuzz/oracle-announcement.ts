/** Announcements as docs/PROTOCOL.md describes them, read with libp2p's own envelope, cborg and node:crypto. */
import { createPublicKey, verify } from 'node:crypto'
import type { PublicKey } from '@libp2p/interface'
import { peerIdFromPublicKey } from '@libp2p/peer-id'
import { RecordEnvelope } from '@libp2p/peer-record'
import { multiaddr } from '@multiformats/multiaddr'
import { encode, rfc8949EncodeOptions } from 'cborg'
import { expectedValue, type Value } from './oracle-cbor.ts'

/** What a reader must find in an envelope. */
export interface Expected {
  readonly announcement: Record<string, unknown>
  /** Undefined where it was not asked for, or the key is of another kind than Ed25519. */
  readonly isGenuine: boolean | undefined
  /** Undefined where it was not asked for. */
  readonly contentHash: number | undefined
}

const TYPES: Record<string, (value: Value) => boolean> = {
  peer: value => value instanceof Uint8Array,
  epoch: value => typeof value === 'number',
  seq: value => typeof value === 'number',
  name: value => typeof value === 'string',
  addrs: value => Array.isArray(value) && value.every(addr => addr instanceof Uint8Array),
  ttlMs: value => typeof value === 'number',
  leaving: value => typeof value === 'boolean',
  metadata: value =>
    value instanceof Map && [...value.values()].every(item => typeof item === 'string' || item instanceof Uint8Array)
}

/** What an Ed25519 key of 32 bytes is in the form that node:crypto takes: RFC 8410. */
const ED25519_SPKI = Buffer.from('302a300506032b6570032100', 'hex')

/**
 * Undefined for bytes that are to be refused, whoever signed them.
 *
 * @param isChecked - whether signature and content hash are asked for
 */
export function expectedAnnouncement(bytes: Uint8Array, topic: string, isChecked: boolean): Expected | undefined {
  const envelope = expectedEnvelope(bytes)
  if (envelope === undefined) return undefined
  const fields = expectedValue(envelope.payload)
  if (!(fields instanceof Map) || !isTyped(fields) || !isBounded(fields)) return undefined
  const peerId = peerIdFromPublicKey(envelope.publicKey as Parameters<typeof peerIdFromPublicKey>[0])
  if (Buffer.compare(fields.get('peer') as Uint8Array, peerId.toMultihash().bytes) !== 0) return undefined
  return {
    announcement: {
      ...Object.fromEntries(fields),
      peer: peerId.toString(),
      addrs: readable(fields.get('addrs') as Uint8Array[])
    },
    isGenuine: isChecked ? isGenuine(envelope, topic) : undefined,
    contentHash: isChecked ? expectedContentHash(fields) : undefined
  }
}

function expectedEnvelope(bytes: Uint8Array): RecordEnvelope | undefined {
  let envelope: RecordEnvelope
  try {
    envelope = RecordEnvelope.createFromProtobuf(bytes)
  } catch {
    return undefined
  }
  if (Buffer.compare(envelope.marshal(), bytes) !== 0 || bytes.length > 2048) return undefined
  if (Buffer.from(envelope.payloadType).toString('latin1') !== '/gossip-discovery/announcement/1') return undefined
  return envelope.signature.length > 0 && envelope.payload.length > 0 && isTaken(envelope.publicKey)
    ? envelope
    : undefined
}

function isTaken(key: PublicKey): boolean {
  if (key.type === 'Ed25519' || key.type === 'secp256k1') return true
  if (key.type !== 'RSA') return false
  const modulus = Buffer.from(key.jwk.n!, 'base64url')
  return key.jwk.e === 'AQAB' && modulus.length >= 256 && modulus.length <= 512 && modulus[0]! >= 0x80
}

function isTyped(fields: Map<string, Value>): boolean {
  const keys = Object.keys(TYPES)
  return fields.size === keys.length && keys.every(key => fields.has(key) && TYPES[key]!(fields.get(key)!))
}

function isBounded(fields: Map<string, Value>): boolean {
  const name = fields.get('name') as string
  const addrs = fields.get('addrs') as Uint8Array[]
  const ttlMs = fields.get('ttlMs') as number
  const metadata = fields.get('metadata') as Map<string, string | Uint8Array>
  const metadataBytes = [...metadata].reduce(
    (sum, pair) => sum + pair.reduce<number>((n, part) => n + sizeOf(part), 0),
    0
  )
  return (
    ttlMs >= 1_000 &&
    ttlMs <= 86_400_000 &&
    sizeOf(name) <= 64 &&
    isPlain(name) &&
    addrs.length <= 16 &&
    addrs.every(addr => addr.length >= 1 && addr.length <= 256) &&
    [...metadata.keys()].every(isPlain) &&
    metadataBytes <= 512
  )
}

function sizeOf(part: string | Uint8Array): number {
  return typeof part === 'string' ? Buffer.byteLength(part) : part.length
}

/** By the tables of the engine, where the library has a list. */
function isPlain(text: string): boolean {
  return !/[\p{Cc}\p{Cf}\u2028\u2029]/u.test(text.replace(/\u200c|\u200d|\ufe0e|\ufe0f/g, ''))
}

function readable(addrs: Uint8Array[]): string[] {
  return addrs.flatMap(bytes => {
    try {
      const text = multiaddr(bytes).toString()
      return isPlain(text) && Buffer.compare(multiaddr(text).bytes, bytes) === 0 ? [text] : []
    } catch {
      return []
    }
  })
}

function isGenuine({ publicKey, payload, payloadType, signature }: RecordEnvelope, topic: string): boolean | undefined {
  if (publicKey.type !== 'Ed25519') return undefined
  const domain = Buffer.from(`libp2p-gossip-discovery\0${topic}`)
  const signed = Buffer.concat([domain, payloadType, payload].flatMap(part => [varint(part.length), part]))
  const key = createPublicKey({ key: Buffer.concat([ED25519_SPKI, publicKey.raw]), format: 'der', type: 'spki' })
  return verify(null, signed, key, signature)
}

export function varint(value: number): Uint8Array {
  const bytes: number[] = []
  for (let rest = value; ; rest >>>= 7) {
    if (rest < 0x80) return Uint8Array.of(...bytes, rest)
    bytes.push((rest & 0x7f) | 0x80)
  }
}

/** FNV-1a and a finalizer, in whole numbers of any size. */
function expectedContentHash(fields: Map<string, Value>): number {
  const pairs = [...fields].filter(([key]) => key !== 'seq' && key !== 'ttlMs')
  const encoded = pairs.flatMap(pair => pair.map(part => encode(part, rfc8949EncodeOptions)))
  const mask = 0xffff_ffffn
  let hash = 0x811c9dc5n
  for (const byte of Buffer.concat([Uint8Array.of(0xa0 + fields.size), ...encoded])) {
    hash = ((hash ^ BigInt(byte)) * 0x01000193n) & mask
  }
  hash = ((hash ^ (hash >> 16n)) * 0x85ebca6bn) & mask
  hash = ((hash ^ (hash >> 13n)) * 0xc2b2ae35n) & mask
  return Number(BigInt.asIntN(32, hash ^ (hash >> 16n)))
}
