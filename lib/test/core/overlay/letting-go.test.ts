/** Who is asked to go, who goes, and how that differs from a crash. */

import { test } from 'tap'
import { seededRandom } from '../../../src/core/random.ts'
import { bookOf, chosen, dialsOf, hangUpsOf, inbound, newOverlay, releasesOf, target } from '../overlays.ts'

const LEFT_ALONE_MS = 600_000
const GRACE_MS = 10_000

test('inbound links beyond their places are asked to let go, one at a step, none twice', async t => {
  const overlay = newOverlay({ targetConnections: 3 })
  for (const peer of ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h']) inbound(overlay, peer)
  const asked = [1, 2, 3, 4].flatMap(() => releasesOf(overlay.shape(bookOf(), 0)))
  t.equal(asked.length, 2, 'twice the target stay')
  t.equal(new Set(asked).size, 2)
})

test('links that this node chose are not asked to go, however many strangers come, and take no place of the inbound ones', async t => {
  const overlay = newOverlay({ targetConnections: 3 })
  chosen(overlay, 'x')
  chosen(overlay, 'y')
  for (let i = 0; i < 50; i++) inbound(overlay, `stranger-${i}`)
  const asked = Array.from({ length: 100 }, () => releasesOf(overlay.shape(bookOf(), 0))).flat()
  t.equal(asked.length, 46, 'four strangers stay')
  t.notOk(asked.includes('x') || asked.includes('y'))
  t.ok(overlay.isChosen('x') && overlay.isChosen('y'))
})

test('of links that this node dialled itself, those beyond all places are ended without a question', async t => {
  const overlay = newOverlay({ targetConnections: 2 })
  for (let i = 0; i < 8; i++) chosen(overlay, `${i}`)
  const outputs = Array.from({ length: 10 }, () => overlay.shape(bookOf(), 0)).flat()
  t.equal(hangUpsOf(outputs).length, 2)
  t.same(releasesOf(outputs), hangUpsOf(outputs), 'with a word')
})

test('the largest group makes room, and in it the younger half', async t => {
  for (let seed = 1; seed <= 50; seed++) {
    const overlay = newOverlay(
      { targetConnections: 2 },
      { random: seededRandom(seed), groupOf: addr => addr.slice(0, 4) }
    )
    inbound(overlay, 'a', 1, '/aaa')
    for (const n of [2, 3, 4, 5]) inbound(overlay, `liar-${n}`, n, `/liar/${n}`)
    inbound(overlay, 'b', 6, '/bbb')
    inbound(overlay, 'c', 7, '/ccc')
    const asked = [10, 10, 10].flatMap(nowMs => releasesOf(overlay.shape(bookOf(), nowMs)))
    t.same(
      asked.map(peer => peer.slice(0, 4)),
      ['liar'],
      'one too many'
    )
    t.ok(['liar-4', 'liar-5'].includes(asked[0]!), 'not the oldest')
  }
})

test('where no group has two, a newcomer is let go no more often than others of the younger half', async t => {
  let newest = 0
  let oldest = 0
  for (let seed = 1; seed <= 200; seed++) {
    const overlay = newOverlay({ targetConnections: 2 }, seededRandom(seed))
    for (let n = 1; n <= 7; n++) inbound(overlay, `${n}`, n)
    const [asked] = releasesOf(overlay.shape(bookOf(), 10))
    if (asked === '7') newest++
    if (Number(asked) <= 3) oldest++
  }
  t.equal(oldest, 0)
  t.ok(newest > 20 && newest < 80, `${newest} of 200: one of four`)
})

test('nobody is asked to let go while a crowd arrives that has no other partner yet', async t => {
  const overlay = newOverlay({ targetConnections: 1 })
  for (const peer of ['a', 'b', 'c', 'd', 'e']) inbound(overlay, peer)
  overlay.newcomer(1_000)
  t.same(releasesOf(overlay.shape(bookOf(), 1_400)), [])
  t.equal(releasesOf(overlay.shape(bookOf(), 1_500)).length, 1)
})

test('who is asked to let go does so as soon as it has partners enough, and nobody takes that for a crash', async t => {
  const overlay = newOverlay({ targetConnections: 2 })
  for (const peer of ['a', 'b']) chosen(overlay, peer)
  overlay.release('a', 0)
  t.same(hangUpsOf(overlay.shape(bookOf(), 0)), [], 'a replacement is wanted first')
  chosen(overlay, 'c')
  const outputs = overlay.shape(bookOf(), 0)
  t.same(hangUpsOf(outputs), ['a'])
  t.same(releasesOf(outputs), ['a'], 'with a word')
  t.same(hangUpsOf(overlay.shape(bookOf(), 0)), [], 'once')
  t.equal(overlay.closed('a', 0), false, 'a parting that was asked for')
  t.equal(overlay.closed('b', 0), true, 'a connection that broke')
  t.equal(overlay.closed('b', 0), false, 'it breaks once')
})

test('who finds no other partner goes all the same after a while, unless it would have none', async t => {
  for (const others of [[], ['b']]) {
    const overlay = newOverlay({ targetConnections: 2 })
    chosen(overlay, 'a')
    for (const peer of others) inbound(overlay, peer)
    overlay.release('a', 0)
    t.same(hangUpsOf(overlay.shape(bookOf(), GRACE_MS - 1)), [])
    t.equal(overlay.nextAttemptMs(GRACE_MS - 1), GRACE_MS)
    t.same(hangUpsOf(overlay.shape(bookOf(), GRACE_MS)), others.length === 0 ? [] : ['a'])
    t.equal(overlay.has('a'), others.length === 0)
  }
})

test('a host that did not hang up, as the application used the connection, is asked again', async t => {
  const overlay = newOverlay({ targetConnections: 1 })
  for (const peer of ['a', 'b']) chosen(overlay, peer)
  overlay.release('a', 0)
  t.same(hangUpsOf(overlay.shape(bookOf(), 0)), ['a'])
  const againMs = overlay.nextAttemptMs(0)
  t.equal(againMs, 5_000)
  t.same(hangUpsOf(overlay.shape(bookOf(), againMs - 1)), [])
  t.same(hangUpsOf(overlay.shape(bookOf(), againMs)), ['a'])
})

test('a second connection to a partner that asked to be let go changes nothing', async t => {
  const overlay = newOverlay({ targetConnections: 1 })
  for (const peer of ['a', 'b']) chosen(overlay, peer)
  overlay.release('a', 0)
  inbound(overlay, 'a')
  t.same(hangUpsOf(overlay.shape(bookOf(), 0)), ['a'])
})

test('a partner that was asked to let go, or asked for it, can crash all the same', async t => {
  const overlay = newOverlay({ targetConnections: 1 })
  for (const peer of ['a', 'b', 'c', 'd', 'e']) inbound(overlay, peer)
  const [asked] = releasesOf(overlay.shape(bookOf(), 0))
  t.equal(overlay.closed(asked!, 0), true, 'it went without a word')
  const other = newOverlay({ targetConnections: 1 })
  chosen(other, 'a')
  other.release('a', 0)
  t.equal(other.closed('a', 0), true, 'it waited for us to hang up')
})

test('a partner that says that it goes has not crashed, whether or not it was asked to', async t => {
  const overlay = newOverlay({ targetConnections: 1 })
  for (const peer of ['a', 'b', 'c', 'd', 'e']) inbound(overlay, peer)
  const [asked] = releasesOf(overlay.shape(bookOf(), 0))
  const other = ['a', 'b', 'c', 'd', 'e'].find(peer => peer !== asked)!
  for (const peer of [asked!, other]) {
    overlay.release(peer, 0)
    t.equal(overlay.closed(peer, 0), false)
  }
})

test('who ignores that it was asked to go is no partner after a while, and not asked again for ten minutes', async t => {
  const overlay = newOverlay({ targetConnections: 1 })
  for (const peer of ['a', 'b', 'c', 'd', 'e']) inbound(overlay, peer)
  const [asked] = releasesOf(overlay.shape(bookOf(), 0))
  overlay.shape(bookOf(), GRACE_MS - 1)
  t.ok(overlay.has(asked!))
  const outputs = overlay.shape(bookOf(), GRACE_MS)
  t.notOk(overlay.has(asked!))
  t.ok(overlay.isConnected(asked!))
  t.notOk([...overlay.partners].includes(asked!))
  t.same(outputs.filter(output => output.type === 'link').length, 0, 'told when it changes alone')
  for (let nowMs = GRACE_MS; nowMs < LEFT_ALONE_MS; nowMs += 10_000)
    t.same(releasesOf(overlay.shape(bookOf(), nowMs)), [])
  overlay.shape(bookOf(), LEFT_ALONE_MS)
  t.ok(overlay.has(asked!), 'it may be one again')
})

test('whoever was let go and comes back is told at once that it is no partner, lest it count on the link', async t => {
  const overlay = newOverlay({ targetConnections: 1 })
  for (const peer of ['a', 'b', 'c', 'd', 'e']) inbound(overlay, peer)
  const [asked] = releasesOf(overlay.shape(bookOf(), 0))
  overlay.closed(asked!, 1_000)
  inbound(overlay, asked!, 2_000)
  t.same(releasesOf(overlay.shape(bookOf(), 2_000)), [asked])
  t.same(releasesOf(overlay.shape(bookOf(), 2_001)), [], 'once')
})

test('whoever was let go and comes back is a partner where there is a place by now', async t => {
  const overlay = newOverlay({ targetConnections: 1 })
  for (const peer of ['a', 'b', 'c', 'd', 'e']) inbound(overlay, peer)
  const [asked, other] = [...releasesOf(overlay.shape(bookOf(), 0)), 'a', 'b']
  overlay.closed(asked!, 1_000)
  overlay.closed(other === asked ? 'c' : other!, 1_000)
  inbound(overlay, asked!, 2_000)
  t.same(releasesOf(overlay.shape(bookOf(), 2_000)), [])
  t.ok(overlay.has(asked!))
})

test('whoever was let go and comes back is no partner, nor dialled, unless there is nobody else', async t => {
  const overlay = newOverlay({ targetConnections: 1 })
  for (const peer of ['a', 'b', 'c', 'd', 'e']) inbound(overlay, peer)
  const [asked] = releasesOf(overlay.shape(bookOf(), 0))
  overlay.closed(asked!, 1_000)
  inbound(overlay, asked!, 2_000)
  overlay.shape(bookOf(), 2_000)
  t.notOk(overlay.has(asked!))
  overlay.closed(asked!, 3_000)
  for (let nowMs = 20_000; nowMs < 60_000; nowMs += 1_000) t.same(dialsOf(overlay.shape(bookOf(asked!), nowMs)), [])
  inbound(overlay, asked!, 60_000)
  for (const peer of ['a', 'b', 'c', 'd', 'e']) if (peer !== asked) overlay.closed(peer, 60_000)
  t.ok(overlay.has(asked!), 'it is taken back')
  overlay.closed(asked!, 70_000)
  t.same(dialsOf(overlay.shape(bookOf(asked!), 80_000)), [asked], 'and dialled')
})

test('another connection of a peer that the application named changes nothing about a link that is to end', async t => {
  const overlay = newOverlay({ targetConnections: 1 })
  for (const peer of ['a', 'b']) chosen(overlay, peer)
  overlay.release('a', 0)
  inbound(overlay, 'a')
  t.same(hangUpsOf(overlay.shape(bookOf(), 0)), ['a'], 'it asked for that')
  inbound(overlay, 'a')
  overlay.shape(bookOf(), GRACE_MS)
  t.notOk(overlay.has('a'))
  t.equal(overlay.closed('a', GRACE_MS), false, 'no crash')

  const crowded = newOverlay({ targetConnections: 1 })
  for (const peer of ['a', 'b', 'c', 'd', 'e']) chosen(crowded, peer)
  const [surplus] = hangUpsOf(crowded.shape(bookOf(), 0))
  inbound(crowded, surplus!)
  crowded.shape(bookOf(), GRACE_MS)
  t.notOk(crowded.has(surplus!))
  t.equal(crowded.closed(surplus!, GRACE_MS), false, 'no crash')
  inbound(crowded, surplus!, GRACE_MS)
  t.ok(crowded.isChosen(surplus!), 'it may come back, since the application wants it')

  const visited = newOverlay({ targetConnections: 1 })
  for (const peer of ['a', 'b', 'c', 'd', 'e']) inbound(visited, peer)
  const [asked] = releasesOf(visited.shape(bookOf(), 0))
  visited.addNamed(target(asked!))
  inbound(visited, asked!)
  visited.shape(bookOf(), GRACE_MS)
  t.notOk(visited.has(asked!), 'it was asked for that')
})

test('a partner that was cut off for its silence and comes back before its streams have ended is a partner as before', async t => {
  const overlay = newOverlay({ targetConnections: 1 })
  inbound(overlay, 'a')
  overlay.hangUp('a', 0)
  inbound(overlay, 'a')
  for (const peer of ['b', 'c', 'd', 'e']) inbound(overlay, peer)
  t.equal(releasesOf(overlay.shape(bookOf(), 0)).length, 1, 'its link counts: there is one too many')
  for (const peer of ['b', 'c', 'd', 'e']) overlay.closed(peer, 0)
  t.equal(overlay.closed('a', 0), true, 'a crash is one')
})

test('a peer that was let go and starts again is a partner like any newcomer', async t => {
  const overlay = newOverlay({ targetConnections: 1 })
  for (const peer of ['a', 'b', 'c', 'd', 'e']) inbound(overlay, peer)
  const [asked] = releasesOf(overlay.shape(bookOf(), 0))
  overlay.closed(asked!, 1_000)
  inbound(overlay, asked!, GRACE_MS)
  overlay.shape(bookOf(), GRACE_MS)
  t.notOk(overlay.has(asked!))
  overlay.restarted(asked!)
  overlay.shape(bookOf(), GRACE_MS)
  t.ok(overlay.has(asked!))
})
