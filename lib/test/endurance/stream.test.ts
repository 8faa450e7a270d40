/** The application has a stream open that lives long and says nothing. */
import { startNode } from '../libp2p/nodes.ts'
import { endures } from './toolkit/endurance.ts'
import { hubOf } from './toolkit/hub.ts'

const BITSWAP = '/ipfs/bitswap/1.2.0'

endures('a connection with a stream of the application is never closed', async t => {
  const hub = await startNode(t, { name: 'hub' })
  await hub.handle(BITSWAP, () => {})
  return await hubOf(t, hub, async (_, connection) => await connection.newStream(BITSWAP))
})
