/**
 * Reads the one encoding of a value, as `encodeCbor` writes it, in a single pass: what comes out need not be encoded again in
 * order to be compared. Knows whole numbers, texts, byte strings, booleans, lists, and maps whose keys are texts.
 */
import { compare } from 'uint8arrays/compare'

type Value = number | string | boolean | Uint8Array | Value[] | Map<string, Value>

/** An announcement nests three deep. */
const MAX_DEPTH = 4

/** In place of bytes that are no UTF-8; and a mark that some decoders drop. Whoever has these needs the general decoder. */
const DOUBTFUL = /[\ufffd\ufeff]/

const utf8 = new TextDecoder('utf-8', { ignoreBOM: true })

/** Undefined for anything else than the one encoding of a value: what it is, the general decoder can say. */
export function readCanonicalCbor(bytes: Uint8Array): Value | undefined {
  const reader = new Reader(bytes)
  const value = reader.value(MAX_DEPTH)
  return reader.at === bytes.byteLength ? value : undefined
}

class Reader {
  at = 0
  readonly #bytes: Uint8Array

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes
  }

  value(depth: number): Value | undefined {
    const head = this.#bytes[this.at++]
    if (head === undefined) return undefined
    if (head === 0xf4 || head === 0xf5) return head === 0xf5
    const count = this.#count(head & 0x1f)
    if (count === undefined) return undefined
    switch (head >> 5) {
      case 0:
        return count
      case 2:
        return copied(this.#taken(count))
      case 3:
        return this.#text(count)
      case 4:
        return depth > 0 ? this.#list(count, depth - 1) : undefined
      case 5:
        return depth > 0 ? this.#map(count, depth - 1) : undefined
      default:
        return undefined
    }
  }

  /** A number, in as few bytes as it can be. */
  #count(info: number): number | undefined {
    if (info < 24) return info
    if (info > 27) return undefined
    const length = 2 ** (info - 24)
    let count = 0
    for (let i = 0; i < length; i++) count = count * 256 + (this.#bytes[this.at++] ?? Number.NaN)
    const least = length === 1 ? 24 : 2 ** (4 * length)
    return count >= least && count <= Number.MAX_SAFE_INTEGER ? count : undefined
  }

  #taken(length: number): Uint8Array | undefined {
    const from = this.at
    this.at += length
    return this.at <= this.#bytes.byteLength ? this.#bytes.subarray(from, this.at) : undefined
  }

  #text(length: number): string | undefined {
    const bytes = this.#taken(length)
    if (bytes === undefined) return undefined
    const text = utf8.decode(bytes)
    return DOUBTFUL.test(text) ? undefined : text
  }

  #list(length: number, depth: number): Value[] | undefined {
    const items: Value[] = []
    for (let i = 0; i < length; i++) {
      const item = this.value(depth)
      if (item === undefined) return undefined
      items.push(item)
    }
    return items
  }

  /** Keys in the order of their encodings: none comes twice. */
  #map(length: number, depth: number): Map<string, Value> | undefined {
    const map = new Map<string, Value>()
    let former: Uint8Array = new Uint8Array()
    for (let i = 0; i < length; i++) {
      const from = this.at
      const key = this.value(0)
      const encoded = this.#bytes.subarray(from, this.at)
      if (typeof key !== 'string' || compare(former, encoded) >= 0) return undefined
      const item = this.value(depth)
      if (item === undefined) return undefined
      map.set(key, item)
      former = encoded
    }
    return map
  }
}

/** A view would keep the whole message alive. */
function copied(view: Uint8Array | undefined): Uint8Array | undefined {
  return view === undefined ? undefined : new Uint8Array(view)
}
