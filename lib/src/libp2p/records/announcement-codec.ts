/**
 * An announcement as bytes: a CBOR map in libp2p's signed envelope (RFC 0002). docs/PROTOCOL.md holds golden vectors.
 *
 * Decoding is strict: whatever would not encode to the very same bytes is refused, so one announcement has one encoding.
 */

import type { PeerId, PrivateKey } from '@libp2p/interface'
import { peerIdFromPublicKey, peerIdFromString } from '@libp2p/peer-id'
import { RecordEnvelope } from '@libp2p/peer-record'
import { CODE_IP4, CODE_TCP, multiaddr } from '@multiformats/multiaddr'
import { equals } from 'uint8arrays/equals'
import {
  type Announcement,
  announcementFault,
  BOUNDS,
  type SignedAnnouncement,
  signedAnnouncement
} from '../../core/index.ts'
import { AnnouncementDecodeError, GossipDiscoveryError } from '../errors.ts'
import { peerIdFromBytes, peerKeyOf } from '../peer-ids.ts'
import { readCanonicalCbor } from './canonical-cbor.ts'
import { decodeCbor, encodeCbor } from './cbor.ts'
import { ENVELOPE_DOMAIN, ed25519Envelope, payloadTypeBytes, signedBytes } from './ed25519-envelope.ts'

const PAYLOAD_TYPE_FAMILY = '/gossip-discovery/announcement/'

/** IPv4 and port, each after its code. */
const TCP_ADDR_BYTES = 8

const KEYS = ['peer', 'epoch', 'seq', 'name', 'addrs', 'ttlMs', 'leaving', 'metadata'] as const

/** An announcement whose signature has not been checked yet. */
export interface UnverifiedAnnouncement {
  readonly announcement: Announcement
  /**
   * @throws {AnnouncementDecodeError} `bad-signature`
   */
  readonly verify: () => SignedAnnouncement | Promise<SignedAnnouncement>
}

/**
 * Signs an announcement with its subject's key. Addresses that do not fit into an envelope are left out, the last first.
 *
 * @example
 * ```ts
 * import { generateKeyPair } from '@libp2p/crypto/keys'
 * import { peerIdFromPrivateKey } from '@libp2p/peer-id'
 * import { signAnnouncement } from 'libp2p-gossip-discovery'
 *
 * const privateKey = await generateKeyPair('Ed25519')
 * const { envelope } = await signAnnouncement(
 *   {
 *     peer: peerIdFromPrivateKey(privateKey).toString(),
 *     epoch: Date.now(),
 *     seq: 1,
 *     name: 'alice',
 *     addrs: ['/ip4/192.0.2.1/tcp/4001'],
 *     ttlMs: 30_000,
 *     leaving: false,
 *     metadata: new Map()
 *   },
 *   privateKey
 * )
 * ```
 *
 * @returns what every receiver will decode
 * @throws {GossipDiscoveryError} `Serialization` when no receiver would accept it
 */
export async function signAnnouncement(
  announcement: Announcement,
  privateKey: PrivateKey
): Promise<SignedAnnouncement> {
  const envelope = await sealPayload(
    serialized(() => encodePayload(announcement)),
    privateKey
  )
  if (envelope.byteLength > BOUNDS.envelopeBytes && announcement.addrs.length > 0) {
    return await signAnnouncement({ ...announcement, addrs: announcement.addrs.slice(0, -1) }, privateKey)
  }
  return signedAnnouncement(
    serialized(() => decodeAnnouncement(envelope).announcement),
    envelope
  )
}

/**
 * Decodes and verifies in one go.
 *
 * @example
 * ```ts
 * import { openAnnouncement } from 'libp2p-gossip-discovery'
 *
 * async function show(envelope: Uint8Array): Promise<void> {
 *   const { announcement } = await openAnnouncement(envelope)
 *   console.log(announcement.name, announcement.addrs)
 * }
 * ```
 *
 * @throws {AnnouncementDecodeError} for whatever is wrong with the bytes
 */
