/** How many dials there are at once, whatever peers do. */

import assert from 'node:assert/strict'
import fc from 'fast-check'
import { test } from 'tap'
import type { AddressBook } from '../../../src/core/book/address-book.ts'
import type { DialPurpose } from '../../../src/core/effects.ts'
import type { Overlay } from '../../../src/core/overlay/overlay.ts'
import { seededRandom } from '../../../src/core/random.ts'
import { bookOf, type Dial, dials, dialsOf, inbound, newOverlay, SELF, target } from '../overlays.ts'

const MAX_CONNECTS_ALONE = 8
/** While a node has a partner. The second one is to a peer that the application named. */
const MAX_CONNECTS = 2

const PEERS = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i', 'j', SELF]

const anyStep = fc.record({
  kind: fc.constantFrom('shape', 'reached', 'failed', 'opened', 'closed', 'named', 'found', 'probe', 'heal', 'release'),
  peer: fc.constantFrom(...PEERS),
  waitMs: fc.nat(1_000)
})

test('a node that is alone has eight dials under way while nobody answers, and begins another when one has failed', async t => {
  const overlay = newOverlay()
  const book = bookOf(...Array.from({ length: 20 }, (_, i) => `silent-${i}`))
  const dialled: string[] = []
  for (let nowMs = 0; nowMs < 60_000; nowMs += 500) dialled.push(...dialsOf(overlay.shape(book, nowMs)))
  t.equal(dialled.length, MAX_CONNECTS_ALONE)
  overlay.dialled(dialled[0]!, false, 60_000)
  t.equal(dialsOf(overlay.shape(book, 60_000)).length, 1)
})

test('whatever happens, dials in flight stay within their bounds and lead to nobody twice', async () => {
  fc.assert(
    fc.property(fc.array(anyStep, { maxLength: 100 }), fc.integer(), (steps, seed) => {
      const overlay = newOverlay({ targetConnections: 2 }, seededRandom(seed))
      const book = bookOf(...PEERS)
      const inFlight = new Map<string, DialPurpose>()
      const partners = new Set<string>()
      const countOf = (purpose: DialPurpose) => [...inFlight.values()].filter(other => other === purpose).length
      let nowMs = 0
      for (const step of steps) {
        nowMs += step.waitMs
        const begun = takeStep(step, overlay, book, inFlight, partners, nowMs)
        for (const { target, purpose } of begun) {
          assert.ok(!inFlight.has(target.id) && !partners.has(target.id) && target.id !== SELF)
          inFlight.set(target.id, purpose)
          if (purpose === 'connect')
            assert.ok(countOf('connect') <= (partners.size > 0 ? MAX_CONNECTS : MAX_CONNECTS_ALONE))
        }
        assert.ok(countOf('heal') <= 1)
        assert.ok([...overlay.partners].every(partner => partners.has(partner)))
        assert.ok([...partners].every(partner => overlay.isConnected(partner)))
        assert.equal(overlay.size === 0, partners.size === 0, 'whoever is there is a partner when nobody else is')
        assert.ok(overlay.nextAttemptMs(nowMs) > nowMs, 'no busy loop')
      }
    }),
    { numRuns: 300 }
  )
})

function takeStep(
  step: { kind: string; peer: string },
  overlay: Overlay,
  book: AddressBook,
  inFlight: Map<string, DialPurpose>,
  partners: Set<string>,
  nowMs: number
): Dial[] {
  const { kind, peer } = step
  const [dialled] = inFlight.keys()
  if (kind === 'named') overlay.addNamed(target(peer))
  if (kind === 'found') overlay.addFound(target(peer))
  if (kind === 'release') overlay.release(peer, nowMs)
  if (kind === 'opened' && peer !== SELF) {
    partners.add(peer)
    inbound(overlay, peer, nowMs)
  }
  if (kind === 'closed') {
    const wasPartner = partners.delete(peer)
    assert.ok(!overlay.closed(peer, nowMs) || wasPartner)
  }
  if ((kind === 'reached' || kind === 'failed') && dialled !== undefined) {
    assert.equal(overlay.dialled(dialled, kind === 'reached', nowMs), inFlight.get(dialled))
    inFlight.delete(dialled)
  }
  const asked = kind === 'probe' || kind === 'heal' ? overlay.dial(target(peer), kind, nowMs) : []
  return dials([...asked, ...overlay.shape(book, nowMs)])
}
