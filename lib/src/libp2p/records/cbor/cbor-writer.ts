/** Writes the subset of CBOR that `cbor-reader.ts` reads: each value in its one encoding. */
import { compare } from 'uint8arrays/compare'
import { ARRAY, BYTES, FALSE, MAP, TEXT, TRUE, UINT } from './cbor-reader.ts'

const utf8Encoder = new TextEncoder()

/** What {@link encodeCbor} writes. Texts must be well-formed, numbers whole and from 0 to 2^53 - 1. */
export type CborValue =
  | number
  | string
  | boolean
  | Uint8Array
  | readonly CborValue[]
  | ReadonlyMap<string, CborValue>
  | { readonly [key: string]: CborValue }

/**
 * Writes the one encoding of a value; maps and objects come out in the order that the encoding asks for.
 *
 * @throws {RangeError} for a number outside of the subset
 */
export function encodeCbor(value: CborValue): Uint8Array {
  const writer = new CborWriter()
  writer.value(value)
  return writer.written()
}

class CborWriter {
  #bytes = new Uint8Array(512)
  #at = 0

  value(value: CborValue): void {
    if (typeof value === 'number') this.#head(UINT, value)
    else if (typeof value === 'boolean') this.#push(Uint8Array.of(value ? TRUE : FALSE))
    else if (typeof value === 'string') this.#string(TEXT, utf8Encoder.encode(value))
    else if (value instanceof Uint8Array) this.#string(BYTES, value)
    else if (Array.isArray(value)) this.#array(value)
    else this.#map(value instanceof Map ? [...value] : Object.entries(value))
  }

  written(): Uint8Array {
    return this.#bytes.slice(0, this.#at)
  }

  #array(items: readonly CborValue[]): void {
    this.#head(ARRAY, items.length)
    for (const item of items) this.value(item)
  }

  #map(pairs: [string, CborValue][]): void {
    const encoded = pairs.map(([key, value]) => ({ key: encodeCbor(key), value }))
    this.#head(MAP, pairs.length)
    for (const { key, value } of encoded.sort((a, b) => compare(a.key, b.key))) {
      this.#push(key)
      this.value(value)
    }
  }

  #string(major: number, bytes: Uint8Array): void {
    this.#head(major, bytes.length)
    this.#push(bytes)
  }

  #head(major: number, argument: number): void {
    if (!Number.isSafeInteger(argument) || argument < 0) throw new RangeError(`${argument} has no encoding`)
    const size = argument < 24 ? 0 : argument < 0x100 ? 1 : argument < 0x1_0000 ? 2 : argument < 0x1_0000_0000 ? 4 : 8
    this.#reserve(1 + size)
    this.#bytes[this.#at] = (major << 5) | (size === 0 ? argument : 24 + Math.log2(size))
    let rest = argument
    for (let at = this.#at + size; at > this.#at; at--) {
      this.#bytes[at] = rest % 256
      rest = Math.floor(rest / 256)
    }
    this.#at += 1 + size
  }

  #push(bytes: Uint8Array): void {
    this.#reserve(bytes.length)
    this.#bytes.set(bytes, this.#at)
    this.#at += bytes.length
  }

  #reserve(length: number): void {
    if (this.#at + length <= this.#bytes.length) return
    const grown = new Uint8Array(2 * (this.#at + length))
    grown.set(this.#bytes.subarray(0, this.#at))
    this.#bytes = grown
  }
}
