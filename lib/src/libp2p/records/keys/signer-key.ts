/** The keys that may sign announcements, told apart by their bytes alone. */
import { publicKeyFromProtobuf } from '@libp2p/crypto/keys'
import { concat } from 'uint8arrays/concat'
import { equals } from 'uint8arrays/equals'
import type { KeyKind } from '../../../core/bounds/prices.ts'
import { ed25519Verifier } from './ed25519.ts'

/** A public key, its kind known from its bytes. Whether it is a point of its curve, only {@link verifierOf} finds out. */
export interface SignerKey {
  readonly kind: KeyKind
  /** As libp2p's protobuf. */
  readonly bytes: Uint8Array
}

/** Whether the signature is the key's, over these data. */
export type Verifier = (data: Uint8Array, signature: Uint8Array) => boolean | Promise<boolean>

/** libp2p's protobuf of a key: its type, and the length of what follows. secp256k1 points are compressed. */
const ED25519_PREFIX = Uint8Array.of(0x08, 0x01, 0x12, 0x20)
const SECP256K1_PREFIX = Uint8Array.of(0x08, 0x02, 0x12, 0x21)
const ED25519_BYTES = ED25519_PREFIX.length + 32
const SECP256K1_BYTES = SECP256K1_PREFIX.length + 33

/** Protobuf and DER around the modulus of an RSA key. */
const RSA_FRAME_BYTES = 43
const RSA_MIN_MODULUS_BYTES = 2048 / 8
const RSA_MAX_MODULUS_BYTES = 4096 / 8

/** The exponent 65537, which every libp2p uses. With one as long as the modulus a signature costs fifty times as much. */
const RSA_SUFFIX = Uint8Array.of(0x02, 0x03, 0x01, 0x00, 0x01)

/** An algorithm identifier: RSA, without parameters. RFC 8017. */
const RSA_ALGORITHM = Uint8Array.of(0x30, 0x0d, 0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 1, 0x05, 0x00)

/** Undefined for a kind or size of key that this protocol does not take. */
export function signerKey(bytes: Uint8Array): SignerKey | undefined {
  if (bytes.length === ED25519_BYTES && startsWith(bytes, ED25519_PREFIX)) {
    return { kind: 'Ed25519', bytes }
  }
  if (bytes.length === SECP256K1_BYTES && startsWith(bytes, SECP256K1_PREFIX)) {
    return { kind: 'secp256k1', bytes }
  }
  const modulusBytes = bytes.length - RSA_FRAME_BYTES
  return isRsaKey(bytes, modulusBytes) ? { kind: 'RSA', bytes } : undefined
}

/** The peer id of the key, as a multihash: a short key itself, or the SHA-256 of a long one. */
export function multihashOf({ kind, bytes }: SignerKey): Uint8Array {
  if (kind === 'RSA') return publicKeyFromProtobuf(bytes).toMultihash().bytes
  return concat([Uint8Array.of(0x00, bytes.length), bytes])
}

/**
 * Parses the key, once for all the signatures that it is used for.
 *
 * @throws {Error} of some kind when it is no point of its curve
 */
export function verifierOf({ kind, bytes }: SignerKey): Verifier {
  const fast = kind === 'Ed25519' ? ed25519Verifier(bytes.subarray(ED25519_PREFIX.length)) : undefined
  if (fast !== undefined) return fast
  const publicKey = publicKeyFromProtobuf(bytes)
  return (data, signature) => publicKey.verify(data, signature)
}

/** Most bytes that a signature of the key has; those of points of a curve are now and then shorter. */
export function longestSignature({ kind, bytes }: SignerKey): number {
  if (kind === 'RSA') return bytes.length - RSA_FRAME_BYTES
  return kind === 'Ed25519' ? 64 : 72
}

/** One layout for each length of the modulus, the first bit of which is set. */
function isRsaKey(bytes: Uint8Array, modulusBytes: number): boolean {
  if (modulusBytes < RSA_MIN_MODULUS_BYTES || modulusBytes > RSA_MAX_MODULUS_BYTES) return false
  const prefix = rsaPrefix(modulusBytes)
  const suffix = bytes.subarray(-RSA_SUFFIX.length)
  return startsWith(bytes, prefix) && bytes[prefix.length]! >= 0x80 && equals(suffix, RSA_SUFFIX)
}

/** RFC 8017 in RFC 5280 in libp2p's protobuf. A zero before the modulus says that it is no negative number. */
function rsaPrefix(modulusBytes: number): Uint8Array {
  const derBytes = modulusBytes + 38
  return concat([
    Uint8Array.of(0x08, 0x00, 0x12, (derBytes & 0x7f) | 0x80, derBytes >> 7),
    derHead(0x30, modulusBytes + 34),
    RSA_ALGORITHM,
    derHead(0x03, modulusBytes + 15),
    Uint8Array.of(0x00),
    derHead(0x30, modulusBytes + 10),
    derHead(0x02, modulusBytes + 1),
    Uint8Array.of(0x00)
  ])
}

/** A tag and a length of two bytes. */
function derHead(tag: number, length: number): Uint8Array {
  return Uint8Array.of(tag, 0x82, length >> 8, length & 0xff)
}

function startsWith(bytes: Uint8Array, prefix: Uint8Array): boolean {
  return equals(bytes.subarray(0, prefix.length), prefix)
}
