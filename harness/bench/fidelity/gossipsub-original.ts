import { hash, randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { connect, createServer, type Server, type Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { gossipsub } from '@libp2p/gossipsub'
import { identify } from '@libp2p/identify'
import { noise } from '@libp2p/noise'
import { type TCPSocketOptions, tcp } from '@libp2p/tcp'
import { yamux } from '@libp2p/yamux'
import { multiaddr } from '@multiformats/multiaddr'
import { createLibp2p } from 'libp2p'
import {
  ANNOUNCEMENTS,
  DRAIN_MS,
  ENVELOPE_BYTES,
  FORMING_MS,
  type Graph,
  LATENCY_MS,
  PUBLISH_INTERVAL_MS,
  type Spread,
  spreadOf
} from './spread.ts'

/** As long as the library's own. */
const TOPIC = '/gossip-discovery/1'

/** What all nodes have received. */
interface Received {
  copies: number
  bytes: number
}

/** Announcements on @libp2p/gossipsub: libp2p nodes in this process, each link delayed by a relay. */
export async function originalSpread({ nodes, dials }: Graph): Promise<Spread> {
  const received: Received = { copies: 0, bytes: 0 }
  const network = await Promise.all(Array.from({ length: nodes }, async (_, node) => await startNode(node, received)))
  const relays = await Promise.all(network.map(async ({ port, ip }) => await startRelay(ip, port, received)))
  for (const [dialler, listener] of dials) {
    const addr = `/ip4/127.3.0.1/tcp/${relays[listener]!.port}/p2p/${network[listener]!.libp2p.peerId}`
    await network[dialler]!.libp2p.dial(multiaddr(addr))
  }
  await sleep(FORMING_MS)
  const publishedMs = new Map<string, number>()
  const delaysMs: number[] = []
  for (const { pubsub } of network) {
    pubsub.addEventListener('message', ({ detail: { data } }) => {
      delaysMs.push(performance.now() - publishedMs.get(keyOf(data))!)
    })
  }
  Object.assign(received, { copies: 0, bytes: 0 })
  const fromMs = performance.now()
  for (let number = 0; number < ANNOUNCEMENTS; number++) {
    const data = randomBytes(ENVELOPE_BYTES)
    publishedMs.set(keyOf(data), performance.now())
    await network[number % nodes]!.pubsub.publish(TOPIC, data)
    await sleep(PUBLISH_INTERVAL_MS)
  }
  await sleep(DRAIN_MS)
  const { copies, bytes } = received
  const elapsedMs = performance.now() - fromMs
  await Promise.all(network.map(async ({ libp2p }) => await libp2p.stop()))
  for (const relay of relays) relay.close()
  return spreadOf(nodes, delaysMs, copies, bytes, elapsedMs)
}

async function startNode(node: number, received: Received) {
  const ip = `127.2.${node >> 8}.${(node & 255) + 1}`
  const libp2p = await createLibp2p({
    addresses: { listen: [`/ip4/${ip}/tcp/0`] },
    transports: [tcp({ dialOpts: { localAddress: ip } as TCPSocketOptions })],
    connectionEncrypters: [noise()],
    streamMuxers: [yamux()],
    services: {
      identify: identify(),
      pubsub: gossipsub({
        globalSignaturePolicy: 'StrictNoSign',
        allowPublishToZeroTopicPeers: true,
        // Every relay has the same address here, which is a property of this comparison alone.
        scoreParams: { IPColocationFactorWeight: 0 },
        fastMsgIdFn: ({ data }) => {
          received.copies++
          return hash('sha256', data ?? '', 'base64')
        }
      })
    }
  })
  const { pubsub } = libp2p.services
  pubsub.subscribe(TOPIC)
  const port = Number(libp2p.getMultiaddrs()[0]!.toString().split('/')[4])
  return { libp2p, pubsub, ip, port }
}

/** A relay in front of a node that holds up all bytes, in both directions. */
async function startRelay(ip: string, port: number, received: Received): Promise<{ port: number; close: () => void }> {
  const server: Server = createServer(dialler => {
    const listener = connect({ host: ip, port, localAddress: '127.3.0.1' })
    pipe(dialler, listener, received)
    pipe(listener, dialler, received)
  })
  server.listen(0, '127.3.0.1')
  await once(server, 'listening')
  return { port: (server.address() as { port: number }).port, close: () => server.close() }
}

function pipe(from: Socket, to: Socket, received: Received): void {
  from.setNoDelay(true)
  from.on('data', chunk => {
    received.bytes += chunk.length
    setTimeout(() => to.write(chunk), LATENCY_MS)
  })
  from.on('close', () => to.destroy())
  from.on('error', () => to.destroy())
}

function keyOf(data: Uint8Array): string {
  return Buffer.from(data.subarray(0, 16)).toString('hex')
}
