/** Farewells that were signed ahead, for nodes that have no time to sign when they go. */
import fc from 'fast-check'
import { test } from 'tap'
import { resolveConfig } from '../../../src/core/config.ts'
import { Discovery } from '../../../src/core/discovery.ts'
import { RELEASE_GRACE_MS } from '../../../src/core/overlay/partners.ts'
import {
  type Announcement,
  compareVersions,
  farewellAfter,
  type SignedAnnouncement
} from '../../../src/core/record/announcement.ts'
import { Network, signed, type TestNode, testHost } from '../network.ts'
import { announcement, farewell } from '../records.ts'

test('a node that goes within one call is gone from every book, and nobody takes it for a crash', async t => {
  const network = new Network()
  const [a, b, c] = ['a', 'b', 'c'].map((peer, i) => network.start(peer, { bootstrap: i === 0 ? [] : ['a'] }))
  network.until(() => network.allList('a', 'b', 'c'), 1_000)
  leaveNow(c!)
  network.crash('c')
  network.until(() => a!.book.size === 1 && b!.book.size === 1, 1_000)
  for (const node of [a!, b!]) t.same(endingsOf(node), ['left c'])
})

test('the farewell is published and sent to every partner within the call', async t => {
  const { discovery, own } = announced()
  discovery.handle({ type: 'partner-opened', peer: 'b', initiator: false, addr: 'b' }, 0)
  const record = signed(farewellAfter(own)!)
  const out = discovery.handle({ type: 'leave', farewell: record }, 10)
  t.same(
    out.map(output => (output.type === 'send' ? `send ${output.message.type} to ${output.to}` : output.type)),
    ['publish', 'send push to b']
  )
  t.ok(discovery.hasLeft)
  t.same(discovery.version, { epoch: 1, seq: own.seq + 1 })
})

test('a farewell is sent to everybody who is connected, also to those who are no partners any more', async t => {
  for (const isSignedAhead of [true, false]) {
    const { discovery, own } = announced()
    for (const peer of ['b', 'c']) {
      discovery.handle({ type: 'partner-opened', peer, initiator: false, addr: peer }, 0)
    }
    discovery.handle({ type: 'message', from: 'b', message: { type: 'release' } }, 0)
    discovery.handle({ type: 'tick' }, RELEASE_GRACE_MS)
    t.same([...discovery.overlay.partners], ['c'])
    const farewell = signed(farewellAfter(own)!)
    const said = isSignedAhead
      ? discovery.handle({ type: 'leave', farewell }, RELEASE_GRACE_MS)
      : [
          ...discovery.handle({ type: 'leave' }, RELEASE_GRACE_MS),
          ...discovery.handle({ type: 'signed', record: farewell }, RELEASE_GRACE_MS)
        ]
    t.same(said.flatMap(output => (output.type === 'send' ? [output.to] : [])).sort(), ['b', 'c'])
  }
})

test('an echo of the farewell makes the node neither answer nor warn', async t => {
  const { discovery, own } = announced()
  const record = signed(farewellAfter(own)!)
  discovery.handle({ type: 'leave', farewell: record }, 10)
  t.equal(discovery.interestIn(record.announcement, 0), 'known')
  discovery.restart(1, 20)
  const out = Array.from({ length: 5 }, () => discovery.handle({ type: 'gossip', from: 'b', record }, 30)).flat()
  const next = announcementsOf(out)
  t.same(
    next.map(({ leaving }) => leaving),
    [false]
  )
  t.ok(compareVersions(next[0]!, record.announcement) > 0, 'the next run is newer than the farewell')
  t.notOk(out.some(({ type }) => type === 'warned'))
})

test('a farewell is the next number of its announcement, and says the same otherwise', async t => {
  const seqs = fc.oneof(fc.nat(), fc.constantFrom(Number.MAX_SAFE_INTEGER - 1, Number.MAX_SAFE_INTEGER))
  fc.assert(
    fc.property(seqs, fc.boolean(), fc.string(), (seq, leaving, name) => {
      const before = announcement({ seq, leaving, name })
      const after = farewellAfter(before)
      if (leaving || seq === Number.MAX_SAFE_INTEGER) return after === undefined
      return JSON.stringify(after) === JSON.stringify({ ...before, seq: seq + 1, leaving: true })
    })
  )
  t.equal(farewellAfter(farewell().announcement), undefined)
})

/** A core that has announced itself once. */
function announced(): { discovery: Discovery; own: Announcement } {
  const discovery = new Discovery(resolveConfig({}), { peer: 'self', epoch: 1 }, testHost(1), 0)
  const [own] = announcementsOf(discovery.handle({ type: 'tick' }, 0))
  discovery.handle({ type: 'signed', record: signed(own!) }, 0)
  return { discovery, own: own! }
}

function leaveNow(node: TestNode): void {
  const own = node.discovery.own as SignedAnnouncement
  node.take({ type: 'leave', farewell: signed(farewellAfter(own.announcement)!) })
}

function announcementsOf(outputs: ReturnType<Discovery['handle']>): Announcement[] {
  return outputs.flatMap(output => (output.type === 'announce' ? [output.announcement] : []))
}

function endingsOf({ events }: TestNode): string[] {
  return events.filter(event => /^(left|expired) /.test(event))
}