export async function openAnnouncement(bytes: Uint8Array): Promise<SignedAnnouncement> {
  return await decodeAnnouncement(bytes).verify()
}

/**
 * Everything but the signature, which costs a hundred times as much as the rest: look first whether the record is news.
 *
 * @throws {AnnouncementDecodeError} for whatever is wrong with the bytes, except `bad-signature`
 */
export function decodeAnnouncement(bytes: Uint8Array): UnverifiedAnnouncement {
  if (bytes.byteLength > BOUNDS.envelopeBytes) {
    throw new AnnouncementDecodeError('too-large', `${bytes.byteLength} > ${BOUNDS.envelopeBytes} bytes`)
  }
  const envelope = decodeEnvelope(bytes)
  const announcement = decodePayload(envelope.payload, envelope.signer)
  const fault = announcementFault(announcement)
  if (fault !== undefined) throw new AnnouncementDecodeError(fault)
  return {
    announcement,
    async verify() {
      // Some keys throw instead, when a signature has another length than theirs.
      const isGenuine = await envelope.isGenuine().catch(() => false)
      if (!isGenuine) throw new AnnouncementDecodeError('bad-signature')
      return signedAnnouncement(announcement, bytes)
    }
  }
}

/** The CBOR payload of an announcement, the part that is signed. */
export function encodePayload(announcement: Announcement): Uint8Array {
  const { peer, epoch, seq, name, addrs, ttlMs, leaving, metadata } = announcement
  return encodeCbor({
    peer: peerIdFromString(peer).toMultihash().bytes,
    epoch,
    seq,
    name,
    addrs: addrs.map(addr => multiaddr(addr).bytes),
    ttlMs,
    leaving,
    metadata
  })
}

/**
 * @throws {GossipDiscoveryError} `Serialization` when the step fails
 */
function serialized<T>(step: () => T): T {
  try {
    return step()
  } catch (cause) {
    const why = cause instanceof AnnouncementDecodeError ? cause.fault : (cause as Error).message
    throw new GossipDiscoveryError('Serialization', `no receiver would accept the announcement: ${why}`, { cause })
  }
}

async function sealPayload(payload: Uint8Array, privateKey: PrivateKey): Promise<Uint8Array> {
  const record = { domain: ENVELOPE_DOMAIN, codec: payloadTypeBytes, marshal: () => payload, equals: () => false }
  return (await RecordEnvelope.seal(record, privateKey)).marshal()
}

/** An envelope of a payload of ours. */
interface Envelope {
  readonly payload: Uint8Array
  readonly signer: PeerId
  readonly isGenuine: () => Promise<boolean>
}

function decodeEnvelope(bytes: Uint8Array): Envelope {
  const parts = ed25519Envelope(bytes)
  if (parts === undefined) return decodeAnyEnvelope(bytes)
  const { multihash, payload, signature } = parts
  const signer = peerIdFromBytes(multihash)
  const isGenuine = async (): Promise<boolean> => await signer.publicKey!.verify(signedBytes(bytes), signature)
  return { payload, signer, isGenuine }
}

function decodeAnyEnvelope(bytes: Uint8Array): Envelope {
  let envelope: RecordEnvelope
  try {
    envelope = RecordEnvelope.createFromProtobuf(bytes)
  } catch {
    throw new AnnouncementDecodeError('malformed-envelope')
  }
  if (!equals(envelope.marshal(), bytes))
    throw new AnnouncementDecodeError('malformed-envelope', 'not in its one encoding')
  if (!equals(envelope.payloadType, payloadTypeBytes)) {
    const isOurs = new TextDecoder().decode(envelope.payloadType).startsWith(PAYLOAD_TYPE_FAMILY)
    throw new AnnouncementDecodeError(isOurs ? 'unknown-version' : 'unknown-payload-type')
  }
  const { payload, publicKey } = envelope
  const isGenuine = async (): Promise<boolean> => await envelope.validate(ENVELOPE_DOMAIN)
  return { payload, signer: peerIdFromPublicKey(publicKey), isGenuine }
}

