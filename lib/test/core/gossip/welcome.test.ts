/** What a node sends to a stranger that connects to it, before being asked. */
import { test } from 'tap'
import { BUCKETS } from '../../../src/core/book/digest.ts'
import { resolveConfig } from '../../../src/core/config.ts'
import { Discovery } from '../../../src/core/discovery.ts'
import type { Input, Output } from '../../../src/core/effects.ts'
import { testHost } from '../network.ts'
import { record } from '../records.ts'

const QUIET_MS = 1_000

test('a stranger is sent the whole book at once, and nothing more for its empty digest', async t => {
  const node = nodeListing('x', 'y')
  t.same(sentTo('stranger', connect(node, 'stranger', QUIET_MS)), ['x', 'y'])
  t.same(sentTo('stranger', digest(node, 'stranger', new Uint32Array(BUCKETS))), [])
  t.same(
    sentTo('stranger', digest(node, 'stranger', new Uint32Array(BUCKETS))),
    ['x', 'y'],
    'once: it may have lost it all'
  )
})

test('a stranger that has a book of its own is answered as anybody', async t => {
  const node = nodeListing('x')
  connect(node, 'stranger', QUIET_MS)
  const outputs = digest(node, 'stranger', new Uint32Array(BUCKETS).fill(1))
  t.ok(outputs.some(output => output.type === 'send' && output.message.type === 'summary'))
})

test('whoever is listed, or gone, is sent nothing unasked: its own book may be full', async t => {
  const node = nodeListing('x', 'listed', 'gone')
  hear(node, { record: record({ peer: 'gone', seq: 2, leaving: true }), ageMs: 0 })
  t.same(sentTo('listed', connect(node, 'listed', QUIET_MS)), ['listed'], 'but what it should outdo')
  t.same(sentTo('gone', connect(node, 'gone', QUIET_MS)), ['gone'])
})

test('while a crowd joins a stranger asks first: what is on its way comes to it from others, too', async t => {
  const node = nodeListing('x', 'y')
  t.same(sentTo('stranger', connect(node, 'stranger', 100)), [])
  t.same(sentTo('stranger', digest(node, 'stranger', new Uint32Array(BUCKETS))), ['x', 'y'])
})

test('a node is sent nothing unasked by whom it dials', async t => {
  const node = nodeListing('x')
  t.same(
    sentTo(
      'dialled',
      node.handle({ type: 'partner-opened', peer: 'dialled', initiator: true, addr: '/dialled' }, QUIET_MS)
    ),
    []
  )
})

function nodeListing(...peers: string[]): Discovery {
  const node = new Discovery(resolveConfig({ listenOnly: true }), { peer: 'self', epoch: 1 }, testHost(1), 0)
  node.handle({ type: 'partner-opened', peer: 'other', initiator: false, addr: '/other' }, 0)
  for (const peer of peers) hear(node, { record: record({ peer }), ageMs: 0 })
  return node
}

type Records = Extract<Extract<Input, { type: 'message' }>['message'], { type: 'records' }>['records']

function hear(node: Discovery, ...records: Records): void {
  node.handle({ type: 'message', from: 'other', message: { type: 'records', records } }, 0)
}

function connect(node: Discovery, peer: string, nowMs: number): Output[] {
  return node.handle({ type: 'partner-opened', peer, initiator: false, addr: `/${peer}` }, nowMs)
}

function digest(node: Discovery, from: string, buckets: Uint32Array): Output[] {
  return node.handle(
    { type: 'message', from, message: { type: 'digest', salt: 0, buckets, sure: new Uint8Array(8), room: 'all' } },
    QUIET_MS
  )
}

/** Of whom there are records for it. */
function sentTo(peer: string, outputs: readonly Output[]): string[] {
  return outputs
    .flatMap(output => (output.type === 'send' && output.to === peer ? [output.message] : []))
    .flatMap(message => (message.type === 'records' ? message.records : []))
    .map(({ record }) => record.announcement.peer)
    .sort()
}
