// Run by check-packages: `require` finds the library, also in Bun, where it does not find libp2p.
const { gossipDiscovery } = require('@gossip-discovery/libp2p')
const { Discovery } = require('@gossip-discovery/libp2p/core')
const { gossipDiscovery: gossipDiscovery2 } = require('@gossip-discovery/libp2p/libp2p-2')
const { version } = require('@gossip-discovery/libp2p/package.json')
const { nodeLineSchema } = require('@gossip-discovery/testbed/contract')

const found = { gossipDiscovery, Discovery, gossipDiscovery2, version, nodeLineSchema }
for (const [name, value] of Object.entries(found)) {
  if (value === undefined) throw new Error(`require() does not find ${name}`)
}
