import assert from 'node:assert/strict'
import fc from 'fast-check'
import { test } from 'tap'
import { isUtf8 } from '../../../../src/libp2p/records/cbor/utf8.ts'

const decoder = new TextDecoder('utf-8', { fatal: true })

test('all sequences of one, two and three bytes that can begin a character are judged as a decoder judges them', async t => {
  const different: string[] = []
  const judge = (...bytes: number[]) => {
    if (isUtf8(Uint8Array.from(bytes), 0, bytes.length) !== decodes(Uint8Array.from(bytes)))
      different.push(Buffer.from(bytes).toString('hex'))
  }
  for (let first = 0; first < 256; first++) {
    judge(first)
    for (let second = 0; second < 256; second++) {
      judge(first, second)
      judge(first, second, 0x80)
      judge(first, second, 0x80, 0xbf)
    }
  }
  t.same(different, [])
})

test('any bytes are judged as a decoder judges them, and nothing outside of the range counts', async () => {
  const text = fc.string({ unit: 'binary', maxLength: 20 }).map(text => new TextEncoder().encode(text))
  const changed = fc
    .tuple(text, fc.nat(), fc.nat(255))
    .map(([bytes, at, byte]) => (bytes.length === 0 ? bytes : bytes.with(at % bytes.length, byte)))
  fc.assert(
    fc.property(fc.oneof(text, changed, fc.uint8Array({ maxLength: 8 })), bytes => {
      const within = Uint8Array.of(0xff, ...bytes, 0x80)
      assert.equal(isUtf8(within, 1, 1 + bytes.length), decodes(bytes))
    }),
    { numRuns: 5_000 }
  )
})

function decodes(bytes: Uint8Array): boolean {
  try {
    decoder.decode(bytes)
    return true
  } catch {
    return false
  }
}
