/** The application has tagged the peer at the other end. */
import { startNode } from '../libp2p/nodes.ts'
import { endures } from './toolkit/endurance.ts'
import { hubOf } from './toolkit/hub.ts'

endures('a connection whose peer the application has tagged is never closed', async t => {
  const hub = await startNode(t, { name: 'hub' })
  return await hubOf(t, hub, async ({ peerStore }) => {
    await peerStore.merge(hub.peerId, { tags: { 'of-the-application': { value: 1 } } })
  })
})
