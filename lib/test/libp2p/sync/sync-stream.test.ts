/** One sync stream over a pair of streams in memory: what is on its way waits, arrives whole, and is bounded. */
import { defaultLogger } from '@libp2p/logger'
import { streamPair } from '@libp2p/utils'
import { type Test, test } from 'tap'
import type { Payer } from '../../../src/core/bounds/budget.ts'
import type { SyncMessage } from '../../../src/core/gossip/sync.ts'
import { DEFAULT_TOPIC, signAnnouncement } from '../../../src/index.ts'
import { Turns } from '../../../src/libp2p/host/turns.ts'
import { DiscoveryMetrics } from '../../../src/libp2p/reports/metrics.ts'
import { decodeSyncFrame, type SyncFrame } from '../../../src/libp2p/sync/frames.ts'
import { StreamMemory } from '../../../src/libp2p/sync/stream-memory.ts'
import { SyncStream } from '../../../src/libp2p/sync/sync-stream.ts'
import { announcementOf, keyOf } from '../../crafted.ts'

/** About 40 KiB, as a core makes them. */
const records: SyncMessage = { type: 'records', records: Array(160).fill({ record: await recordOf(1), ageMs: 0 }) }

test('what arrives while a frame is worked on waits, and none of it is lost', async t => {
  const { ours, theirs } = await pair(t)
  for (let i = 0; i < 50; i++) theirs.send(records)
  theirs.send({ type: 'ping' })
  const worked = Promise.withResolvers<void>()
  void theirs.flushed().then(() => worked.resolve())
  let frames = 0
  for await (const frame of ours.frames()) {
    if (frames++ === 0) await worked.promise
    const { type } = decodeSyncFrame(frame)
    if (type === 'ping') break
    t.equal(type, 'records')
  }
  t.equal(frames, 51)
})

test('a whole book on its way to a slow reader is not dropped', async t => {
  const { ours, theirs, theirStream } = await pair(t)
  theirStream.pause()
  for (let i = 0; i < 200; i++) ours.send(records)
  theirStream.resume()
  let frames = 0
  for await (const _ of theirs.frames()) if (++frames === 200) break
  t.equal(frames, 200)
})

test('a partner that reads nothing is dropped before it costs memory', async t => {
  const { ours, ourStream, theirStream } = await pair(t)
  theirStream.pause()
  let sent = 0
  for (; ourStream.status === 'open' && sent < 10_000; sent++) ours.send(records)
  t.ok(sent > 1_000 && sent < 10_000, `dropped after ${sent} messages`)
  t.equal(ourStream.status, 'aborted')
})

test('what is flushed is with the connection when the call returns, and is sent once', async t => {
  const { ours, theirs, ourStream } = await pair(t)
  const handed: number[] = []
  const send = ourStream.send.bind(ourStream)
  ourStream.send = data => {
    handed.push(data.byteLength)
    return send(data)
  }
  ours.send(records)
  ours.send({ type: 'ping' })
  t.same(handed, [], 'not before')
  ours.flushNow()
  t.equal(handed.length, 1)
  const read: SyncFrame['type'][] = []
  for await (const frame of theirs.frames()) {
    read.push(decodeSyncFrame(frame).type)
    if (read.length === 2) break
  }
  t.same(read, ['records', 'ping'])
  await ours.flushed()
  t.equal(handed.length, 1)
  t.equal(ours.heldBytes, 0)
})

test('closing waits until the partner has read everything', async t => {
  const { ours, theirs } = await pair(t)
  const read: SyncFrame['type'][] = []
  const reading = (async () => {
    for await (const frame of theirs.frames()) read.push(decodeSyncFrame(frame).type)
    await theirs.close()
  })()
  ours.send(records)
  ours.send({ type: 'ping' })
  await ours.flushed()
  await ours.close()
  t.same(read, ['records', 'ping'])
  await reading
})

test('closing does not wait for ever for a partner that does not', async t => {
  const { ours, ourStream } = await pair(t)
  // In place of the connection, which keeps a process alive.
  const alive = setInterval(() => {}, 1_000)
  t.teardown(() => clearInterval(alive))
  await ours.close()
  t.equal(ourStream.status, 'aborted')
})

async function pair(t: Test) {
  const [ourStream, theirStream] = await streamPair()
  const metrics = new DiscoveryMetrics(undefined, 'a topic')
  const log = defaultLogger().forComponent('test')
  t.teardown(() => {
    for (const stream of [ourStream, theirStream]) stream.abort(new Error('the test is over'))
  })
  const host = { self: 'self', log, metrics, turns: new Turns(() => false), memory: new StreamMemory() }
  const [ours, theirs] = [
    new SyncStream(ourStream, payer('ours'), host),
    new SyncStream(theirStream, payer('theirs'), host)
  ]
  return { ours, theirs, ourStream, theirStream }
}

function payer(group: string): Payer {
  return { connection: group, group }
}

async function recordOf(seed: number) {
  const key = await keyOf(seed)
  return await signAnnouncement(announcementOf(key), key, DEFAULT_TOPIC)
}
