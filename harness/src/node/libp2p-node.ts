import { hash } from 'node:crypto'
import { readFile, writeFile } from 'node:fs/promises'
import { type GossipDiscovery, gossipDiscovery } from '@gossip-discovery/libp2p'
import { generateKeyPair, privateKeyFromProtobuf, privateKeyToProtobuf } from '@libp2p/crypto/keys'
import { gossipsub } from '@libp2p/gossipsub'
import { type Identify, identify } from '@libp2p/identify'
import type { Libp2p, PrivateKey } from '@libp2p/interface'
import { noise } from '@libp2p/noise'
import { type TCPSocketOptions, tcp } from '@libp2p/tcp'
import { yamux } from '@libp2p/yamux'
import { multiaddr } from '@multiformats/multiaddr'
import { createLibp2p } from 'libp2p'

export interface NodeOptions {
  name: string
  listen: string[]
  bootstrap: string[]
  announceIntervalMs: number | undefined
  entryTtlMs: number | undefined
  mdns: boolean
  /** Of the network, the library's default if undefined: nodes of different topics do not list each other. */
  topic: string | undefined
  /** Where the private key is kept, so that a restart keeps its identity; in memory if undefined. */
  keyFile: string | undefined
}

type NodeServices = { identify: Identify; pubsub: ReturnType<ReturnType<typeof gossipsub>>; discovery: GossipDiscovery }

/** A libp2p node with production defaults, not started yet: whoever wants its first announcement listens before. */
export async function createNode(options: NodeOptions): Promise<Libp2p<NodeServices>> {
  return await createLibp2p({
    start: false,
    privateKey: await privateKeyOf(options.keyFile),
    addresses: { listen: options.listen },
    transports: [tcp({ dialOpts: localAddressOf(options.listen) })],
    connectionEncrypters: [noise()],
    streamMuxers: [yamux()],
    peerDiscovery: options.mdns ? await (await import('./multicast.ts')).mdnsIfPossible() : [],
    services: {
      identify: identify(),
      // The record carries its own signature: a second one, verified for every copy, only costs (docs/ARCHITECTURE.md).
      pubsub: gossipsub({ globalSignaturePolicy: 'StrictNoSign', allowPublishToZeroTopicPeers: true, fastMsgIdFn }),
      discovery: gossipDiscovery({
        name: options.name,
        bootstrapPeers: options.bootstrap,
        ...(options.topic !== undefined && { topic: options.topic }),
        ...(options.announceIntervalMs !== undefined && { announceIntervalMs: options.announceIntervalMs }),
        ...(options.entryTtlMs !== undefined && { entryTtlMs: options.entryTtlMs })
      })
    }
  })
}

async function privateKeyOf(keyFile: string | undefined): Promise<PrivateKey> {
  if (keyFile === undefined) return await generateKeyPair('Ed25519')
  try {
    return privateKeyFromProtobuf(await readFile(keyFile))
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
  }
  const privateKey = await generateKeyPair('Ed25519')
  await writeFile(keyFile, privateKeyToProtobuf(privateKey), { mode: 0o600 })
  return privateKey
}

/**
 * Dials from the address that the node listens on: on one host each node then has an IP of its own, as in production, and
 * libp2p's limits for one IP do not apply between them.
 */
function localAddressOf(listen: string[]): TCPSocketOptions {
  const [first] = listen.map(addr => multiaddr(addr).getComponents()[0])
  if (first?.name !== 'ip4' || first.value?.startsWith('127.') !== true) return {}
  // Handed on to net.connect as it is, though the type names only some of its options.
  return { localAddress: first.value } as TCPSocketOptions
}

/** Recognises a copy before anything else is done with it. */
function fastMsgIdFn(message: { data?: Uint8Array }): string {
  return hash('sha256', message.data ?? '', 'base64')
}
