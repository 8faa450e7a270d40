import { test } from 'tap'
import { RestlessPeers } from '../../../src/libp2p/reports/restless-peers.ts'

const MINUTE_MS = 60_000

test('a peer that flaps between runs is a reason for a hint, once a minute', async t => {
  const peers = new RestlessPeers()
  const hints: number[] = []
  for (let epoch = 0; epoch < 60; epoch++) {
    const nowMs = epoch * 5_000
    if (peers.isOneTooMany('a', epoch, nowMs)) hints.push(nowMs)
  }
  t.same(hints, [15_000, 75_000, 135_000, 195_000, 255_000])
})

test('heartbeats and changes within a run are none, nor are a few restarts', async t => {
  const peers = new RestlessPeers()
  for (let nowMs = 0; nowMs < 10 * MINUTE_MS; nowMs += 1_000) t.notOk(peers.isOneTooMany('a', 1, nowMs))
  for (const epoch of [2, 3]) t.notOk(peers.isOneTooMany('a', epoch, 10 * MINUTE_MS))
  for (let run = 4; run < 20; run++) t.notOk(peers.isOneTooMany('a', run, 11 * MINUTE_MS + run * 30_000))
})

test('many peers that restart once each are none', async t => {
  const peers = new RestlessPeers()
  for (let peer = 0; peer < 5_000; peer++) {
    for (const epoch of [1, 2]) t.notOk(peers.isOneTooMany(`${peer}`, epoch, peer))
  }
})
