/** The sync streams of a node over pairs of streams in memory: who is a partner, and how long its frames may keep this node busy. */
import type { Connection, ConnectionLimits, Stream } from '@libp2p/interface'
import { defaultLogger } from '@libp2p/logger'
import { peerIdFromPrivateKey } from '@libp2p/peer-id'
import { lpStream, streamPair } from '@libp2p/utils'
import { multiaddr } from '@multiformats/multiaddr'
import { type Test, test } from 'tap'
import { Budgets } from '../../../src/core/bounds/budgets.ts'
import type { Input } from '../../../src/core/effects.ts'
import type { AgedRecord } from '../../../src/core/record/aged-record.ts'
import { DEFAULT_TOPIC, signAnnouncement } from '../../../src/index.ts'
import { monotonicMs } from '../../../src/libp2p/clock.ts'
import type { ConnectionUse } from '../../../src/libp2p/host/connection-use.ts'
import { Turns } from '../../../src/libp2p/host/turns.ts'
import type { Receiver } from '../../../src/libp2p/records/receiver.ts'
import { DiscoveryMetrics } from '../../../src/libp2p/reports/metrics.ts'
import { decodeSyncFrame, encodeSyncMessage, type SealedRecord } from '../../../src/libp2p/sync/frames.ts'
import { SyncStreams } from '../../../src/libp2p/sync/sync-streams.ts'
import { announcementOf, keyOf } from '../../crafted.ts'
import { until } from '../nodes.ts'

const key = await keyOf(1)
const record = await signAnnouncement(announcementOf(key), key, DEFAULT_TOPIC)
const peer = peerIdFromPrivateKey(key)
const ADDR = '/ip4/192.0.2.1/tcp/1'

test('a peer has one stream in each direction: another takes the place of the first, and no partner is lost', async t => {
  const { streams, inputs, serve } = await start(t)
  const first = await serve(false)
  const second = await serve(false)
  await serve(true)
  t.equal(first.ours.status, 'aborted')
  t.equal(second.ours.status, 'open')
  t.equal(streams.size, 1)
  t.same(
    inputs.map(({ type }) => type),
    ['partner-opened', 'partner-opened', 'partner-opened']
  )
})

test('a partner is told as cut for what it did, and not for having gone', async t => {
  const ends: [what: string, end: (theirs: Stream) => unknown, isCut: boolean][] = [
    ['a frame that is none', theirs => lpStream(theirs).write(Uint8Array.of(0xff)), true],
    ['a stream that ends', theirs => theirs.close(), false],
    ['a stream that breaks', theirs => theirs.abort(new Error('gone')), false]
  ]
  for (const [what, end, isCut] of ends) {
    const { inputs, serve } = await start(t)
    const { theirs, done } = await serve(false)
    end(theirs)
    await done
    const closed = { type: 'partner-closed', peer: peer.toString() }
    t.same(inputs.at(-1), isCut ? { ...closed, isCut } : closed, what)
  }
})

test('of a frame with news only the first part counts as a push, and a frame without any does', async t => {
  const { inputs, serve } = await start(t, { sliceOf: 1 })
  const { theirs } = await serve(false)
  const push = (records: AgedRecord[]) => lpStream(theirs).write(encodeSyncMessage({ type: 'push', records }))
  await push(Array(3).fill({ record, ageMs: 0 }))
  await push([])
  await until(() => inputs.length === 5)
  t.same(
    inputs.slice(1).map(input => (input.type === 'message' ? input.message.type : input.type)),
    ['push', 'records', 'records', 'push']
  )
})

test('a partner whose records take long hears that this node is there before all of them are done', async t => {
  const clock = fakeClock(t)
  const { serve } = await start(t, { sliceOf: 1, onSlice: () => clock.pass(300) })
  const { theirs } = await serve(false)
  const frames = lpStream(theirs)
  await frames.write(encodeSyncMessage({ type: 'records', records: Array(10).fill({ record, ageMs: 0 }) }))
  t.same(decodeSyncFrame((await frames.read()).subarray()), { type: 'pong' })
})

test('a partner whose frames are done at once is told nothing', async t => {
  const { inputs, serve } = await start(t, { sliceOf: 1 })
  const { theirs } = await serve(false)
  let told = 0
  theirs.addEventListener('message', () => told++)
  const frames = lpStream(theirs)
  for (let i = 0; i < 5; i++) await frames.write(encodeSyncMessage({ type: 'pong' }))
  await until(() => inputs.length === 6)
  t.equal(told, 0)
})

test('what is beyond the budget of a partner waits, is not lost, and keeps nothing once it has gone', async t => {
  const { streams, budgets, inputs, serve } = await start(t)
  const { theirs, done } = await serve(false)
  const frames = lpStream(theirs)
  const payer = { connection: peer.toString(), group: '/ip4/192.0.2.1' }
  // All that it may have at once, and a little more.
  budgets.work.charge(payer, 800_500, monotonicMs())
  await frames.write(encodeSyncMessage({ type: 'ping' }))
  await until(() => inputs.length === 2)
  budgets.work.charge(payer, 1_000_000_000, monotonicMs())
  await frames.write(encodeSyncMessage({ type: 'ping' }))
  theirs.abort(new Error('gone'))
  await done
  t.equal(inputs.filter(({ type }) => type === 'message').length, 1)
  t.equal(streams.size, 0)
})

