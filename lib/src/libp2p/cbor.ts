/** CBOR as this package writes and reads it: the deterministic encoding of RFC 8949, section 4.2.1, without tags. */
import { decode, encode, rfc8949EncodeOptions } from 'cborg'

const decodeOptions = { strict: true, useMaps: true, allowIndefinite: false, allowUndefined: false, allowBigInt: false }

export function encodeCbor(value: unknown): Uint8Array {
  return encode(value, rfc8949EncodeOptions)
}

/**
 * Maps come as `Map`, byte strings as copies.
 *
 * @throws {Error} when truncated, followed by more bytes, nested too deeply, tagged, or not in the shortest form
 */
export function decodeCbor(bytes: Uint8Array): unknown {
  return decode(bytes, decodeOptions)
}
