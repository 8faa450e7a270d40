/** docs/PROTOCOL.md says what the code does: its test vectors, its reasons, its frames. */
import { readFileSync } from 'node:fs'
import { test } from 'tap'
import { BUCKETS, bucketOf } from '../src/core/book/digest.ts'
import { MAX_FRAME_BYTES, type SyncMessage } from '../src/core/gossip/sync.ts'
import { type Announcement, BOUNDS, type SignedAnnouncement } from '../src/core/record/announcement.ts'
import { DEFAULT_TOPIC, SYNC_PROTOCOL } from '../src/index.ts'
import { AnnouncementDecodeError } from '../src/libp2p/errors.ts'
import { openAnnouncement, signAnnouncement } from '../src/libp2p/records/announcement-codec.ts'
import { DOMAIN, PAYLOAD_TYPE } from '../src/libp2p/records/envelope.ts'
import { encodePayload } from '../src/libp2p/records/payload.ts'
import { decodeSyncFrame, encodeSyncMessage } from '../src/libp2p/sync/frames.ts'
import { announcementOf, faultyEnvelopes, fieldsOf, keyOf } from './crafted.ts'

/** Of the vector that is signed for another network. */
const FOREIGN_TOPIC = '/gossip-discovery/staging/1'

const text = readFileSync(new URL('../../docs/PROTOCOL.md', import.meta.url), 'utf8')
const vectors = new Map([...text.matchAll(/^```hex (\w+)\n(.*?)^```/gms)].map(([, name, hex]) => [name!, hex!]))

const key = await keyOf(1)
const metadata = new Map<string, string | Uint8Array>([
  ['role', 'relay'],
  ['v', Uint8Array.of(1, 2)]
])
const announcement: Announcement = announcementOf(key, { metadata })
const signed = await signAnnouncement(announcement, key, DEFAULT_TOPIC)

test('the peer id is that of the seed', async t => {
  t.equal(vector('peer'), hex(fieldsOf(key).peer as Uint8Array))
  t.ok(text.includes(announcement.peer))
})

test('the payload is encoded as written', async t => {
  t.equal(vector('payload'), hex(encodePayload(announcement)))
})

test('the envelope is signed as written, and opens as what it says', async t => {
  t.equal(vector('envelope'), hex(signed.envelope))
  const opened = await openAnnouncement(Buffer.from(vector('envelope'), 'hex'), DEFAULT_TOPIC)
  t.same({ ...opened.announcement, metadata: new Map([...opened.announcement.metadata].sort()) }, announcement)
})

test('the same announcement for another network is signed as written, and is forged in this one', async t => {
  const foreign = await signAnnouncement(announcement, key, FOREIGN_TOPIC)
  t.equal(vector('foreign'), hex(foreign.envelope))
  t.ok(text.includes(`\`${FOREIGN_TOPIC}\``))
  const envelope = Buffer.from(vector('foreign'), 'hex')
  await t.rejects(openAnnouncement(envelope, DEFAULT_TOPIC), new AnnouncementDecodeError('bad-signature'))
  t.ok(await openAnnouncement(envelope, FOREIGN_TOPIC))
})

test('content hash and bucket are as written', async t => {
  t.match(
    text,
    `The content hash is \`${(signed.contentHash >>> 0).toString(16)}\`, the bucket ${bucketOf(announcement.peer)}.`
  )
})

for (const message of frames(signed)) {
  test(`the ${message.type} frame is encoded and read as written`, async t => {
    t.equal(vector(message.type), hex(encodeSyncMessage(message)))
    t.equal(decodeSyncFrame(Buffer.from(vector(message.type), 'hex')).type, message.type)
  })
}

test('no vector stands there for nothing', async t => {
  const known = ['peer', 'payload', 'envelope', 'foreign', ...frames(signed).map(({ type }) => type)]
  t.same([...vectors.keys()].sort(), known.sort())
})

test('every reason for a refusal is named', async t => {
  for (const fault of Object.keys(await faultyEnvelopes(key))) t.ok(text.includes(`\`${fault}\``), fault)
})

test('names and bounds are those of the code', async t => {
  const bounds = [BOUNDS.envelopeBytes, MAX_FRAME_BYTES.toLocaleString('en')].map(bytes => `**${bytes} bytes**`)
  const counts = [
    `at most ${BOUNDS.nameBytes} bytes`,
    `at most ${BOUNDS.addrs}, each of 1 to ${BOUNDS.addrBytes} bytes`
  ]
  const ttl = `${BOUNDS.ttlMinMs.toLocaleString('en')} to ${BOUNDS.ttlMaxMs.toLocaleString('en')}`
  for (const bound of [
    ...bounds,
    ...counts,
    ttl,
    `at most ${BOUNDS.metadataBytes} bytes in all`,
    `${BUCKETS} buckets`
  ]) {
    t.ok(text.includes(bound), bound)
  }
  for (const name of [DOMAIN, PAYLOAD_TYPE, DEFAULT_TOPIC, `${SYNC_PROTOCOL}/${DEFAULT_TOPIC}`]) {
    t.ok(text.includes(`\`${name}\``), name)
  }
})

/** One of each kind, about the announcement. */
function frames(record: SignedAnnouncement): SyncMessage[] {
  const { peer, epoch, seq } = announcement
  const buckets = new Uint32Array(BUCKETS)
  buckets[bucketOf(peer)] = record.contentHash
  const ofEveryKind: { [Kind in SyncMessage['type']]: Extract<SyncMessage, { type: Kind }> } = {
    digest: { type: 'digest', salt: 0, buckets, sure: new Uint8Array(BUCKETS / 8).fill(0xff), room: 'all' },
    summary: {
      type: 'summary',
      buckets: [bucketOf(peer)],
      items: [{ peer, epoch, seq, contentHash: record.contentHash, isHearsay: false }]
    },
    want: { type: 'want', peers: [peer] },
    records: { type: 'records', records: [{ record, ageMs: 1_500 }] },
    push: { type: 'push', records: [{ record, ageMs: 0, isHearsay: true }] },
    prune: { type: 'prune' },
    suspicions: { type: 'suspicions', suspicions: [{ peer, epoch, seq, refused: true, leftMs: 20_000 }] },
    ping: { type: 'ping' },
    pong: { type: 'pong' },
    release: { type: 'release' }
  }
  return Object.values(ofEveryKind)
}

/** A vector in plain hex: without comments and spaces, repeats and other vectors written out. */
function vector(name: string): string {
  return vectors
    .get(name)!
    .replace(/#.*$/gm, '')
    .replace(/<(\w+)>/g, (_, other) => vector(other))
    .replace(/([0-9a-f]{2})\{(\d+)\}/g, (_, byte, times) => byte.repeat(Number(times)))
    .replace(/\s/g, '')
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex')
}
