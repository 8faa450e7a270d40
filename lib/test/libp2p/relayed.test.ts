/** Nodes behind a NAT, whose only addresses lead through a relay that is a member and the bootstrap peer. All options are default. */
import { test } from 'tap'
import { allList, until } from './nodes.ts'
import { startRelay, startRelayed } from './relays.ts'

/** More than the relay wants as partners. */
const NODES = 10

/** Partners that a node keeps with default options. */
const PLACES = 6

test('a relay with more nodes behind it than it wants as partners keeps all connections, and they their addresses', async t => {
  const relay = await startRelay(t)
  const nodes = await Promise.all(Array.from({ length: NODES }, async () => await startRelayed(t, relay)))
  let closes = 0
  for (const node of nodes) {
    node.addEventListener('connection:close', ({ detail }) => {
      if (detail.remotePeer.equals(relay.peerId)) closes++
    })
  }
  await until(() => allList(relay, ...nodes))
  // The others have found partners among themselves, and were let go.
  await until(() => relay.services.discovery.stats.partners <= PLACES)
  t.equal(relay.getConnections().length, NODES)
  t.equal(closes, 0)
  t.ok(nodes.every(node => node.getMultiaddrs().length > 0))
})
