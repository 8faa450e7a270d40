/** What the adapters on js-libp2p have in common. */
import { readFile, writeFile } from 'node:fs/promises'
import { generateKeyPair, privateKeyFromProtobuf, privateKeyToProtobuf } from '@libp2p/crypto/keys'
import type { PeerId, PeerInfo, PrivateKey } from '@libp2p/interface'
import { noise } from '@libp2p/noise'
import { type TCPSocketOptions, tcp } from '@libp2p/tcp'
import { yamux } from '@libp2p/yamux'
import { multiaddr } from '@multiformats/multiaddr'
import type { Book } from './book.ts'
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

/** A module of libp2p that finds peers. */
export interface Discovery {
  addEventListener(type: 'peer', listener: (event: CustomEvent<PeerInfo>) => void): void
}

/**
 * Who is found goes into the book and stays there: nothing in libp2p's interface for discovery says that a peer is gone.
 *
 * @param found - is called with whom the book did not list
 */
export function listFound(discovery: Discovery, self: PeerId, book: Book, found: (addrs: string[]) => void): void {
  discovery.addEventListener('peer', ({ detail: { id, multiaddrs } }) => {
    if (id.equals(self)) return
    const addrs = multiaddrs.map(addr => withoutPeerId(addr.toString()))
    const peerId = id.toString()
    const isNew = !book.has(peerId)
    book.put({ peerId, addrs })
    if (isNew) found(addrs)
  })
}

/** As others know them: without the peer id at their end. */
export function addrsOf(node: { getMultiaddrs(): { toString(): string }[] }): string[] {
  return node.getMultiaddrs().map(addr => withoutPeerId(addr.toString()))
}

function withoutPeerId(addr: string): string {
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
