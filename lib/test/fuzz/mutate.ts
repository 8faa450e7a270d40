/** Small changes that a stranger could make to bytes, so that they stay nearly right. */
import { type Random, randomBelow } from '../../src/core/random.ts'

/** Heads and values of CBOR that readers have stumbled over, and the lengths and types around them. */
const SNIPPETS = [
  'd81c',
  'd81d00',
  'c2',
  'c24101',
  'c1',
  'd9d9f7',
  'f6',
  'f7',
  'f4',
  'f5',
  'f97e00',
  'fa3f800000',
  'fb3ff0000000000000',
  '1817',
  '18ff',
  '190017',
  '1a00000017',
  '1b0000000000000017',
  '1b001fffffffffffff',
  '1b0020000000000000',
  '1bffffffffffffffff',
  '20',
  '3bffffffffffffffff',
  '40',
  '5800',
  '5f',
  '5b7fffffffffffffff',
  '60',
  '61ff',
  '62c080',
  '63eda080',
  '63efbbbf',
  '7f',
  '80',
  '81',
  '9f',
  '9affffffff',
  'a0',
  'a16161',
  'bf',
  'ff'
].map(hex => Uint8Array.from(Buffer.from(hex, 'hex')))

type Change = (bytes: Uint8Array, random: Random) => Uint8Array

const CHANGES: readonly Change[] = [
  (bytes, random) => withByte(bytes, random, byte => byte ^ (1 << randomBelow(8, random))),
  (bytes, random) => withByte(bytes, random, () => randomBelow(256, random)),
  (bytes, random) => withByte(bytes, random, byte => byte + 1),
  (bytes, random) => spliced(bytes, random, randomBelow(4, random), new Uint8Array()),
  (bytes, random) => spliced(bytes, random, 0, Uint8Array.of(randomBelow(256, random))),
  (bytes, random) => spliced(bytes, random, 0, pick(SNIPPETS, random)),
  (bytes, random) => spliced(bytes, random, randomBelow(3, random), pick(SNIPPETS, random)),
  // A part once more, in another place.
  (bytes, random) => spliced(bytes, random, 0, part(bytes, random)),
  (bytes, random) => spliced(bytes, random, randomBelow(16, random), part(bytes, random)),
  (bytes, random) => bytes.subarray(0, randomBelow(bytes.length + 1, random)),
  (bytes, random) => Uint8Array.from(Buffer.concat([bytes, part(bytes, random)]))
]

/** One to four changes. */
export function mutated(bytes: Uint8Array, random: Random): Uint8Array {
  let changed = bytes
  for (let left = 1 + randomBelow(4, random); left > 0; left--) changed = pick(CHANGES, random)(changed, random)
  return changed
}

export function pick<Item>(items: readonly Item[], random: Random): Item {
  return items[randomBelow(items.length, random)]!
}

function withByte(bytes: Uint8Array, random: Random, change: (byte: number) => number): Uint8Array {
  if (bytes.length === 0) return bytes
  const at = randomBelow(bytes.length, random)
  return bytes.with(at, change(bytes[at]!) & 0xff)
}

function spliced(bytes: Uint8Array, random: Random, removed: number, added: Uint8Array): Uint8Array {
  const at = randomBelow(bytes.length + 1, random)
  return Uint8Array.from(Buffer.concat([bytes.subarray(0, at), added, bytes.subarray(at + removed)]))
}

/** At most 64 bytes. */
function part(bytes: Uint8Array, random: Random): Uint8Array {
  const from = randomBelow(bytes.length + 1, random)
  return bytes.subarray(from, from + randomBelow(64, random))
}
