/** By what kind of key an envelope is signed, read off its bytes: the price of a signature is asked before it is verified. */
import type { SignatureKind } from '../../core/index.ts'

/** Field numbers of the envelope's and the key's protobufs, as tags of their values. */
const KEY_FIELD = 0x0a
const SIGNATURE_FIELD = 0x2a
const TYPE_TAG = 0x08
const DATA_FIELD = 0x12

/** libp2p's numbers of the types of keys; 0 is RSA. */
const TYPES = { 1: 'Ed25519', 2: 'secp256k1', 3: 'ECDSA' } as const

/** An RSA key is a modulus as long as the signature, an exponent, and so many bytes around them. */
const RSA_AROUND_BYTES = 35

/** @param envelope - one that was decoded: fields in order, none missing */
export function signatureKindOf(envelope: Uint8Array): SignatureKind {
  const key = fieldOf(envelope, KEY_FIELD)
  if (key?.[0] !== TYPE_TAG) return { type: 'ECDSA' }
  const type = TYPES[key[1] as keyof typeof TYPES]
  if (type !== undefined) return { type }
  const keyBytes = fieldOf(key.subarray(2), DATA_FIELD)?.byteLength ?? 0
  const modulusBytes = fieldOf(envelope, SIGNATURE_FIELD)?.byteLength ?? 0
  return { type: 'RSA', exponentBits: 8 * Math.max(0, keyBytes - modulusBytes - RSA_AROUND_BYTES) }
}

/** The value of a field of bytes, or undefined if there is none. */
function fieldOf(message: Uint8Array, field: number): Uint8Array | undefined {
  let at = 0
  while (at < message.byteLength) {
    const tag = message[at]
    let length = 0
    let shift = 0
    do {
      at++
      length |= (message[at]! & 0x7f) << shift
      shift += 7
    } while (message[at]! >= 0x80 && shift < 21)
    if (tag === field) return message.subarray(at + 1, at + 1 + length)
    at += 1 + length
  }
  return undefined
}
