/** What the one reader of foreign bytes takes: exactly one encoding of each value of the subset, and nothing else. */
import assert from 'node:assert/strict'
import { decode, encode, rfc8949EncodeOptions } from 'cborg'
import fc from 'fast-check'
import { test } from 'tap'
import { CborError, type CborFault, CborReader } from '../../../../src/libp2p/records/cbor/cbor-reader.ts'
import { type CborValue, encodeCbor } from '../../../../src/libp2p/records/cbor/cbor-writer.ts'

const plain = { noNullPrototype: true }
const anyText = fc.string({ unit: 'binary', maxLength: 80 })
const anyLeaf = fc.oneof(fc.maxSafeNat(), fc.nat(300), fc.boolean(), anyText, fc.uint8Array({ maxLength: 80 }))
const anyMap = fc.dictionary(anyText, anyLeaf, plain)
/** What announcements and frames are made of, nested as deeply as in them. */
const anyValue: fc.Arbitrary<CborValue> = fc.oneof(
  anyLeaf,
  fc.array(anyLeaf),
  fc.dictionary(anyText, fc.oneof(anyLeaf, fc.array(anyLeaf), anyMap), plain)
)
/** Also what nobody reads here. */
const anyForeign = fc.oneof(
  anyValue,
  fc.integer(),
  fc.double(),
  fc.constant(null),
  fc.array(fc.array(fc.array(anyLeaf)))
)

test('a value is written as cborg writes it, and read as it was', async () => {
  fc.assert(
    fc.property(anyValue, value => {
      const bytes = encodeCbor(value)
      assert.deepEqual(bytes, Uint8Array.from(encode(value, rfc8949EncodeOptions)))
      assert.deepEqual(readAny(bytes), mapped(value))
      assert.equal(skipFault(bytes), undefined)
    }),
    { numRuns: 500 }
  )
})

test('of any bytes, those are read that cborg reads and would write again', async () => {
  const anyEncoding = anyForeign.map(value => encode(value, rfc8949EncodeOptions))
  const oneByteOff = fc
    .tuple(anyEncoding, fc.nat(), fc.nat(255))
    .map(([bytes, at, byte]) => (bytes.length === 0 ? bytes : bytes.with(at % bytes.length, byte)))
  const inAnyOrder = anyForeign.map(value => encode(value, { mapSorter: () => 0 }))
  fc.assert(
    fc.property(fc.oneof(fc.uint8Array({ maxLength: 40 }), oneByteOff, inAnyOrder), bytes => {
      const expected = rereadByCborg(bytes)
      assert.deepEqual(faultOf(() => readAny(bytes)) === undefined ? readAny(bytes) : undefined, expected)
      assert.equal(skipFault(bytes) === undefined, expected !== undefined)
    }),
    { numRuns: 5_000 }
  )
})

const refused: [hex: string, fault: CborFault, what: string][] = [
  ['', 'malformed', 'nothing'],
  ['1817', 'not-canonical', 'a number in two bytes that fits into one'],
  ['1900ff', 'not-canonical', 'a number in three bytes that fits into two'],
  ['1a0000ffff', 'not-canonical', 'a number in five bytes that fits into three'],
  ['1b00000000ffffffff', 'not-canonical', 'a number in nine bytes that fits into five'],
  ['1b0020000000000000', 'number-too-large', 'a number beyond 2^53 - 1'],
  ['1bffffffffffffffff', 'number-too-large', 'the largest number of CBOR'],
  ['18', 'malformed', 'a number cut short'],
  ['1c', 'malformed', 'a reserved length'],
  ['1f', 'not-canonical', 'a number without a length'],
  ['5f4101ff', 'not-canonical', 'bytes in parts'],
  ['7f6161ff', 'not-canonical', 'a text in parts'],
  ['9f01ff', 'not-canonical', 'an array without a length'],
  ['bf616101ff', 'not-canonical', 'a map without a length'],
  ['580101', 'not-canonical', 'a length in two bytes that fits into one'],
  ['5b0000000100000000', 'malformed', 'more bytes than there are'],
  ['9a00ffffff00', 'malformed', 'more items than there are'],
  ['ba00ffffff00', 'malformed', 'more pairs than there are'],
  ['a2616101616102', 'duplicate-key', 'a key that comes twice'],
  ['a2616201616101', 'not-canonical', 'keys out of order'],
  ['a262616101616101', 'not-canonical', 'a longer key before a shorter one'],
  ['a10101', 'wrong-type', 'a key that is no text'],
  ['61ff', 'bad-text', 'a byte that begins no character'],
  ['62c080', 'bad-text', 'a character in more bytes than it needs'],
  ['63eda080', 'bad-text', 'half of a surrogate pair'],
  ['64f4908080', 'bad-text', 'a character beyond Unicode'],
  ['20', 'wrong-type', 'a negative number'],
  ['c100', 'wrong-type', 'a date'],
  ['c24101', 'wrong-type', 'a large number'],
  ['d81c80', 'wrong-type', 'a value that others share'],
  ['d81d00', 'wrong-type', 'a share of a value'],
  ['f6', 'wrong-type', 'null'],
  ['f7', 'wrong-type', 'undefined'],
  ['f93c00', 'wrong-type', 'a float of 16 bits'],
  ['fb3ff0000000000000', 'wrong-type', 'a float of 64 bits'],
  ['f8f5', 'wrong-type', 'a boolean in two bytes'],
  ['ff', 'wrong-type', 'an end of nothing'],
  ['0000', 'malformed', 'two values'],
  ['818181818100', 'too-deep', 'five arrays, one in another']
]