test('of a circuit that is used up the core is told once, on the side that dialled it, and whose it was when it ends', async t => {
  for (const [initiator, told, spentBy] of [
    [true, ['link-spent'], 'self'],
    [false, [], 'peer']
  ] as const) {
    const { inputs, serve } = await start(t)
    const left = { bytes: BigInt(128 * 1024) }
    const { theirs, done } = await serve(initiator, left)
    const frames = lpStream(theirs)
    await frames.write(encodeSyncMessage({ type: 'pong' }))
    await until(() => inputs.length === 2)
    left.bytes = 20_000n
    for (let i = 0; i < 3; i++) await frames.write(encodeSyncMessage({ type: 'pong' }))
    await until(() => inputs.length === 5 + told.length)
    t.same(
      inputs.filter(({ type }) => type === 'link-spent').map(({ type }) => type),
      told
    )
    t.same(inputs[0], { type: 'partner-opened', peer: peer.toString(), initiator, addr: ADDR, isLimited: true })
    theirs.abort(new Error('gone'))
    await done
    t.same(inputs.at(-1), { type: 'partner-closed', peer: peer.toString(), spentBy })
  }
})

test('while one circuit takes the place of another, both are read, and the peer stays a partner', async t => {
  const { streams, inputs, serve } = await start(t)
  const [former, next] = [await serve(false, { bytes: 9_000n }), await serve(false, { bytes: 130_000n })]
  await lpStream(former.theirs).write(encodeSyncMessage({ type: 'pong' }))
  await lpStream(next.theirs).write(encodeSyncMessage({ type: 'pong' }))
  await until(() => inputs.filter(({ type }) => type === 'message').length === 2)
  former.theirs.abort(new Error('the dialler ends it'))
  await former.done
  t.equal(streams.size, 1)
  t.notOk(inputs.some(({ type }) => type === 'partner-closed'))
})

test('when all streams with a peer end, that is told once, and none of them as open meanwhile', async t => {
  const ends = [(streams: SyncStreams) => streams.hangUp(peer.toString()), (streams: SyncStreams) => streams.close()]
  for (const end of ends) {
    const { streams, inputs, serve } = await start(t)
    await serve(false)
    await serve(true)
    await serve(true, { bytes: 130_000n })
    // It resolves once the other side has closed its own.
    void end(streams)
    await until(() => inputs.at(-1)?.type === 'partner-closed')
    t.same(
      inputs.map(({ type }) => type),
      ['partner-opened', 'partner-opened', 'partner-opened', 'partner-closed']
    )
    t.same(inputs.at(-1), { type: 'partner-closed', peer: peer.toString() })
  }
})

/** Time that passes only when the test says so. */
function fakeClock(t: Test) {
  const { now } = performance
  let nowMs = now.call(performance)
  performance.now = () => nowMs
  t.teardown(() => {
    performance.now = now
  })
  return {
    pass(ms: number) {
      nowMs += ms
    }
  }
}

interface Slices {
  sliceOf?: number
  onSlice?: () => void
}

async function start(t: Test, { sliceOf = 16, onSlice = () => {} }: Slices = {}) {
  const inputs: Input[] = []
  const budgets = new Budgets()
  const shared = {
    log: defaultLogger().forComponent('test'),
    metrics: new DiscoveryMetrics(undefined, 'a topic'),
    turns: new Turns(() => false)
  }
  const receiver = {
    count() {},
    async *open(_: unknown, sealed: readonly SealedRecord[]) {
      for (let from = 0; from < sealed.length; from += sliceOf) {
        onSlice()
        yield sealed.slice(from, from + sliceOf).map(({ ageMs }) => ({ record, ageMs }))
      }
    }
  } as unknown as Receiver
  const streams = new SyncStreams(
    'topic',
    receiver,
    budgets,
    shared,
    {
      connections: () => [],
      use: {} as ConnectionUse,
      circuits: { self: 'self', dial: async () => await new Promise<Connection>(() => {}) }
    },
    input => inputs.push(input)
  )
  streams.begin()
  const remoteAddr = multiaddr(ADDR)
  const direct = { remotePeer: peer, remoteAddr, streams: [] as Stream[] } as Connection
  const serve = async (initiator: boolean, limits?: ConnectionLimits) => {
    const connection = limits === undefined ? direct : { ...direct, limits }
    const [ours, theirs] = await streamPair()
    t.teardown(() => ours.abort(new Error('the test is over')))
    return { ours, theirs, done: streams.serve(ours, connection, initiator) }
  }
  return { streams, budgets, inputs, serve }
}
