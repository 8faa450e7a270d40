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

/** An envelope that was opened a short while ago, recognised by its bytes. */
export const COPY_US = 5

/** An entry of the book that is looked at for an answer, or hashed into a salted digest. */
export const ENTRY_US = 0.5

/** The kinds of key that sign announcements. */
export type KeyKind = 'Ed25519' | 'secp256k1' | 'RSA'

/**
 * What it costs to verify a signature by a key that was not seen before: 137 for Ed25519, 1,399 for secp256k1, which is verified in
 * JavaScript, and 115 to 137 for RSA of 2,048 to 4,096 bits, most of it on the way to another thread. An RSA key has the exponent 65537:
 * one as long as the modulus would cost 6,682.
 */
export const SIGNATURE_US: Readonly<Record<KeyKind, number>> = { Ed25519: 140, secp256k1: 1_400, RSA: 140 }
