/** Announcements as strangers would send them: each of another subject, signed, as bytes. */

import { DEFAULT_TOPIC, signAnnouncement } from '@gossip-discovery/libp2p'
import { generateKeyPair } from '@libp2p/crypto/keys'

export interface Subject {
  readonly privateKey: Awaited<ReturnType<typeof generateKeyPair>>
  readonly index: number
}

const TTL_MS = 3_600_000

export async function makeSubjects(count: number): Promise<Subject[]> {
  const privateKeys = await Promise.all(Array.from({ length: count }, async () => await generateKeyPair('Ed25519')))
  return privateKeys.map((privateKey, index) => ({ privateKey, index }))
}

/** With a name and one address, as the nodes of the harness have them. */
export async function announcementOf({ privateKey, index }: Subject, seq: number): Promise<Uint8Array> {
  const peer = privateKey.publicKey.toString()
  const addrs = [`/ip4/10.${index >> 16}.${(index >> 8) & 255}.${index & 255}/tcp/40123`]
  const content = { name: `n${index}`, addrs, metadata: new Map<string, string>() }
  const numbers = { epoch: 1_767_225_600_000, seq, ttlMs: TTL_MS }
  const { envelope } = await signAnnouncement(
    { ...content, ...numbers, peer, leaving: false },
    privateKey,
    DEFAULT_TOPIC
  )
  return envelope
}
