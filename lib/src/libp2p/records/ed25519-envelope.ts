/**
 * The envelope of an announcement by an Ed25519 key, taken apart without a decoder: there is one layout that is right, and
 * whatever has another is left to libp2p.
 */
import { concat } from 'uint8arrays/concat'

/** Separates these signatures from every other use of a peer's key. */
export const ENVELOPE_DOMAIN = 'libp2p-gossip-discovery'

/** The major version is the last part: a node refuses what it cannot know. */
export const PAYLOAD_TYPE = '/gossip-discovery/announcement/1'

export const payloadTypeBytes = new TextEncoder().encode(PAYLOAD_TYPE)
const domainBytes = new TextEncoder().encode(ENVELOPE_DOMAIN)

/** The first field has 36 bytes: the type of the key, then the key itself. */
const KEY_PREFIX = Uint8Array.of(0x0a, 0x24, 0x08, 0x01, 0x12, 0x20)
export const KEY_AT = KEY_PREFIX.length
export const KEY_END = KEY_AT + 32

/** The second is the type of the payload. The third is the payload, which begins with its length. */
const TYPE_FIELD = Uint8Array.of(0x12, payloadTypeBytes.length, ...payloadTypeBytes, 0x1a)
const LENGTH_AT = KEY_END + TYPE_FIELD.length

/** The last is the signature. */
export const SIGNATURE_BYTES = 64
const SIGNATURE_PREFIX = Uint8Array.of(0x2a, SIGNATURE_BYTES)
const SIGNATURE_FIELD_BYTES = SIGNATURE_PREFIX.length + SIGNATURE_BYTES

/** RFC 0002: domain, type and payload are signed, each after its length. */
const SIGNED_PREFIX = Uint8Array.of(domainBytes.length, ...domainBytes, payloadTypeBytes.length, ...payloadTypeBytes)

/** How much earlier the payload is in what is signed. */
export const SIGNED_EARLIER_BYTES = LENGTH_AT - SIGNED_PREFIX.length

/** The multihash of a peer is no hash but the first field itself, without its tag, after a zero that says so. */
const MULTIHASH_AT = 1

export interface Ed25519Envelope {
  readonly key: Uint8Array
  /** Of the signer's peer id. */
  readonly multihash: Uint8Array
  readonly payload: Uint8Array
  readonly payloadAt: number
  readonly signature: Uint8Array
}

/** Undefined for the envelope of another key, and for whatever is none in its one encoding. */
export function ed25519Envelope(bytes: Uint8Array): Ed25519Envelope | undefined {
  const payloadAt = LENGTH_AT + (bytes[LENGTH_AT]! < 0x80 ? 1 : 2)
  const signatureAt = bytes.byteLength - SIGNATURE_BYTES
  const payloadEnd = bytes.byteLength - SIGNATURE_FIELD_BYTES
  if (payloadLength(bytes) !== payloadEnd - payloadAt || payloadEnd === payloadAt) return undefined
  if (!has(bytes, 0, KEY_PREFIX) || !has(bytes, KEY_END, TYPE_FIELD) || !has(bytes, payloadEnd, SIGNATURE_PREFIX)) {
    return undefined
  }
  return {
    key: bytes.subarray(KEY_AT, KEY_END),
    multihash: Uint8Array.of(0, ...bytes.subarray(MULTIHASH_AT, KEY_END)),
    payload: bytes.subarray(payloadAt, payloadEnd),
    payloadAt,
    signature: bytes.subarray(signatureAt)
  }
}

/** What is signed of such an envelope, as a copy. */
export function signedBytes(bytes: Uint8Array): Uint8Array {
  return concat([SIGNED_PREFIX, bytes.subarray(LENGTH_AT, -SIGNATURE_FIELD_BYTES)])
}

/** A varint of at most two bytes, which is enough for an announcement; undefined for a longer one, or one with a byte to spare. */
function payloadLength(bytes: Uint8Array): number | undefined {
  const [low, high] = [bytes[LENGTH_AT]!, bytes[LENGTH_AT + 1]!]
  if (low < 0x80) return low
  return high > 0 && high < 0x80 ? (low & 0x7f) + high * 0x80 : undefined
}

function has(bytes: Uint8Array, at: number, part: Uint8Array): boolean {
  return part.every((byte, i) => bytes[at + i] === byte)
}
