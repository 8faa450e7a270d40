import { network } from '@gossip-discovery/testbed'
import { test } from 'tap'

test('three nodes are complete, and again when one has started anew', { timeout: 180_000 }, async t => {
  const net = await network({ nodes: 3, settleMs: 200 })
  t.teardown(() => net.close())
  await net.complete({ within: 60_000 })
  await net.node(3).restart()
  await t.resolves(net.complete({ within: 60_000 }))
})
