/** What our nodes have in common, whatever their libp2p. */
import { hash } from 'node:crypto'
import { promises as fs } from 'node:fs'
import type { GossipDiscoveryInit } from '@gossip-discovery/libp2p'
import { generateKeyPair, privateKeyFromProtobuf, privateKeyToProtobuf } from '@libp2p/crypto/keys'
import type { PrivateKey } from '@libp2p/interface'
import type { NodeOptions } from '../options.ts'

export function discoveryInit(options: NodeOptions): GossipDiscoveryInit {
  return {
    name: options.name,
    bootstrapPeers: options.bootstrap,
    snapshot: options.stateFolder !== undefined,
    ...(options.topic !== undefined && { topic: options.topic }),
    ...(options.announceIntervalMs !== undefined && { announceIntervalMs: options.announceIntervalMs }),
    ...(options.entryTtlMs !== undefined && { entryTtlMs: options.entryTtlMs })
  }
}

export async function privateKeyOf(keyFile: string | undefined): Promise<PrivateKey> {
  if (keyFile === undefined) return await generateKeyPair('Ed25519')
  try {
    return privateKeyFromProtobuf(await fs.readFile(keyFile))
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
  }
  const privateKey = await generateKeyPair('Ed25519')
  await fs.writeFile(keyFile, privateKeyToProtobuf(privateKey), { mode: 0o600 })
  return privateKey
}

/**
 * Dials from the address that the node listens on: on one host each node then has an IP of its own, as in production, and
 * libp2p's limits for one IP do not apply between them. For net.connect, though the types of libp2p name only some of its options.
 */
export function localAddressOf([first = '']: string[]): { localAddress?: string } {
  const [, localAddress] = /^\/ip4\/(127\.[\d.]+)(?:\/|$)/.exec(first) ?? []
  return localAddress === undefined ? {} : { localAddress }
}

/** Recognises a copy before anything else is done with it. */
export function fastMsgIdFn(message: { data?: Uint8Array }): string {
  return hash('sha256', message.data ?? '', 'base64')
}
