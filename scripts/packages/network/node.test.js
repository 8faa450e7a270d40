import assert from 'node:assert/strict'
import { test } from 'node:test'
import { network } from '@gossip-discovery/testbed'

test('three nodes are complete, and again without the one that was killed', async () => {
  const net = await network({ nodes: 3, settleMs: 200 })
  try {
    await net.complete({ within: 60_000 })
    await net.node(3).kill()
    await net.complete({ within: 60_000 })
    assert.equal(net.history.at(0)?.type, 'run-started')
  } finally {
    await net.close()
  }
  assert.equal(net.history.at(-1)?.type, 'run-closed')
})

test('what is wrong is the message, and every object ends by close() and by Symbol.asyncDispose', async () => {
  const net = await network({ nodes: 2, bootstrapPeers: 0 })
  const frozen = await net.node(1).pause()
  await frozen.close()
  await frozen[Symbol.asyncDispose]()
  await assert.rejects(net.complete({ within: 200 }), { message: /n1|n2/ })
  await net[Symbol.asyncDispose]()
  await net.close()
})
