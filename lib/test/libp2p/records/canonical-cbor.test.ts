import assert from 'node:assert/strict'
import { encode, rfc8949EncodeOptions } from 'cborg'
import fc from 'fast-check'
import { test } from 'tap'
import { readCanonicalCbor } from '../../../src/libp2p/records/canonical-cbor.ts'
import { decodeCbor, encodeCbor } from '../../../src/libp2p/records/cbor.ts'

const plain = { noNullPrototype: true }
const anyLeaf = fc.oneof(
  fc.maxSafeNat(),
  fc.nat(300),
  fc.boolean(),
  fc.string({ unit: 'binary', maxLength: 300 }),
  fc.uint8Array({ maxLength: 300 })
)
const anyMap = fc.dictionary(fc.string({ unit: 'binary', maxLength: 80 }), anyLeaf, plain)
/** What announcements are made of, nested as deeply as in them. */
const anyValue = fc.oneof(
  anyLeaf,
  fc.array(anyLeaf),
  fc.dictionary(fc.string(), fc.oneof(anyLeaf, fc.array(anyLeaf), anyMap), plain)
)
/** Also what is read by nobody else here. */
const anyForeign = fc.oneof(
  anyValue,
  fc.integer(),
  fc.double(),
  fc.constant(null),
  fc.array(fc.array(fc.array(anyLeaf)))
)

test('what encodeCbor has written is read as decodeCbor reads it', async () => {
  fc.assert(
    fc.property(anyValue, value => {
      const bytes = encodeCbor(value)
      const read = readCanonicalCbor(bytes)
      // A text with a mark for bytes that are no text is left to the general decoder.
      if (read === undefined) assert.match(JSON.stringify(decodeCbor(bytes), everything), /[\ufffd\ufeff]/)
      else assert.deepEqual(read, decodeCbor(bytes))
    }),
    { numRuns: 1_000 }
  )
})

test('whatever is read is in its one encoding, and means what decodeCbor says', async () => {
  const anyEncoding = anyForeign.map(value => encode(value, rfc8949EncodeOptions))
  const oneByteOff = fc
    .tuple(anyEncoding, fc.nat(), fc.nat(255))
    .map(([bytes, at, byte]) => (bytes.length === 0 ? bytes : bytes.with(at % bytes.length, byte)))
  const inAnyOrder = anyForeign.map(value => encode(value, { mapSorter: () => 0 }))
  fc.assert(
    fc.property(fc.oneof(fc.uint8Array({ maxLength: 40 }), oneByteOff, inAnyOrder), bytes => {
      const read = readCanonicalCbor(bytes)
      if (read === undefined) return
      assert.deepEqual(encodeCbor(read), Uint8Array.from(bytes))
      assert.deepEqual(read, decodeCbor(bytes))
    }),
    { numRuns: 20_000 }
  )
})

test('what is cut short, followed by more, longer than need be or twice there is not read', async t => {
  const right = encodeCbor({ a: 1, bb: ['x', Uint8Array.of(1, 2)] })
  t.not(readCanonicalCbor(right), undefined)
  for (let length = 0; length < right.length; length++) t.equal(readCanonicalCbor(right.subarray(0, length)), undefined)
  t.equal(readCanonicalCbor(Uint8Array.of(...right, 0)), undefined)
  for (const hex of [
    '1817',
    '190017',
    '1a00000017',
    '1b0000000000000017',
    '7801aa',
    '780161',
    'a2616101616101',
    'bf616101ff'
  ])
    t.equal(readCanonicalCbor(Uint8Array.from(Buffer.from(hex, 'hex'))), undefined, hex)
})

test('what it reads does not keep the message alive', async t => {
  const read = readCanonicalCbor(Buffer.from(encodeCbor([Uint8Array.of(1, 2)]))) as Uint8Array[]
  t.equal(read[0]!.buffer.byteLength, 2)
})

function everything(_: string, value: unknown): unknown {
  return value instanceof Map ? [...value] : value
}