function decodePayload(payload: Uint8Array, signer: PeerId): Announcement {
  const canonical = readCanonicalCbor(payload)
  const fields = canonical instanceof Map ? canonical : decodeMap(payload)
  for (const key of fields.keys()) {
    if (!KEYS.includes(key as (typeof KEYS)[number])) throw new AnnouncementDecodeError('unknown-key')
  }
  const announcement = announcementOf(fields, signer)
  if (fields !== canonical && !equals(encodeCbor(fields), payload)) throw new AnnouncementDecodeError('not-canonical')
  return announcement
}

function decodeMap(payload: Uint8Array): ReadonlyMap<unknown, unknown> {
  let decoded: unknown
  try {
    decoded = decodeCbor(payload)
  } catch {
    throw new AnnouncementDecodeError('malformed-payload')
  }
  if (!(decoded instanceof Map)) throw new AnnouncementDecodeError('malformed-payload', 'not a map')
  // A map of fewer than 24 pairs says how many in its first byte; the decoder keeps only the last of two equal keys.
  const pairs = payload[0]! & 0x1f
  if (pairs < 24 && pairs > decoded.size) throw new AnnouncementDecodeError('duplicate-key')
  return decoded
}

function announcementOf(fields: ReadonlyMap<unknown, unknown>, signer: PeerId): Announcement {
  if (!equals(field(fields, 'peer', isBytes), signer.toMultihash().bytes))
    throw new AnnouncementDecodeError('wrong-peer')
  return {
    peer: peerKeyOf(signer),
    epoch: field(fields, 'epoch', isNumber),
    seq: field(fields, 'seq', isNumber),
    name: field(fields, 'name', isText),
    addrs: field(fields, 'addrs', isAddrs).map(addrText),
    ttlMs: field(fields, 'ttlMs', isNumber),
    leaving: field(fields, 'leaving', isBoolean),
    metadata: field(fields, 'metadata', isMetadata)
  }
}

function field<T>(fields: ReadonlyMap<unknown, unknown>, key: string, is: (value: unknown) => value is T): T {
  if (!fields.has(key)) throw new AnnouncementDecodeError('missing-key', key)
  const value = fields.get(key)
  if (!is(value)) throw new AnnouncementDecodeError('wrong-type', key)
  return value
}

const isBytes = (value: unknown): value is Uint8Array => value instanceof Uint8Array
const isNumber = (value: unknown): value is number => typeof value === 'number'
const isText = (value: unknown): value is string => typeof value === 'string'
const isBoolean = (value: unknown): value is boolean => typeof value === 'boolean'
const isAddrs = (value: unknown): value is Uint8Array[] => Array.isArray(value) && value.every(isBytes)
const isMetadata = (value: unknown): value is Map<string, string | Uint8Array> =>
  value instanceof Map && [...value].every(([key, item]) => isText(key) && (isText(item) || isBytes(item)))

/** The text of an address, which must lead back to the very same bytes. */
function addrText(bytes: Uint8Array): string {
  if (bytes.length === TCP_ADDR_BYTES && bytes[0] === CODE_IP4 && bytes[5] === CODE_TCP) return tcpAddrText(bytes)
  try {
    const text = multiaddr(bytes).toString()
    if (bytes.length > 0 && equals(multiaddr(text).bytes, bytes)) return text
  } catch {
    // An unknown protocol, a value cut short, or a text that is no address.
  }
  throw new AnnouncementDecodeError('bad-addr')
}

/** The most common kind by far: libp2p would take half as long for the two conversions as for the signature. */
function tcpAddrText(bytes: Uint8Array): string {
  return `/ip4/${bytes.subarray(1, 5).join('.')}/tcp/${bytes[6]! * 256 + bytes[7]!}`
}
