/** What property tests are given, in whichever way the tests are run. */
import fc from 'fast-check'
import { test } from 'tap'

test('arrays and texts of property tests become as long as they may', async t => {
  const kinds: [what: string, any: fc.Arbitrary<{ readonly length: number }>][] = [
    ['arrays', fc.array(fc.nat(), { maxLength: 100 })],
    ['texts', fc.string({ maxLength: 100 })],
    ['bytes', fc.uint8Array({ maxLength: 100 })]
  ]
  for (const [what, any] of kinds) {
    const lengths = fc.sample(any, { numRuns: 100, seed: 1 }).map(({ length }) => length)
    t.ok(Math.max(...lengths) > 90, `${what}: at most ${Math.max(...lengths)}`)
  }
})
