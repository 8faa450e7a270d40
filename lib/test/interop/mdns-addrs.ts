/**
 * A node that announces a dead address beside its own, and another one that finds it by mDNS alone. To be run in user, network and mount
 * namespaces of its own (`unshare -Urnm`).
 *
 * Prints what mDNS told each time, once the node was found.
 */
import { execFileSync } from 'node:child_process'
import { createServer } from 'node:net'
import { gossipsub } from '@libp2p/gossipsub'
import { identify } from '@libp2p/identify'
import { mdns } from '@libp2p/mdns'
import { createLibp2p } from 'libp2p'
import { gossipDiscovery } from '../../src/index.ts'
import { transport, until } from '../libp2p/nodes.ts'

const IP = '10.77.1.1'
const ALIVE = `/ip4/${IP}/tcp/4001`

/** Somebody takes connections there, and never says a word; or the address is nobody's. Libp2p tells them sorted, so one comes first. */
const SILENT_PORTS = [4000, 4002]
const DEAD = [
  ...SILENT_PORTS.map(port => `/ip4/${IP}/tcp/${port}`),
  '/ip4/10.77.1.0/tcp/4001',
  '/ip4/10.77.1.2/tcp/4001'
]

// Whoever runs this is gone.
process.stdin.on('end', () => process.exit(1)).resume()
makeInterface()
for (const port of SILENT_PORTS) createServer(() => {}).listen(port, IP)
for (const dead of DEAD) await finds([ALIVE, dead])
process.exit()

/** One that is not the loopback, which mDNS leaves out. */
function makeInterface(): void {
  ip('link set lo up')
  ip('link add eth0 type veth peer name other')
  ip('link set other up')
  ip('link set eth0 up')
  ip(`addr add ${IP}/16 dev eth0`)
  ip('route add default dev eth0')
}

function ip(command: string): void {
  execFileSync('ip', command.split(' '))
}

async function finds(announce: string[]): Promise<void> {
  const alice = await start({ listen: [ALIVE], announce }, true)
  const bob = await start({ listen: [] }, false)
  const told: string[][] = []
  bob.addEventListener('peer:discovery', ({ detail }) => told.push(detail.multiaddrs.map(addr => addr.toString())))
  await until(() => bob.services.discovery.addressBook.has(alice.peerId))
  console.log(JSON.stringify(told[0]))
  await Promise.all([alice.stop(), bob.stop()])
}

/** @param isTold - whether mDNS tells others of the node; it tells nobody of the one that looks, who must do the dial */
async function start(addresses: { listen: string[]; announce?: string[] }, isTold: boolean) {
  return await createLibp2p({
    ...transport(IP),
    addresses,
    peerDiscovery: [mdns({ broadcast: isTold, interval: 1_000 })],
    services: { identify: identify(), pubsub: gossipsub(), discovery: gossipDiscovery() }
  })
}
