import { network } from '@gossip-discovery/testbed'
import { expect, test } from 'vitest'

test('three nodes are complete, and again when one has left', async () => {
  const net = await network({ nodes: 3, settleMs: 200 })
  try {
    await net.complete({ within: 60_000 })
    await net.node(3).leave()
    await expect(net.complete({ within: 60_000 })).resolves.toBeUndefined()
  } finally {
    await net.close()
  }
}, 180_000)
