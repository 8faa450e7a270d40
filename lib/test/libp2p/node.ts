/**
 * One node in a process of its own, to be killed: `node.ts <name> <seed of the key> <address of a bootstrap peer>`. Whatever it reads
 * makes it leave and exit, both at once.
 */
import { gossipsub } from '@libp2p/gossipsub'
import { identify } from '@libp2p/identify'
import { createLibp2p } from 'libp2p'
import { gossipDiscovery } from '../../src/index.ts'
import { keyOf } from '../crafted.ts'
import { transport } from './nodes.ts'

// The end of the test ends the node, even if the test was killed.
process.stdin.on('end', () => process.exit())

const [name, seed, bootstrapPeer] = process.argv.slice(2)
const { services } = await createLibp2p({
  ...transport(),
  privateKey: await keyOf(Number(seed)),
  services: {
    identify: identify(),
    pubsub: gossipsub(),
    discovery: gossipDiscovery({ name: name!, bootstrapPeers: [bootstrapPeer!] })
  }
})
process.stdin.on('data', () => {
  services.discovery.leaveNow()
  process.exit()
})
