/** What a hostile libp2p peer can say, over gossip and over a sync stream, and what becomes of it: nothing. */
import type { Stream } from '@libp2p/interface'
import { encode, rfc8949EncodeOptions } from 'cborg'
import { type Test, test } from 'tap'
import { settled } from '../../../scripts/tests/until.ts'
import { MAX_FRAME_BYTES } from '../../src/core/gossip/sync.ts'
import type { Announcement, SignedAnnouncement } from '../../src/core/record/announcement.ts'
import { DEFAULT_TOPIC, type RejectReason, signAnnouncement } from '../../src/index.ts'
import { blames } from '../../src/libp2p/errors.ts'
import { announcementOf, faultyEnvelopes, keyOf } from '../crafted.ts'
import { addrOf, eventsOf, namesOf, startNode, type TestNode, until } from './nodes.ts'
import { openSync, type Stranger, startStranger } from './stranger.ts'

const NO_SIGN = { globalSignaturePolicy: 'StrictNoSign' } as const

test('whatever is wrong with an announcement, gossip is refused by reason, and honest nodes are heard', async t => {
  const { alice, stranger } = await aliceAndStranger(t)
  for (const [fault, envelope] of Object.entries(await faultyEnvelopes(await keyOf(1)))) {
    await stranger.services.pubsub.publish(DEFAULT_TOPIC, envelope)
    await until(
      () => rejected(alice, fault) === 1,
      () => [fault, alice.services.discovery.stats]
    )
    t.equal(rejected(alice, fault), 1, fault)
  }
  t.same(namesOf(alice), [])
  await stranger.services.pubsub.publish(DEFAULT_TOPIC, (await announced(2)).envelope)
  await until(() => namesOf(alice).length === 1)
  await expectHonest(t, alice)
})

test('whatever is wrong with an announcement, a sync stream that brings it is refused by reason, and dropped if every version would', async t => {
  const { alice, stranger } = await aliceAndStranger(t)
  const { envelope: right } = await announced(3)
  for (const [fault, envelope] of Object.entries(await faultyEnvelopes(await keyOf(1)))) {
    const { frames, stream } = await openSync(stranger, alice)
    await frames.write(recordsFrame(envelope))
    await until(
      () => rejected(alice, fault) === 1,
      () => [fault, alice.services.discovery.stats]
    )
    if (!blames(fault)) {
      await frames.write(recordsFrame(right))
      await until(() => namesOf(alice).length === 1)
      await stream.close()
    }
    await until(
      () => stream.status !== 'open',
      () => [fault, stream.status]
    )
    t.equal(rejected(alice, fault), 1, fault)
  }
  const { frames } = await openSync(stranger, alice)
  await frames.write(recordsFrame((await announced(2, { name: 'bea' })).envelope))
  await until(() => namesOf(alice).includes('bea'))
  await expectHonest(t, alice)
})

test('what comes before a bad record in a frame is taken, what comes after it is not', async t => {
  const { alice, stranger } = await aliceAndStranger(t)
  const [before, after] = [await announced(2, { name: 'before' }), await announced(3, { name: 'after' })]
  const bad = (await faultyEnvelopes(await keyOf(1)))['bad-signature']
  const { frames, stream } = await openSync(stranger, alice)
  await frames.write(recordsFrame(before.envelope, bad, after.envelope))
  await until(() => stream.status !== 'open')
  t.same(namesOf(alice), ['before'])
})

test('replayed and reordered announcements change nothing, over gossip and sync alike', async t => {
  const { alice, stranger } = await aliceAndStranger(t)
  const said = [await announced(1, { seq: 4, name: 'old' }), await announced(1, { seq: 5, name: 'new' })]
  const { frames } = await openSync(stranger, alice)
  await frames.write(recordsFrame(said[1]!.envelope))
  await until(() => namesOf(alice).includes('new'))
  const events = eventsOf(alice)
  for (const [i, { envelope }] of said.entries()) {
    await stranger.services.pubsub.publish(DEFAULT_TOPIC, envelope)
    await until(() => rejected(alice, 'stale') === 2 * i + 1)
    await frames.write(recordsFrame(envelope))
    await until(() => rejected(alice, 'stale') === 2 * i + 2)
  }
  t.same(events, [])
  t.same(namesOf(alice), ['new'])
})

test('what is stale costs no signature', async t => {
  const { alice, stranger } = await aliceAndStranger(t)
  const forged = (await announced(1, { seq: 4 })).envelope.with(-1, 0)
  const { frames } = await openSync(stranger, alice)
  await frames.write(recordsFrame((await announced(1, { seq: 5 })).envelope))
  await until(() => alice.services.discovery.addressBook.size === 1)
  await frames.write(recordsFrame(forged))
  await until(() => alice.services.discovery.stats.received === 2)
  t.same(alice.services.discovery.stats.rejected, { stale: 1 })
})

