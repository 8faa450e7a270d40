/** What the adapters on js-libp2p have in common. */
import { readFile, writeFile } from 'node:fs/promises'
import { generateKeyPair, privateKeyFromProtobuf, privateKeyToProtobuf } from '@libp2p/crypto/keys'
import type { PrivateKey } from '@libp2p/interface'
import { noise } from '@libp2p/noise'
import { type TCPSocketOptions, tcp } from '@libp2p/tcp'
import { yamux } from '@libp2p/yamux'
import { multiaddr } from '@multiformats/multiaddr'
import { endpointOf, type Flags } from './flags.ts'

/** TCP, noise and yamux with their defaults; dials come from the address that the node listens on. */
export async function transportOf({ listen, keyFile }: Flags) {
  return {
    start: false,
    privateKey: await privateKeyOf(keyFile),
    addresses: { listen: [listen] },
    transports: [tcp({ dialOpts: { localAddress: endpointOf(listen).host } as TCPSocketOptions })],
    connectionEncrypters: [noise()],
    streamMuxers: [yamux()]
  }
}

/** A libp2p node of whatever services. */
interface Dialler {
  dial(addr: ReturnType<typeof multiaddr>): Promise<unknown>
}

/** Tries each, and does not wait; an address that nobody answers is said on stderr. */
export function dialEach(node: Dialler, addrs: readonly string[]): void {
  for (const addr of addrs) {
    void node.dial(multiaddr(addr)).catch((error: Error) => process.stderr.write(`${addr}: ${error.message}\n`))
  }
}

/** As others know them: without the peer id at their end. */
export function addrsOf(node: { getMultiaddrs(): { toString(): string }[] }): string[] {
  return node.getMultiaddrs().map(addr => withoutPeerId(addr.toString()))
}

export function withoutPeerId(addr: string): string {
  return addr.replace(/\/p2p\/[^/]+$/, '')
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
