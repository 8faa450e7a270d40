/**
 * CBOR as this protocol uses it: a subset of the deterministic encoding of RFC 8949, section 4.2.1, in which each value has
 * exactly one encoding. {@link CborReader} reads every byte that comes from outside: announcements, frames, snapshots.
 *
 * The subset: unsigned integers up to 2^53 - 1, byte strings, valid UTF-8, booleans, arrays, and maps whose keys are texts in
 * bytewise order of their encodings, each once. Integers and lengths take as few bytes as they can. There are no tags, no
 * floats, no negative or indefinite values, no null.
 */

import { isUtf8 } from './utf8.ts'

/** Why bytes are not in the subset; a closed list. */
export type CborFault =
  /** They end within a value, go on after it, or begin a value with a reserved byte. */
  | 'malformed'
  /** A number or length takes more bytes than needed, a length is indefinite, or keys are out of order. */
  | 'not-canonical'
  | 'duplicate-key'
  /** Another type than the caller expects, or one outside of the subset. */
  | 'wrong-type'
  /** A number beyond 2^53 - 1. */
  | 'number-too-large'
  /** A text that is no valid UTF-8. */
  | 'bad-text'
  /** An array with more items than the caller allows. */
  | 'too-many'
  /** Arrays and maps within each other, beyond {@link MAX_SKIPPED_DEPTH}. */
  | 'too-deep'

/** The only error that {@link CborReader} throws. */
export class CborError extends Error {
  override name = 'CborError'
  readonly fault: CborFault

  constructor(fault: CborFault) {
    super(fault)
    this.fault = fault
  }
}

/** How deep arrays and maps may nest in a value that is skipped. Callers that read values nest as deep as their own code. */
export const MAX_SKIPPED_DEPTH = 4

/** Below this length, a loop over ASCII is faster than a call of the decoder. */
const SHORT_TEXT_BYTES = 64

/** Major types: the upper three bits of the first byte of a value. */
export const UINT = 0
export const BYTES = 2
export const TEXT = 3
export const ARRAY = 4
export const MAP = 5

/** Values of one byte. */
export const FALSE = 0xf4
export const TRUE = 0xf5

const utf8Decoder = new TextDecoder('utf-8', { ignoreBOM: true })

/**
 * Reads one value after another, from the first byte on, each byte once. The caller says which type comes next, so nothing is
 * built that nobody asked for. Memory is in proportion to the bytes read: a declared length is checked against what is left.
 */
export class CborReader {
  readonly #bytes: Uint8Array
  #at: number

  /** @param at - where the first value begins */
  constructor(bytes: Uint8Array, at = 0) {
    // A plain view of a subclass such as Node's Buffer, whose slices would not be copies.
    this.#bytes = new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    this.#at = at
  }

  /** Where the next value begins. */
  get at(): number {
    return this.#at
  }

  uint(): number {
    return this.#argument(UINT)
  }

  boolean(): boolean {
    const head = this.#head()
    if (head !== TRUE && head !== FALSE) throw new CborError('wrong-type')
    this.#at++
    return head === TRUE
  }

