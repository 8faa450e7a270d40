/** What a node lacks beside its links, and what becomes of a link that is on its way out. */
import fc from 'fast-check'
import { test } from 'tap'
import { LinkTable } from '../../../src/core/overlay/link-table.ts'
import { isKept, type Link, newLink } from '../../../src/core/overlay/links.ts'
import { Partners } from '../../../src/core/overlay/partners.ts'
import { newOverlay, SELF } from '../overlays.ts'

const RELEASE_GRACE_MS = 10_000
const HANG_UP_INTERVAL_MS = 5_000

const anyLink = fc
  .record({
    peer: fc.constantFrom('a', 'b', 'c', 'x', 'y', 'z'),
    isChosen: fc.boolean(),
    isLimited: fc.boolean(),
    hasSaidRelease: fc.boolean()
  })
  .map((change): Link => ({ ...newLink(change.peer, change.peer, 0), ...change }))

test('of a new link nothing is known, and it is meant to stay', async t => {
  const { peer, group, openedAtMs, ...facts } = newLink('a', 'group', 5)
  t.strictSame({ peer, group, openedAtMs }, { peer: 'a', group: 'group', openedAtMs: 5 })
  t.strictSame([...new Set(Object.values(facts).filter(value => typeof value === 'boolean'))], [false])
  t.ok(isKept(newLink('a', 'group', 5)))
})

test('what is missing is what is wanted without the links that are meant to stay', async t => {
  const links = fc.uniqueArray(anyLink, { selector: ({ peer }) => peer })
  fc.assert(
    fc.property(links, fc.nat(2), fc.nat(4), fc.boolean(), fc.boolean(), (all, chosen, any, earlier, isFirst) => {
      const table = new LinkTable({ self: SELF, chosen, any, earlier })
      table.noteFirst(isFirst)
      for (const link of all) table.add(link)
      const kept = all.filter(({ hasSaidRelease }) => !hasSaidRelease)
      const direct = chosen - kept.filter(({ isLimited }) => !isLimited).length
      t.strictSame(table.missing(), {
        chosen: chosen - kept.filter(({ isChosen }) => isChosen).length,
        any: any - kept.length,
        direct,
        isDirectMissing: direct > 0 && kept.some(({ isLimited }) => isLimited),
        isEarlierMissing: earlier && !isFirst && !kept.some(({ peer }) => peer < SELF),
        ending: all.length - kept.length
      })
      t.strictSame(
        table.ending(),
        all.filter(link => !kept.includes(link))
      )
    }),
    { numRuns: 50 }
  )
})

test('what is missing is counted anew once a link is there, has changed or is gone', async t => {
  const table = new LinkTable({ self: SELF, chosen: 1, any: 3, earlier: true })
  const link = newLink('a', 'a', 0)
  t.equal(table.missing().any, 3)
  table.add(link)
  t.equal(table.missing().any, 2)
  link.isChosen = true
  table.changed()
  t.equal(table.missing().chosen, 0)
  table.delete('a')
  t.match(table.missing(), { any: 3, chosen: 1, isEarlierMissing: true })
  table.noteFirst(true)
  t.equal(table.missing().isEarlierMissing, false)
})

test('a link is dialled, chosen or adoptable as it came about; one that is not there is nothing', async t => {
  const partners = new Partners(SELF, 3, { groupOf: addr => addr, random: () => 0 })
  partners.opened('dialled', { initiator: true, addr: '/a' }, 0)
  partners.opened('inbound', { initiator: false, addr: '/b' }, 0)
  partners.opened('chosen', { initiator: true, addr: '/c' }, 0)
  partners.choose('chosen')
  const facts = ['dialled', 'inbound', 'chosen', 'unknown'].map(peer => [
    partners.isConnected(peer),
    partners.isDialled(peer),
    partners.isChosen(peer),
    partners.isAdoptable(peer)
  ])
  t.strictSame(facts, [
    [true, true, false, true],
    [true, false, false, true],
    [true, true, true, false],
    [false, false, false, false]
  ])
  t.equal(partners.closed('unknown', false, 0), undefined)
  t.equal(newOverlay().closed('unknown', 0), false, 'nothing became of it')
})

test('a node that loses its last partner takes back one that it let go, but not while that one is just closing', async t => {
  const partners = new Partners(SELF, 1, { groupOf: addr => addr, random: () => 0 })
  for (const peer of ['a', 'b']) partners.opened(peer, { initiator: true, addr: `/${peer}` }, 0)
  partners.choose('b')
  const hangsUp = (nowMs: number) => partners.letGo(true, nowMs).some(({ type }) => type === 'hang-up')
  t.ok(partners.end(partners.keptLink('a')!, 0).some(({ type }) => type === 'hang-up'))
  t.notOk(hangsUp(HANG_UP_INTERVAL_MS - 1), 'the host has time to close the connection')
  t.ok(hangsUp(RELEASE_GRACE_MS), 'then it is asked once more')
  t.strictSame([...partners.all], ['b'])
  partners.closed('b', false, RELEASE_GRACE_MS + 1)
  t.strictSame([...partners.all], [])
  partners.letGo(true, RELEASE_GRACE_MS + HANG_UP_INTERVAL_MS - 1)
  t.strictSame([...partners.all], [])
  partners.letGo(true, RELEASE_GRACE_MS + HANG_UP_INTERVAL_MS)
  t.strictSame([...partners.all], ['a'])
})

test('what is due for a link that ends is always later than the moment at which it is asked', async t => {
  const partners = new Partners(SELF, 1, { groupOf: addr => addr, random: () => 0 })
  for (const peer of ['a', 'b']) partners.opened(peer, { initiator: true, addr: `/${peer}` }, 0)
  partners.choose('b')
  t.equal(partners.nextMs(0), Number.POSITIVE_INFINITY, 'no link ends')
  partners.end(partners.keptLink('a')!, 0)
  t.equal(partners.nextMs(0), HANG_UP_INTERVAL_MS)
  t.equal(partners.nextMs(HANG_UP_INTERVAL_MS), RELEASE_GRACE_MS)
  for (let nowMs = 0; nowMs < 10 * RELEASE_GRACE_MS; nowMs += 1_000) t.ok(partners.nextMs(nowMs) > nowMs)
})