for (const [hex, fault, what] of refused) {
  test(`${what} is refused as ${fault}`, async t => {
    t.equal(skipFault(Buffer.from(hex, 'hex')), fault)
  })
}

test('what is cut short or followed by more is refused', async t => {
  const right = encodeCbor({ a: 1, bb: ['x', Uint8Array.of(1, 2)] })
  for (let length = 0; length < right.length; length++) t.not(skipFault(right.subarray(0, length)), undefined)
  for (let byte = 0; byte < 256; byte++) t.not(skipFault(Uint8Array.of(...right, byte)), undefined)
})

test('an array of more items than the caller allows is refused before any of them is read', async t => {
  const reader = new CborReader(encodeCbor([1, 2, 3]))
  let read = 0
  t.equal(
    faultOf(() => reader.items(2, () => read++)),
    'too-many'
  )
  t.equal(read, 0)
})

test('bytes are copies, which do not keep the message in memory, also of a Buffer', async t => {
  const message = encodeCbor([Uint8Array.of(1, 2)])
  for (const bytes of [message, Buffer.from(message)]) {
    const reader = new CborReader(bytes)
    const [read] = reader.items(1, () => reader.bytes())
    t.equal(read!.buffer.byteLength, 2)
    t.equal(read!.constructor, Uint8Array)
  }
})

test('a number that has no encoding is not written', async t => {
  for (const value of [-1, 0.5, 2 ** 53, Number.NaN]) t.throws(() => encodeCbor(value), RangeError)
})

/** Any value, with the reader's own functions for the types that stand there. */
function readAny(bytes: Uint8Array): unknown {
  const reader = new CborReader(bytes)
  const value = readValue(reader, bytes)
  reader.end()
  return value
}

function readValue(reader: CborReader, bytes: Uint8Array): unknown {
  switch (bytes[reader.at]! >> 5) {
    case 0:
      return reader.uint()
    case 4:
      return reader.items(Number.POSITIVE_INFINITY, () => readValue(reader, bytes))
    case 5: {
      const map = new Map<string, unknown>()
      reader.map(key => map.set(key, readValue(reader, bytes)))
      return map
    }
    case 7:
      return reader.boolean()
    default:
      return reader.textOrBytes()
  }
}

/** Undefined for what cborg refuses, would write otherwise, or knows beyond the subset. */
function rereadByCborg(bytes: Uint8Array): unknown {
  try {
    const value = decode(bytes, { strict: true, allowBigInt: false, useMaps: true, rejectDuplicateMapKeys: true })
    const isSame = Buffer.compare(encode(value, rfc8949EncodeOptions), bytes) === 0
    return isSame && isInSubset(value) ? value : undefined
  } catch {
    return undefined
  }
}

function isInSubset(value: unknown): boolean {
  if (value instanceof Map) return [...value].every(([key, item]) => typeof key === 'string' && isInSubset(item))
  if (Array.isArray(value)) return value.every(isInSubset)
  if (typeof value === 'number') return Number.isSafeInteger(value) && value >= 0
  return ['string', 'boolean'].includes(typeof value) || value instanceof Uint8Array
}

/** Objects as the maps that they are read as, in the order of their encoding. */
function mapped(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(mapped)
  if (typeof value !== 'object' || value instanceof Uint8Array) return value
  const pairs = Object.entries(value as object).map(([key, item]) => ({ key, bytes: encode(key), item: mapped(item) }))
  return new Map(pairs.sort((a, b) => Buffer.compare(a.bytes, b.bytes)).map(({ key, item }) => [key, item]))
}

function skipFault(bytes: Uint8Array): CborFault | undefined {
  return faultOf(() => {
    const reader = new CborReader(bytes)
    reader.skip()
    reader.end()
  })
}

function faultOf(read: () => void): CborFault | undefined {
  try {
    read()
    return undefined
  } catch (error) {
    if (error instanceof CborError) return error.fault
    throw error
  }
}