  /** Whether these bytes come next; they are not taken. */
  isAt(bytes: Uint8Array): boolean {
    return bytes.every((byte, i) => this.#bytes[this.#at + i] === byte)
  }

  /** A copy: a view would keep the whole message in memory. */
  bytes(): Uint8Array {
    const length = this.#argument(BYTES)
    const from = this.#take(length)
    return this.#bytes.slice(from, from + length)
  }

  /** The same without a copy, for bytes that are not kept. */
  view(): Uint8Array {
    const length = this.#argument(BYTES)
    const from = this.#take(length)
    return this.#bytes.subarray(from, from + length)
  }

  text(): string {
    const from = this.#takeText()
    const to = this.#at
    const short = to - from < SHORT_TEXT_BYTES ? this.#ascii(from, to) : undefined
    return short ?? utf8Decoder.decode(this.#bytes.subarray(from, to))
  }

  textOrBytes(): string | Uint8Array {
    return this.#head() >> 5 === TEXT ? this.text() : this.bytes()
  }

  /** The head of an array: how many items follow. */
  array(): number {
    const length = this.#argument(ARRAY)
    // Each item has a byte at least.
    if (length > this.#left) throw new CborError('malformed')
    return length
  }

  /** @param read - reads one item */
  items<Item>(maxItems: number, read: () => Item): Item[] {
    const length = this.array()
    if (length > maxItems) throw new CborError('too-many')
    const items: Item[] = []
    for (let i = 0; i < length; i++) items.push(read())
    return items
  }

  /** @param read - reads the value of a pair, whose key began at `keyAt` */
  map(read: (key: string, keyAt: number) => void): void {
    this.#pairs(() => this.text(), read)
  }

  /** Any value of the subset, which the caller has no use for; nothing is allocated for it. */
  skip(depth = MAX_SKIPPED_DEPTH): void {
    const head = this.#head()
    switch (head >> 5) {
      case UINT:
        this.uint()
        break
      case BYTES:
        this.#take(this.#argument(BYTES))
        break
      case TEXT:
        this.#takeText()
        break
      case ARRAY:
        if (depth === 0) throw new CborError('too-deep')
        for (let left = this.array(); left > 0; left--) this.skip(depth - 1)
        break
      case MAP:
        if (depth === 0) throw new CborError('too-deep')
        this.#skipMap(depth - 1)
        break
      default:
        this.boolean()
    }
  }

  /** Nothing may follow. */
  end(): void {
    if (this.#left !== 0) throw new CborError('malformed')
  }

  // Apart from `skip`, each call of which would allocate what these functions share.
  #skipMap(depth: number): void {
    this.#pairs(
      () => this.#takeText(),
      () => this.skip(depth)
    )
  }

  #pairs<Key>(readKey: () => Key, readValue: (key: Key, keyAt: number) => void): void {
    const pairs = this.#argument(MAP)
    if (2 * pairs > this.#left) throw new CborError('malformed')
    let formerAt = this.#at
    let formerEnd = this.#at
    for (let i = 0; i < pairs; i++) {
      const keyAt = this.#at
      const key = readKey()
      const keyEnd = this.#at
      const order = this.#compareRanges(formerAt, formerEnd, keyAt, keyEnd)
      if (order >= 0) throw new CborError(order === 0 ? 'duplicate-key' : 'not-canonical')
      readValue(key, keyAt)
      formerAt = keyAt
      formerEnd = keyEnd
    }
  }

  get #left(): number {
    return this.#bytes.length - this.#at
  }

  #head(): number {
    const head = this.#bytes[this.#at]
    if (head === undefined) throw new CborError('malformed')
    return head
  }

  /** The head of a value of this major type: a number itself, or how much follows. */
  #argument(major: number): number {
    const head = this.#head()
    if (head >> 5 !== major) throw new CborError('wrong-type')
    this.#at++
    const info = head & 0x1f
    return info < 24 ? info : this.#longArgument(info)
  }

  #longArgument(info: number): number {
    if (info > 27) throw new CborError(info === 31 ? 'not-canonical' : 'malformed')
    const size = 1 << (info - 24)
    const from = this.#take(size)
    let value = 0
    for (let at = from; at < from + size; at++) value = value * 256 + this.#bytes[at]!
    if (value < (size === 1 ? 24 : 2 ** (4 * size))) throw new CborError('not-canonical')
    if (value > Number.MAX_SAFE_INTEGER) throw new CborError('number-too-large')
    return value
  }

  /** Passes over so many bytes; returns where they begin. */
  #take(length: number): number {
    if (length > this.#left) throw new CborError('malformed')
    const from = this.#at
    this.#at += length
    return from
  }

  /** Passes over a text; returns where it begins. */
  #takeText(): number {
    const from = this.#take(this.#argument(TEXT))
    if (!isUtf8(this.#bytes, from, this.#at)) throw new CborError('bad-text')
    return from
  }

  /** Undefined when there is any other character. */
  #ascii(from: number, to: number): string | undefined {
    let text = ''
    for (let at = from; at < to; at++) {
      const byte = this.#bytes[at]!
      if (byte > 0x7f) return undefined
      text += String.fromCharCode(byte)
    }
    return text
  }

  /** Negative when the first range of bytes comes before the second. An empty range comes before every other. */
  #compareRanges(from: number, to: number, otherFrom: number, otherTo: number): number {
    const bytes = this.#bytes
    const shared = Math.min(to - from, otherTo - otherFrom)
    for (let i = 0; i < shared; i++) {
      const difference = bytes[from + i]! - bytes[otherFrom + i]!
      if (difference !== 0) return difference
    }
    return to - from - (otherTo - otherFrom)
  }
}
