import assert from 'node:assert/strict'
import fc from 'fast-check'
import { base58btc } from 'multiformats/bases/base58'
import { test } from 'tap'
import { base58 } from '../../../src/libp2p/addrs/base58.ts'

test('bytes have the text that multiformats gives them', async () => {
  const anyBytes = fc
    .tuple(fc.nat(48), fc.uint8Array({ maxLength: 48 }), fc.constantFrom(0, 255, undefined))
    .map(([zeros, bytes, fill]) => {
      const rest = fill === undefined ? bytes : bytes.fill(fill)
      return Uint8Array.of(...new Uint8Array(zeros), ...rest).subarray(0, 48)
    })
  fc.assert(
    fc.property(anyBytes, bytes => {
      assert.equal(base58(bytes), base58btc.baseEncode(bytes))
    }),
    { numRuns: 5_000 }
  )
})
