/** Whatever nodes say of themselves, and however fast: every book lists the last word within a second. */
import assert from 'node:assert/strict'
import fc from 'fast-check'
import { test } from 'tap'
import { ACTS, type Act, PEERS, Sayings } from './sayings.ts'

/** Sequences to try; a nightly run tries many more. */
const RUNS = Number(process.env.NEWEST_WORD_RUNS ?? 40)

/** Most of it is for the overlay: a node that starts again has a partner after 20 ms. */
const CONNECTED_MS = 100
const LAST_WORD_MS = 1_000

/** Where the end of a node tore the overlay, the others have found new partners by then. */
const MENDED_MS = 6_000

const anyStep = fc.record({
  peer: fc.constantFrom(...PEERS),
  act: fc.oneof(
    { weight: 3, arbitrary: fc.constant<Act>('update') },
    { weight: 2, arbitrary: fc.constantFrom(...ACTS) }
  ),
  waitMs: fc.oneof(fc.constant(0), fc.nat(40), fc.nat(300), fc.nat(2_000))
})
/** Most is said by few: a node that changes faster than its rate. */
const anySteps = fc
  .tuple(fc.subarray(PEERS, { minLength: 1, maxLength: 3 }), fc.array(anyStep, { minLength: 1, maxLength: 60 }))
  .map(([few, steps]) => steps.map((step, i) => (i % 4 === 0 ? step : { ...step, peer: few[i % few.length]! })))

for (const liar of [false, true]) {
  test(`any updates, restarts, farewells and silences at any pace: the last word is in every book within a second${liar ? ', while a liar suspects' : ''}`, async () => {
    fc.assert(
      fc.property(anySteps, fc.nat(1_000), (steps, seed) => {
        const said = new Sayings(seed)
        if (liar) said.beginToLie()
        for (const step of steps) said.take(step)
        said.network.run(CONNECTED_MS)
        said.network.run((said.isWhole ? LAST_WORD_MS : MENDED_MS) - CONNECTED_MS)
        assert.deepEqual(said.faults(), [])
      }),
      { numRuns: RUNS }
    )
  })
}
