/** CBOR by hand, from RFC 8949: also what no honest encoder writes. Each function gives the bytes of one item. */
import { concat } from 'uint8arrays/concat'

/** The first three bits of an item. */
const MAJOR = { uint: 0, bytes: 2, text: 3, array: 4, map: 5, tag: 6 } as const

export type Major = keyof typeof MAJOR

/** What follows the head of an indefinite length. */
export const BREAK = Uint8Array.of(0xff)

/** The shortest head for the number, or one that is followed by `width` bytes of it. */
export function head(major: Major, value: number | bigint, width?: 1 | 2 | 4 | 8): Uint8Array {
  const first = MAJOR[major] << 5
  const chosen = width ?? shortestWidth(BigInt(value))
  if (chosen === 0) return Uint8Array.of(first | Number(value))
  const bytes = new Uint8Array(1 + chosen)
  bytes[0] = first | (24 + Math.log2(chosen))
  let rest = BigInt(value)
  for (let at = chosen; at > 0; at--, rest >>= 8n) bytes[at] = Number(rest & 0xffn)
  return bytes
}

export function indefinite(major: 'bytes' | 'text' | 'array' | 'map', ...items: Uint8Array[]): Uint8Array {
  return concat([Uint8Array.of((MAJOR[major] << 5) | 31), ...items, BREAK])
}

export function uint(value: number | bigint): Uint8Array {
  return head('uint', value)
}

export function bytes(value: Uint8Array): Uint8Array {
  return concat([head('bytes', value.length), value])
}

export function text(value: string): Uint8Array {
  const encoded = new TextEncoder().encode(value)
  return concat([head('text', encoded.length), encoded])
}

export function bool(value: boolean): Uint8Array {
  return Uint8Array.of(value ? 0xf5 : 0xf4)
}

export function array(...items: Uint8Array[]): Uint8Array {
  return concat([head('array', items.length), ...items])
}

/** Keys and values in the order given. */
export function map(...pairs: [key: Uint8Array, value: Uint8Array][]): Uint8Array {
  return concat([head('map', pairs.length), ...pairs.flat()])
}

export function tag(number: number, item: Uint8Array): Uint8Array {
  return concat([head('tag', number), item])
}

/** The item within so many arrays. */
export function nested(levels: number, item: Uint8Array): Uint8Array {
  return concat([new Uint8Array(levels).fill(0x81), item])
}

/** Value sharing: each item names the one before twice, so that a few hundred bytes mean 2^levels items. */
export function shared(levels: number): Uint8Array {
  const items = [tag(28, array())]
  while (items.length < levels) {
    const former = tag(29, uint(items.length - 1))
    items.push(tag(28, array(former, former)))
  }
  return array(...items)
}

function shortestWidth(value: bigint): 0 | 1 | 2 | 4 | 8 {
  if (value < 24n) return 0
  if (value < 0x100n) return 1
  if (value < 0x10000n) return 2
  return value < 0x100000000n ? 4 : 8
}
