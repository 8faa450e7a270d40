/** CBOR as this package writes and reads it: plain maps, the shortest integers, nothing of cbor-x's own. */
import { Decoder, Encoder, type Options } from 'cbor-x'

// `int64AsNumber` is an option that the package's types leave out.
const decoderOptions: Options & { int64AsNumber: boolean } = {
  useRecords: false,
  mapsAsObjects: false,
  int64AsNumber: true
}

const encoder = new Encoder({ useRecords: false, variableMapSize: true, tagUint8Array: false })
const decoder = new Decoder(decoderOptions)

export function encodeCbor(value: unknown): Uint8Array {
  return encoder.encode(value)
}

/**
 * Maps come as `Map`, byte strings as views into `bytes`.
 *
 * @throws when truncated, followed by more bytes, nested too deeply, or otherwise unreadable: cbor-x throws errors of many kinds
 */
export function decodeCbor(bytes: Uint8Array): unknown {
  return decoder.decode(bytes)
}

/** cbor-x writes numbers beyond 32 bits as floats, and big integers as integers. */
export function cborUint(value: number): number | bigint {
  return value > 0xffff_ffff ? BigInt(value) : value
}
