/**
 * CBOR as this package writes it: the deterministic encoding of RFC 8949, section 4.2.1, without tags.
 *
 * cbor-x leaves maps in the order in which they were filled and writes numbers beyond 32 bits as floats, so values are put
 * into shape first. It reads more than that: whoever must be strict compares with what {@link encodeCbor} makes of it.
 */
// By these names no native addon is looked for, which takes a program 10 ms at its start and gains nothing with short texts.
import { Decoder } from 'cbor-x/decode'
import { Encoder, type Options } from 'cbor-x/encode'
import { compare } from 'uint8arrays/compare'

// `int64AsNumber` is an option that the package's types leave out.
const options: Options & { int64AsNumber: boolean } = {
  useRecords: false,
  mapsAsObjects: false,
  variableMapSize: true,
  tagUint8Array: false,
  int64AsNumber: true
}
const encoder = new Encoder(options)
const decoder = new Decoder(options)

export function encodeCbor(value: unknown): Uint8Array {
  return Uint8Array.from(encoder.encode(shaped(value)))
}

/**
 * Maps come as `Map`, byte strings as copies: a view would keep the whole message alive.
 *
 * @throws {Error} of some kind, when truncated, followed by more bytes, nested too deeply, or otherwise unreadable
 */
export function decodeCbor(bytes: Uint8Array): unknown {
  // A view of its own, since cbor-x leaves a property on what it reads.
  return copied(decoder.decode(bytes.subarray()))
}

function shaped(value: unknown): unknown {
  if (typeof value === 'number') return Number.isInteger(value) && value > 0xffff_ffff ? BigInt(value) : value
  if (Array.isArray(value)) return value.map(shaped)
  if (value instanceof Map) return sortedMap([...value])
  if (typeof value === 'object' && value?.constructor === Object) return sortedMap(Object.entries(value))
  return value
}

/** In order of the encoded keys, bytewise. */
function sortedMap(pairs: [unknown, unknown][]): Map<unknown, unknown> {
  return new Map(
    pairs
      .map(([key, value]) => ({ bytes: Uint8Array.from(encoder.encode(key)), key, value: shaped(value) }))
      .sort((a, b) => compare(a.bytes, b.bytes))
      .map(({ key, value }) => [key, value])
  )
}

function copied(value: unknown): unknown {
  if (value instanceof Uint8Array) return Uint8Array.from(value)
  if (Array.isArray(value)) return value.map(copied)
  if (value instanceof Map) return new Map([...value].map(([key, item]) => [copied(key), copied(item)]))
  return value
}
