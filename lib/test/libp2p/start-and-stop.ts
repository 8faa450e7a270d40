/** Two nodes that find each other and stop; the process must end by itself. The argument is the seed of a key, in hex. */
import { generateKeyPair, generateKeyPairFromSeed } from '@libp2p/crypto/keys'
import { gossipsub } from '@libp2p/gossipsub'
import { identify } from '@libp2p/identify'
import { createLibp2p } from 'libp2p'
import { gossipDiscovery } from '../../src/index.ts'
import { transport } from './nodes.ts'

const [seed] = process.argv.slice(2)
const privateKey =
  seed === undefined
    ? await generateKeyPair('Ed25519')
    : await generateKeyPairFromSeed('Ed25519', Buffer.from(seed, 'hex'))

const alice = await startNode('alice', [])
const bob = await startNode('bob', [alice.getMultiaddrs()[0]!.toString()], privateKey)
await Promise.all(
  [alice, bob].map(async ({ services: { discovery } }) => {
    if (discovery.addressBook.size > 0) return
    await new Promise(resolve => discovery.addressBook.addEventListener('joined', resolve, { once: true }))
  })
)
console.log('found each other')
const left = new Promise(resolve =>
  alice.services.discovery.addressBook.addEventListener('left', resolve, { once: true })
)
await bob.stop()
await left
await alice.stop()
console.log('stopped')

async function startNode(name: string, bootstrapPeers: string[], key = undefined as typeof privateKey | undefined) {
  return await createLibp2p({
    ...transport(),
    ...(key !== undefined && { privateKey: key }),
    services: { identify: identify(), pubsub: gossipsub(), discovery: gossipDiscovery({ name, bootstrapPeers }) }
  })
}