test('a peer that has expired does not come back by replay', async t => {
  const { alice, stranger } = await aliceAndStranger(t)
  const events = eventsOf(alice)
  const { envelope } = await announced(1, { name: 'ghost', ttlMs: 1_000 })
  const { frames } = await openSync(stranger, alice)
  await frames.write(recordsFrame(envelope))
  await until(() => events.includes('expired ghost'))
  await frames.write(recordsFrame(envelope))
  await stranger.services.pubsub.publish(DEFAULT_TOPIC, envelope)
  await until(() => rejected(alice, 'stale') === 2)
  t.same(events, ['joined ghost', 'expired ghost'])
})

test('a liar who calls an announcement outlived does not stand in the way of those who have it fresh', async t => {
  const { alice, stranger } = await aliceAndStranger(t)
  const { envelope } = await announced(1, { name: 'victim' })
  const { frames } = await openSync(stranger, alice)
  await frames.write(encode(['records', [[86_400_000, envelope, false]]], rfc8949EncodeOptions))
  await until(() => rejected(alice, 'outlived') === 1)
  t.same(namesOf(alice), [])
  await frames.write(recordsFrame(envelope))
  await until(() => namesOf(alice).includes('victim'))
})

const garbage: [what: string, write: (stream: Stream) => void][] = [
  ['bytes that are no CBOR', stream => stream.send(Uint8Array.of(3, 0xff, 0xff, 0xff))],
  ['an unknown kind', stream => stream.send(Uint8Array.of(3, 0x81, 0x61, 0x78))],
  ['an empty frame', stream => stream.send(Uint8Array.of(0))],
  ['a frame over the bound', stream => stream.send(varint(MAX_FRAME_BYTES + 1))],
  ['a frame of a length beyond all numbers', stream => stream.send(new Uint8Array(20).fill(0xff))]
]

for (const [what, write] of garbage) {
  test(`${what} ends the sync stream, is counted, and harms nobody`, async t => {
    const { alice, stranger } = await aliceAndStranger(t)
    const { stream } = await openSync(stranger, alice)
    write(stream)
    await until(
      () => rejected(alice, 'malformed-frame') === 1,
      () => alice.services.discovery.stats
    )
    await until(() => stream.status !== 'open')
    await expectHonest(t, alice)
  })
}

test('a stream that stalls within a frame keeps nobody waiting, not even the stop', async t => {
  const { alice, stranger } = await aliceAndStranger(t)
  const { stream } = await openSync(stranger, alice)
  stream.send(Uint8Array.of(100, 0x82))
  stream.pause()
  await expectHonest(t, alice)
  await settled(alice.stop(), () => 'the node does not stop')
})

test('whoever resets its stream at once, again and again, is not answered without a pause', async t => {
  const { alice, stranger } = await aliceAndStranger(t)
  let opened = 0
  await stranger.handle('/gossip-discovery/sync/1.0.0//gossip-discovery/1', stream => {
    opened++
    stream.abort(new Error('go away'))
  })
  alice.services.discovery.addPeer(addrOf(stranger))
  await until(() => opened >= 3)
  const startedMs = performance.now()
  await until(() => opened >= 5)
  t.ok(performance.now() - startedMs > 500, 'at most about one a second')
})

async function aliceAndStranger(t: Test): Promise<{ alice: TestNode; stranger: Stranger }> {
  const alice = await startNode(t, { name: 'alice', pubsub: NO_SIGN })
  const stranger = await startStranger(t)
  stranger.services.pubsub.subscribe(DEFAULT_TOPIC)
  await stranger.dial(alice.getMultiaddrs())
  await until(() => stranger.services.pubsub.getSubscribers(DEFAULT_TOPIC).length > 0)
  return { alice, stranger }
}

/** An honest node joins as if nothing had happened. */
async function expectHonest(t: Test, alice: TestNode): Promise<void> {
  const bob = await startNode(t, { name: 'bob', pubsub: NO_SIGN, bootstrapPeers: [addrOf(alice)] })
  await until(() => namesOf(alice).includes('bob') && namesOf(bob).includes('alice'))
}

async function announced(seed: number, change: Partial<Announcement> = {}): Promise<SignedAnnouncement> {
  const key = await keyOf(seed)
  return await signAnnouncement(announcementOf(key, { addrs: [], ...change }), key, DEFAULT_TOPIC)
}

function recordsFrame(...envelopes: Uint8Array[]): Uint8Array {
  return encode(['records', envelopes.map(envelope => [0, envelope, false])], rfc8949EncodeOptions)
}

function rejected(node: TestNode, reason: string): number {
  return node.services.discovery.stats.rejected[reason as RejectReason] ?? 0
}

function varint(value: number): Uint8Array {
  const bytes: number[] = []
  for (let rest = value; rest > 0; rest >>>= 7) bytes.push((rest & 0x7f) | (rest > 0x7f ? 0x80 : 0))
  return Uint8Array.from(bytes)
}
