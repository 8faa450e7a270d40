/** What a payload says, and what it is to nodes that know different address protocols. */
import assert from 'node:assert/strict'
import { multiaddr } from '@multiformats/multiaddr'
import { encode, rfc8949EncodeOptions } from 'cborg'
import fc from 'fast-check'
import { test } from 'tap'
import { type Announcement, BOUNDS, type SignedAnnouncement } from '../../../src/core/record/announcement.ts'
import { AnnouncementDecodeError } from '../../../src/libp2p/errors.ts'
import { openAnnouncement, signAnnouncement } from '../../../src/libp2p/records/announcement-codec.ts'
import { DEFAULT_TOPIC } from '../../../src/libp2p/service.ts'
import { announcementOf, fieldsOf, keyOf, seal } from '../../crafted.ts'

const key = await keyOf(1)

test('an address is shown as libp2p shows it', async () => {
  const anyTcpAddr = fc.uint8Array({ minLength: 6, maxLength: 6 }).map(([a, b, c, d, high, low]) => {
    return Uint8Array.of(0x04, a!, b!, c!, d!, 0x06, high!, low!)
  })
  const anyAddr = fc.oneof(
    anyTcpAddr,
    fc.ipV6().map(ip => multiaddr(`/ip6/${ip}/tcp/4001`).bytes),
    fc.ipV4().map(ip => multiaddr(`/ip4/${ip}/udp/4001/quic-v1`).bytes)
  )
  await fc.assert(
    fc.asyncProperty(anyAddr, async addr => {
      const { announcement } = await openPayload({ addrs: [addr] })
      assert.deepEqual(announcement.addrs, [multiaddr(addr).toString()])
    })
  )
})

const unreadable: [what: string, addr: Uint8Array][] = [
  ['of a protocol that nobody knows', Uint8Array.of(0xff, 0xff, 0x01)],
  ['whose text leads elsewhere', Uint8Array.of(0x36, 3, ...new TextEncoder().encode('a/b'))],
  ['that is cut short', Uint8Array.of(0x04, 127, 0)],
  ['that must not be printed', multiaddr('/dns4/a\u001b[31m/tcp/1').bytes],
  ['as long as one can be', new Uint8Array(BOUNDS.addrBytes)]
]

for (const [what, addr] of unreadable) {
  test(`an address ${what} is left out, and the record is valid and kept whole`, async t => {
    const known = multiaddr('/ip4/192.0.2.1/tcp/4001')
    const payload = encode(fieldsOf(key, { addrs: [addr, known.bytes] }), rfc8949EncodeOptions)
    const envelope = await seal(payload, key)
    const opened = await openAnnouncement(envelope, DEFAULT_TOPIC)
    t.same(opened.announcement.addrs, [known.toString()])
    t.same(opened.envelope, envelope)
    t.same((await openPayload({ addrs: [addr] })).announcement.addrs, [])
  })
}

test('an address of no bytes, or of more than the bound, is refused', async t => {
  for (const length of [0, BOUNDS.addrBytes + 1]) {
    await t.rejects(openPayload({ addrs: [new Uint8Array(length)] }), new AnnouncementDecodeError('bad-addr'))
  }
})

test('the content hash is over the bytes: heartbeats have one, and any other change has another', async t => {
  const metadata = new Map<string, string | Uint8Array>([['a', '1,2']])
  const hashOf = async (change: Partial<Announcement>) =>
    (await sign(announcementOf(key, { metadata, ...change }))).contentHash
  const first = await hashOf({})
  t.equal(await hashOf({ seq: 2 ** 40, ttlMs: 1_000 }), first)
  const others: Partial<Announcement>[] = [
    { epoch: 1 },
    { name: 'x' },
    { leaving: true },
    { addrs: [] },
    { addrs: ['/ip4/127.0.0.1/tcp/4002'] },
    { metadata: new Map([['a', Uint8Array.of(1, 2)]]) },
    { metadata: new Map([['b', '1,2']]) }
  ]
  t.equal(new Set([first, ...(await Promise.all(others.map(hashOf)))]).size, others.length + 1)
})

test('nodes that know different address protocols agree about the content hash', async t => {
  const hashOf = async (addr: Uint8Array) => (await openPayload({ addrs: [addr] })).contentHash
  const unknown = [Uint8Array.of(0xff, 0xff, 0x01), Uint8Array.of(0xff, 0xff, 0x02)]
  t.not(await hashOf(unknown[0]!), await hashOf(unknown[1]!))
})

test('the same change in two contents does not cancel out where their hashes are xored', async t => {
  const keys = await Promise.all(Array.from({ length: 100 }, (_, seed) => keyOf(seed)))
  const changes = await Promise.all(
    keys.map(async key => {
      const [x, y] = await Promise.all(['x', 'y'].map(name => sign(announcementOf(key, { name }), key)))
      return x!.contentHash ^ y!.contentHash
    })
  )
  t.equal(new Set(changes).size, keys.length)
})

async function sign(announcement: Announcement, privateKey = key): Promise<SignedAnnouncement> {
  return await signAnnouncement(announcement, privateKey, DEFAULT_TOPIC)
}

async function openPayload(change: Parameters<typeof fieldsOf>[1]): Promise<SignedAnnouncement> {
  const payload = encode(fieldsOf(key, change), rfc8949EncodeOptions)
  return await openAnnouncement(await seal(payload, key), DEFAULT_TOPIC)
}
