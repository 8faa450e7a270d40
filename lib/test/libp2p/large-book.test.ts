import { generateKeyPair } from '@libp2p/crypto/keys'
import { test } from 'tap'
import { BOUNDS, recordsMessages, type SignedAnnouncement } from '../../src/core/index.ts'
import { signAnnouncement } from '../../src/index.ts'
import { encodeSyncMessage } from '../../src/libp2p/sync-codec.ts'
import { announcementOf } from '../crafted.ts'
import { addrOf, startNode, until } from './nodes.ts'
import { openSync, startStranger } from './stranger.ts'

/** With records of this size, several times what the windows and buffers on the way hold. */
const ENTRIES = 600

test('a book larger than any window crosses one stream, to whoever joins late', async t => {
  const records = await Promise.all(Array.from({ length: ENTRIES }, largeRecord))
  const total = records.reduce((sum, { envelope }) => sum + envelope.byteLength, 0)
  t.ok(total > 3 * 256 * 1024, `${total} bytes`)

  const alice = await startNode(t, { name: 'alice', targetConnections: 1 })
  const stranger = await startStranger(t)
  const { frames } = await openSync(stranger, alice)
  for (const message of recordsMessages(records.map(record => ({ record, ageMs: 0 })))) {
    await frames.write(encodeSyncMessage(message))
  }
  await until(
    () => alice.services.discovery.addressBook.size === ENTRIES,
    () => alice.services.discovery.stats
  )

  const bob = await startNode(t, { name: 'bob', targetConnections: 1, bootstrapPeers: [addrOf(alice)] })
  await until(
    () => bob.services.discovery.addressBook.size === ENTRIES + 1,
    () => bob.services.discovery.stats
  )
})

async function largeRecord(): Promise<SignedAnnouncement> {
  const key = await generateKeyPair('Ed25519')
  const { peer } = announcementOf(key)
  const change = {
    addrs: Array(14).fill(`/ip4/127.0.0.1/udp/1/quic-v1/p2p/${peer}`),
    metadata: new Map([['key', new Uint8Array(BOUNDS.metadataBytes - 3)]]),
    ttlMs: BOUNDS.ttlMaxMs
  }
  return await signAnnouncement(announcementOf(key, change), key)
}
