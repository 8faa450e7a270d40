/**
 * What work for others costs, in microseconds of processor. Constants, so that the core decides alike on every machine.
 *
 * All measured in one run on one core of a shared 2-core machine under Node 24 (medians of 300 or more), and rounded up.
 */

/** A frame of a sync stream, read, apart from what it holds: 1.1 to decode a ping, the rest for stream and promises. */
export const FRAME_US = 5

/** A byte of a frame, read or written: 88 kB of records take 166 to decode and 134 to encode; encryption as much again. */
export const BYTE_US = 0.005

/** An item of a summary, wish or message of suspicions, read or written: 1,024 take 9,800 to decode, since peer ids are parsed. */
export const ITEM_US = 10

/** An envelope taken apart and checked, all but its signature: 39 for one that is right, 7 to 33 for one that is refused. */
export const ENVELOPE_US = 40

/** An entry of the book that is looked at for an answer, or hashed into a salted digest. */
export const ENTRY_US = 0.5

/** A kind of key that can sign an envelope, with the bits of an RSA key's public exponent: 17 for any that is not made to be dear. */
export type SignatureKind =
  | { readonly type: 'Ed25519' | 'secp256k1' | 'ECDSA' }
  | { readonly type: 'RSA'; readonly exponentBits: number }

/** A signature by a key that was not seen before: 137. */
const ED25519_US = 140

/** 1,399: verified in JavaScript. ECDSA, which libp2p does not verify everywhere, is taken for as dear. */
const SECP256K1_US = 1_400

/**
 * RSA: 115 to 137 for 2,048 to 4,096 bits with the usual exponent, most of it on the way to another thread. Each bit of the exponent
 * costs 1.1 at 2,048 bits and 2.2 at 3,072: 6,682 in all for the longest exponent that OpenSSL takes.
 */
const RSA_US = 140
const RSA_EXPONENT_BIT_US = 2.2

/** What it costs to verify a signature. */
export function signaturePriceUs(kind: SignatureKind): number {
  if (kind.type === 'Ed25519') return ED25519_US
  return kind.type === 'RSA' ? RSA_US + kind.exponentBits * RSA_EXPONENT_BIT_US : SECP256K1_US
}
