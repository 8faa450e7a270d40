/** The earlier peer that a node seeks when it may choose one link only. */
import fc from 'fast-check'
import { test } from 'tap'
import { Climb } from '../../../src/core/dialling/draws/climb.ts'
import { Pace } from '../../../src/core/dialling/pace.ts'
import { Crowd } from '../../../src/core/overlay/crowd.ts'
import { seededRandom } from '../../../src/core/random.ts'
import { bookOf, SELF } from '../overlays.ts'
import { record } from '../records.ts'

const PEERS = ['a', 'b', 'c', 'x', 'y', 'z']

test('an earlier peer is drawn that may be dialled, one that was let go only for want of another', async t => {
  const some = fc.subarray(PEERS)
  fc.assert(
    fc.property(some, some, some, fc.nat(), (listed, dialable, leftAlone, seed) => {
      const climb = new Climb(SELF, seededRandom(seed))
      const isDialable = (peer: string) => dialable.includes(peer)
      const drawn = climb.draw(bookOf(...listed), { isDialable, isLeftAlone: peer => leftAlone.includes(peer) }, 0)
      const earlier = listed.filter(peer => peer < SELF)
      if (earlier.length === 0) return drawn === 'first'
      const candidates = earlier.filter(isDialable)
      const others = candidates.filter(peer => !leftAlone.includes(peer))
      const wanted = others.length > 0 ? others : candidates
      if (wanted.length === 0) return drawn === undefined
      return typeof drawn === 'object' && wanted.includes(drawn.id) && drawn.addrs[0] === `/${drawn.id}`
    })
  )
  t.pass()
})

test('a peer without addresses is not dialled, and this node is not the first all the same', async t => {
  const book = bookOf()
  book.apply(record({ peer: 'a' }), 0)
  t.equal(new Climb(SELF, () => 0).draw(book, { isDialable: () => true, isLeftAlone: () => false }, 0), undefined)
})

test('the book is read at most once a second', async t => {
  const climb = new Climb(SELF, () => 0)
  const pace = new Pace(new Crowd(0), () => 0)
  const beforeMs = climb.nextMs(pace)
  t.ok(beforeMs <= 5_000, 'a look is due')
  climb.draw(bookOf(), { isDialable: () => true, isLeftAlone: () => false }, 5_000)
  t.equal(climb.nextMs(pace), 6_000)
})
