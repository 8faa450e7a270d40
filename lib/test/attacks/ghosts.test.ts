/** Books that contradict each other about who is gone: they agree, and then they are silent. */
import type { Test } from 'tap'
import { addrOf, type TestNode, until } from '../libp2p/nodes.ts'
import { attack } from './toolkit/attack.ts'
import { measured, passing, scaled } from './toolkit/duration.ts'
import { records } from './toolkit/frames.ts'
import { lists, startHonest } from './toolkit/honest.ts'
import { type Identity, identityOf, type RecordChange, recordOf } from './toolkit/identity.ts'
import { type Link, startStranger } from './toolkit/stranger.ts'

const DAY_MS = 86_400_000
const OFTEN = { syncIntervalMs: 200 } as const

/** What `b` has been told of the subject, and lets go of, before it meets `a`, which lists seq 1 for a day. */
const endings: [what: string, last: RecordChange][] = [
  ['has buried it by a farewell whose own ttl is over', { seq: 2, ttlMs: 1_000, leaving: true }],
  ['has seen a newer version of it expire', { seq: 2, ttlMs: 1_000 }],
  ['has seen a newer version of a newer run expire', { epoch: 1_800_000_000_000, seq: 1, ttlMs: 1_000 }]
]

for (const [what, last] of endings) {
  attack(`who lists a peer for a day and meets one that ${what} lists it no more`, async t => {
    const [a, b] = [await startHonest(t, { ...OFTEN, name: 'a' }), await startHonest(t, { ...OFTEN, name: 'b' })]
    const subject = identityOf()
    await tell(t, a, recordOf(subject, { ttlMs: DAY_MS }))
    await until(() => lists(a, subject))
    const joined = joinsOf(b, subject)
    await tell(t, b, recordOf(subject, last))
    if (last.leaving !== true) await until(() => joined.length === 1)
    await passing(1_200)
    t.notOk(lists(b, subject), 'it is gone from the one')
    const metAtMs = performance.now()
    b.services.discovery.addPeer(addrOf(a))
    await until(() => b.services.discovery.addressBook.has(a.peerId) && !lists(a, subject))
    measured(t, 'until gone from the other, ms', performance.now() - metAtMs)
    await passing(3 * OFTEN.syncIntervalMs)
    t.notOk(lists(a, subject) || lists(b, subject), 'and it stays gone from both')
  })
}

attack('a farewell that two nodes know and are told of once more is not handed to and fro', async t => {
  const a = await startHonest(t, { name: 'a' })
  const b = await startHonest(t, { name: 'b', bootstrapPeers: [addrOf(a)] })
  await until(() => a.services.discovery.addressBook.has(b.peerId) && b.services.discovery.addressBook.has(a.peerId))
  const subjects = Array.from({ length: 20 }, () => identityOf())
  const farewells = subjects.map(subject => recordOf(subject, { leaving: true, ttlMs: 60_000 }))
  const [toA, toB] = [await linkTo(t, a), await linkTo(t, b)]
  for (const link of [toA, toB]) link.send(records(farewells))
  await until(() => receivedBy(a) + receivedBy(b) >= 2 * subjects.length)
  await passing(500)
  const before = receivedBy(a) + receivedBy(b)
  for (const link of [toA, toB]) link.send(records(farewells))
  for (const link of [toA, toB]) link.send(records(farewells, 0, 'push'))
  await passing(scaled(1_500, 10_000))
  const told = receivedBy(a) + receivedBy(b) - before
  measured(t, 'announcements received after 80 were repeated', told)
  t.ok(told <= 8 * subjects.length, 'they fall silent')
})

attack('a flood of farewells of unknown peers does not make a node forget who has left', async t => {
  const tombstones = scaled(1_024, 16_384)
  const node = await startHonest(t, { name: 'node', maxTombstones: tombstones })
  const known = Array.from({ length: 20 }, () => identityOf())
  const honest = await linkTo(t, node)
  honest.send(records(known.map(subject => recordOf(subject, { seq: 2, ttlMs: DAY_MS }))))
  await until(() => known.every(subject => lists(node, subject)))
  honest.send(records(known.map(subject => recordOf(subject, { seq: 3, ttlMs: DAY_MS, leaving: true }))))
  await until(() => !known.some(subject => lists(node, subject)))
  const liar = await linkTo(t, node)
  const before = receivedBy(node)
  const flood = Array.from({ length: tombstones + 100 }, () => recordOf(identityOf(), { ttlMs: DAY_MS, leaving: true }))
  for (let from = 0; from < flood.length; from += 100) {
    await until(() => liar.send(records(flood.slice(from, from + 100))) || !liar.isOpen)
  }
  await until(() => receivedBy(node) - before >= flood.length || !liar.isOpen)
  const again = await linkTo(t, node)
  // Older than what it was told, and never seen here.
  again.send(records(known.map(subject => recordOf(subject, { seq: 1, ttlMs: DAY_MS }))))
  await until(() => receivedBy(node) - before >= flood.length + known.length || !liar.isOpen)
  await passing(500)
  const back = known.filter(subject => lists(node, subject)).length
  measured(t, 'of 20 who had left, back in the book', back)
  t.equal(back, 0, 'none of them is back')
})

async function tell(t: Test, node: TestNode, envelope: Uint8Array): Promise<void> {
  const link = await linkTo(t, node)
  link.send(records([envelope]))
}

async function linkTo(t: Test, node: TestNode): Promise<Link> {
  return await (await startStranger(t)).link(node)
}

function receivedBy(node: TestNode): number {
  return node.services.discovery.stats.received
}

function joinsOf(node: TestNode, { peer }: Identity): string[] {
  const joined: string[] = []
  node.services.discovery.addressBook.addEventListener('joined', ({ detail }) => {
    if (detail.peerId.toString() === peer) joined.push(peer)
  })
  return joined
}
