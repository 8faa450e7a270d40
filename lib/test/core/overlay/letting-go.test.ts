/** Who is asked to go, who goes, and how that differs from a crash. */
import { test } from 'tap'
import { bookOf, hangUpsOf, newOverlay, releasesOf } from '../overlays.ts'

test('beyond twice the target a partner is asked to let go, one at a step, none twice', async t => {
  const overlay = newOverlay({ targetConnections: 2 })
  for (const peer of ['a', 'b', 'c', 'd', 'e', 'f']) overlay.opened(peer)
  const asked = [1, 2, 3, 4].flatMap(() => releasesOf(overlay.shape(bookOf(), 0)))
  t.same(asked, ['f', 'e'], 'the youngest')
})

test('nobody is asked to let go while a crowd arrives that has no other partner yet', async t => {
  const overlay = newOverlay({ targetConnections: 1 })
  for (const peer of ['a', 'b', 'c', 'd']) overlay.opened(peer)
  overlay.newcomer(1_000)
  t.same(releasesOf(overlay.shape(bookOf(), 1_400)), [])
  t.same(releasesOf(overlay.shape(bookOf(), 1_500)), ['d'])
})

test('who is asked to let go does so as soon as it has partners enough, and nobody takes that for a crash', async t => {
  const overlay = newOverlay({ targetConnections: 2 })
  for (const peer of ['a', 'b']) overlay.opened(peer)
  overlay.release('a')
  t.same(hangUpsOf(overlay.shape(bookOf(), 0)), [], 'a replacement is wanted first')
  overlay.opened('c')
  const outputs = overlay.shape(bookOf(), 0)
  t.same(hangUpsOf(outputs), ['a'])
  t.same(releasesOf(outputs), ['a'], 'with a word')
  t.same(hangUpsOf(overlay.shape(bookOf(), 0)), [], 'once')
  t.equal(overlay.closed('a'), false, 'a parting that was asked for')
  t.equal(overlay.closed('b'), true, 'a connection that broke')
  t.equal(overlay.closed('b'), false, 'it breaks once')
})

test('a host that did not hang up, as the application used the connection, is asked again', async t => {
  const overlay = newOverlay({ targetConnections: 1 })
  for (const peer of ['a', 'b']) overlay.opened(peer)
  overlay.release('a')
  t.same(hangUpsOf(overlay.shape(bookOf(), 0)), ['a'])
  const againMs = overlay.nextAttemptMs(0)
  t.equal(againMs, 5_000)
  t.same(hangUpsOf(overlay.shape(bookOf(), againMs - 1)), [])
  t.same(hangUpsOf(overlay.shape(bookOf(), againMs)), ['a'])
})

test('a second connection to a partner that asked to be let go changes nothing', async t => {
  const overlay = newOverlay({ targetConnections: 1 })
  for (const peer of ['a', 'b']) overlay.opened(peer)
  overlay.release('a')
  overlay.opened('a')
  t.same(hangUpsOf(overlay.shape(bookOf(), 0)), ['a'])
})

test('a partner that was asked to let go, or asked for it, can crash all the same', async t => {
  const overlay = newOverlay({ targetConnections: 1 })
  for (const peer of ['a', 'b', 'c']) overlay.opened(peer)
  const [asked] = releasesOf(overlay.shape(bookOf(), 0))
  t.equal(overlay.closed(asked!), true, 'it went without a word')
  overlay.opened(asked!)
  for (const peer of ['a', 'b', 'c']) if (peer !== asked) overlay.closed(peer)
  overlay.release(asked!)
  t.equal(overlay.closed(asked!), true, 'it waited for us to hang up')
})

test('a partner that says that it goes, as it was asked to, has not crashed', async t => {
  const overlay = newOverlay({ targetConnections: 1 })
  for (const peer of ['a', 'b', 'c']) overlay.opened(peer)
  const [asked] = releasesOf(overlay.shape(bookOf(), 0))
  overlay.release(asked!)
  t.equal(overlay.closed(asked!), false)
})
