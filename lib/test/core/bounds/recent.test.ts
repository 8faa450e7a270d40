import assert from 'node:assert/strict'
import fc from 'fast-check'
import { test } from 'tap'
import { RateLimiter } from '../../../src/core/bounds/rate-limiter.ts'
import { Recent } from '../../../src/core/bounds/recent.ts'

const KEPT = 4

const anyKey = fc.nat(12)
const anyUse = fc.record({ type: fc.constantFrom('get', 'set', 'delete'), key: anyKey })

test('whatever was used lately is there, and nothing that was not set or was deleted', async () => {
  fc.assert(
    fc.property(fc.array(anyUse, { maxLength: 80 }), uses => {
      const recent = new Recent<number, { use: number }>(KEPT)
      /** Without a bound; the one used last comes last. A key that was deleted keeps its place, without a value. */
      const all = new Map<number, { use: number } | undefined>()
      const use = (key: number, value: { use: number }) => {
        all.delete(key)
        all.set(key, value)
      }
      for (const [number, { type, key }] of uses.entries()) {
        if (type === 'delete') {
          recent.delete(key)
          if (all.has(key)) all.set(key, undefined)
        } else if (type === 'set') {
          recent.set(key, { use: number })
          use(key, { use: number })
        } else {
          const isRecent = [...all.keys()].slice(-KEPT).includes(key)
          const found = recent.get(key)
          if (isRecent || found !== undefined) assert.deepEqual(found, all.get(key))
          if (found !== undefined) use(key, found)
        }
      }
    })
  )
})

test('never more than twice as many are there as are kept for certain', async t => {
  const recent = new Recent<number, { key: number }>(KEPT)
  for (let key = 0; key < 100; key++) recent.set(key, { key })
  const found = Array.from({ length: 100 }, (_, key) => key).filter(key => recent.get(key) !== undefined)
  t.ok(found.length <= 2 * KEPT, `${found}`)
})

test('a limiter admits what a bucket for each key would, as long as no more keys come than it keeps', async () => {
  const rate = { burst: 3, perSecond: 2, keys: KEPT }
  const anyRequest = fc.record({ key: fc.nat(KEPT - 1), waitMs: fc.nat(800) })
  fc.assert(
    fc.property(fc.array(anyRequest, { maxLength: 60 }), requests => {
      const limiter = new RateLimiter(rate)
      const admittedAtMs = new Map<number, number[]>()
      let nowMs = 0
      for (const { key, waitMs } of requests) {
        nowMs += waitMs
        const earlier = admittedAtMs.get(key) ?? []
        const tokens = tokensLeft(rate, earlier, nowMs)
        const isAdmitted = limiter.admits(`${key}`, nowMs)
        // Between the two, fractions of a token are rounded in another order.
        if (Math.abs(tokens - 1) > 1e-6) assert.equal(isAdmitted, tokens >= 1)
        if (isAdmitted) admittedAtMs.set(key, [...earlier, nowMs])
      }
    })
  )
})

/** What is left of a bucket that was full at first, after what it has admitted. */
function tokensLeft(rate: { burst: number; perSecond: number }, admittedAtMs: number[], nowMs: number): number {
  let tokens = rate.burst
  let atMs = 0
  for (const nextMs of admittedAtMs) {
    tokens = Math.min(rate.burst, tokens + ((nextMs - atMs) * rate.perSecond) / 1_000) - 1
    atMs = nextMs
  }
  return Math.min(rate.burst, tokens + ((nowMs - atMs) * rate.perSecond) / 1_000)
}
