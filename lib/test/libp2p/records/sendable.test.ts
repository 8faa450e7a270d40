/** Whatever the API takes is signed, and opened again with the same values; whatever a receiver refuses, the API refuses. */
import assert from 'node:assert/strict'
import { generateKeyPair } from '@libp2p/crypto/keys'
import type { PrivateKey } from '@libp2p/interface'
import { peerIdFromPrivateKey } from '@libp2p/peer-id'
import { multiaddr } from '@multiformats/multiaddr'
import { encode, rfc8949EncodeOptions } from 'cborg'
import fc from 'fast-check'
import { test } from 'tap'
import type { Announcement } from '../../../src/core/record/announcement.ts'
import {
  DEFAULT_TOPIC,
  GossipDiscovery,
  GossipDiscoveryError,
  openAnnouncement,
  signAnnouncement
} from '../../../src/index.ts'
import { unsendable } from '../../../src/libp2p/records/sendable.ts'
import { announcementOf, fieldsOf, keyOf, seal } from '../../crafted.ts'
import { inOwnTime, StubHost, serviceOn, stubHost } from '../host/stub-host.ts'

type Content = Pick<Announcement, 'name' | 'metadata'>

const key = await keyOf(1)
const keys = [
  key,
  await generateKeyPair('secp256k1'),
  await generateKeyPair('RSA', 2048),
  await generateKeyPair('RSA', 4096)
]

test('whatever update() takes is signed under every kind of key and opened with the same values', async t => {
  const services = await Promise.all(
    keys.map(async privateKey => ({ privateKey, discovery: await serviceUnder(privateKey) }))
  )
  let taken = 0
  await fc.assert(
    fc.asyncProperty(anyContent(), fc.constantFrom(...services), async (content, { privateKey, discovery }) => {
      try {
        discovery.update({ name: content.name, metadata: Object.fromEntries(content.metadata) })
      } catch (error) {
        assert.ok(error instanceof GossipDiscoveryError && error.code === 'Serialization', String(error))
        assert.match(error.message, /^Serialization: (name|metadata).* must /)
        return
      }
      taken++
      const longest = { epoch: Number.MAX_SAFE_INTEGER, seq: Number.MAX_SAFE_INTEGER, ttlMs: 86_400_000 }
      const announcement = announcementOf(privateKey, { ...content, ...longest, addrs: [] })
      const { envelope } = await signAnnouncement(announcement, privateKey, DEFAULT_TOPIC)
      const opened = (await openAnnouncement(envelope, DEFAULT_TOPIC)).announcement
      assert.equal(opened.name, content.name)
      assert.deepEqual(sorted(opened.metadata), sorted(content.metadata))
    }),
    { numRuns: 100 }
  )
  t.ok(taken > 20, `${taken} contents were taken`)
})

test('what the check takes is what a receiver reads as it was, and nothing else', async t => {
  let [taken, refused] = [0, 0]
  await fc.assert(
    fc.asyncProperty(anyAnnouncement(), async announcement => {
      const isTaken = unsendable(announcement, key.publicKey).length === 0
      assert.equal(isTaken, await isReadAsItWas(announcement))
      if (isTaken) taken++
      else refused++
    }),
    { numRuns: 1_000 }
  )
  t.ok(taken > 100 && refused > 100, `${taken} taken, ${refused} refused`)
})

test('half of a surrogate pair is refused wherever it is, with field and value', async t => {
  const half = 'team-🚀'.slice(0, 6)
  const { discovery } = serviceOn(await stubHost())
  for (const [change, field] of [
    [{ name: half }, 'name'],
    [{ metadata: { [half]: 'x' } }, 'metadata key'],
    [{ metadata: { team: half } }, 'metadata.team']
  ] as const) {
    t.throws(() => discovery.update(change), {
      code: 'Serialization',
      message: `Serialization: ${field} must be valid Unicode, without half of a surrogate pair, got "team-\\u{d83d}"`
    })
  }
})

test('a change of other names or types is refused, and changes nothing', async t => {
  const { discovery } = serviceOn(await stubHost(), { name: 'alice', metadata: { role: 'relay' } })
  for (const change of [
    { nmae: 'bob' },
    { name: 5 },
    { name: null },
    { metadata: ['a'] },
    { metadata: 'role' },
    { metadata: new Set(['a']) },
    { metadata: { load: 5 } },
    { name: 'bob', metadata: { load: undefined } },
    'bob',
    undefined
  ]) {
    t.throws(() => discovery.update(change as never), { code: 'Serialization' }, JSON.stringify(change) ?? 'undefined')
  }
})

test('what a change leaves out stays as it is', async t => {
  const host = await stubHost()
  const { discovery } = serviceOn(host, { name: 'alice', metadata: { role: 'relay' } })
  discovery.update({})
  discovery.update({ metadata: { role: 'storage' } })
  discovery.update({ name: undefined } as never)
  await inOwnTime(async time => {
    await time.over(discovery.start().then(async () => await discovery.afterStart()))
    await time.pass(1_000)
    const { announcement } = await openAnnouncement(host.published[0]!, DEFAULT_TOPIC)
    t.equal(announcement.name, 'alice')
    t.same([...announcement.metadata], [['role', 'storage']])
    await time.over(discovery.stop())
  })
})

test('metadata may come as a map, as the book has it, and is copied', async t => {
  const host = await stubHost()
  const { discovery } = serviceOn(host)
  const bytes = Uint8Array.of(1, 2)
  const pairs: [string, string | Uint8Array][] = [
    ['key', bytes],
    ['role', 'relay']
  ]
  discovery.update({ metadata: new Map(pairs) })
  bytes[0] = 9
  await inOwnTime(async time => {
    await time.over(discovery.start().then(async () => await discovery.afterStart()))
    await time.pass(1_000)
    const { announcement } = await openAnnouncement(host.published[0]!, DEFAULT_TOPIC)
    t.same(
      [...announcement.metadata],
      [
        ['key', Uint8Array.of(1, 2)],
        ['role', 'relay']
      ]
    )
    await time.over(discovery.stop())
  })
})

test('a content that does not fit into an envelope along with a long key is refused, with its size', async t => {
  // Many short keys take more room than the bytes that the bound on metadata counts.
  const metadata = Object.fromEntries(Array.from({ length: 250 }, (_, i) => [String.fromCharCode(0x100 + i), '']))
  const message =
    /^Serialization: name and metadata must fit into an announcement of 2048 bytes .* RSA, got \d{4} bytes$/
  const underLongKey = await serviceUnder(keys[3]!)
  t.throws(() => underLongKey.update({ metadata }), { code: 'Serialization', message })
  const host = new StubHost(keys[3]!)
  t.throws(() => new GossipDiscovery(host.components, { metadata }), { code: 'Serialization', message })
  const underShortKey = await serviceUnder(key)
  t.doesNotThrow(() => underShortKey.update({ metadata }))
})

test('a record of another peer is not signed, and the error has both', async t => {
  const other = await keyOf(2)
  const error: GossipDiscoveryError = await signAnnouncement(announcementOf(other), key, DEFAULT_TOPIC).catch(e => e)
  t.equal(error.code, 'NodeIdMismatch')
  t.ok(error.expected?.equals(peerIdFromPrivateKey(key)))
  t.ok(error.actual?.equals(peerIdFromPrivateKey(other)))
  const forged = await seal(encode(fieldsOf(key, { peer: fieldsOf(other).peer }), rfc8949EncodeOptions), key)
  const refusal: GossipDiscoveryError = await openAnnouncement(forged, DEFAULT_TOPIC).catch(e => e)
  t.equal(refusal.code, 'NodeIdMismatch')
  t.ok(refusal.expected?.equals(peerIdFromPrivateKey(key)))
  t.ok(refusal.actual?.equals(peerIdFromPrivateKey(other)))
  const nobody = await seal(encode(fieldsOf(key, { peer: Uint8Array.of(1) }), rfc8949EncodeOptions), key)
  t.equal((await openAnnouncement(nobody, DEFAULT_TOPIC).catch(e => e)).actual, undefined)
})

async function serviceUnder(privateKey: PrivateKey): Promise<GossipDiscovery> {
  return new GossipDiscovery(new StubHost(privateKey).components)
}

/** Whether a receiver takes the announcement from an encoder that checks nothing, and reads the very values. */
async function isReadAsItWas(announcement: Announcement): Promise<boolean> {
  const { peer: _, addrs, metadata, ...others } = announcement
  try {
    const fields = fieldsOf(key, { ...others, metadata, addrs: addrs.map(addr => multiaddr(addr).bytes) })
    const envelope = await seal(encode(fields, rfc8949EncodeOptions), key)
    const read = (await openAnnouncement(envelope, DEFAULT_TOPIC)).announcement
    assert.deepEqual({ ...read, metadata: sorted(read.metadata) }, { ...announcement, metadata: sorted(metadata) })
    return true
  } catch {
    return false
  }
}

function sorted(metadata: Announcement['metadata']): unknown[] {
  return [...metadata].sort(([one], [other]) => (one < other ? -1 : 1))
}

/** Texts of all kinds: plain, with halves of surrogate pairs, with control characters, and too long. */
function anyText(maxLength: number): fc.Arbitrary<string> {
  const unit = fc.integer({ min: 0, max: 0xffff }).map(code => String.fromCharCode(code))
  return fc.oneof(
    { weight: 6, arbitrary: fc.string({ maxLength: Math.floor(maxLength / 4) }) },
    { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength }) },
    { weight: 1, arbitrary: fc.array(unit, { maxLength: 3 }).map(units => units.join('')) },
    { weight: 1, arbitrary: fc.string({ unit: fc.constantFrom('a', 'é', '🚀'), minLength: maxLength - 2, maxLength }) }
  )
}

function anyMetadata(): fc.Arbitrary<Content['metadata']> {
  const value = fc.oneof(anyText(40), fc.uint8Array({ maxLength: 40 }))
  const few = fc.array(fc.tuple(anyText(20), value), { maxLength: 4 })
  const many = fc
    .integer({ min: 150, max: 300 })
    .map(length => Array.from({ length }, (_, i): [string, string] => [String.fromCharCode(0x100 + i), '']))
  const large = fc
    .integer({ min: 505, max: 515 })
    .map((bytes): [string, Uint8Array][] => [['key', new Uint8Array(bytes - 'key'.length)]])
  return fc
    .oneof({ weight: 6, arbitrary: few }, { weight: 1, arbitrary: many }, { weight: 1, arbitrary: large })
    .map(pairs => new Map<string, string | Uint8Array>(pairs))
}

function anyContent(): fc.Arbitrary<Content> {
  return fc.record({ name: anyText(66), metadata: anyMetadata() })
}

function anyAnnouncement(): fc.Arbitrary<Announcement> {
  const count = fc.oneof({ weight: 9, arbitrary: fc.maxSafeNat() }, fc.constantFrom(-1, 0.5, 2 ** 53, Number.NaN))
  const addr = fc.oneof(
    { weight: 9, arbitrary: fc.nat(65_535).map(port => `/ip4/192.0.2.1/tcp/${port}`) },
    fc.constantFrom(
      '',
      '/',
      'nowhere',
      '/dns4/a\u202eb/tcp/1',
      `/dns4/${'x'.repeat(246)}/tcp/1`,
      `/dns4/${'x'.repeat(254)}/tcp/1`
    )
  )
  const ttlMs = fc.oneof(fc.integer({ min: 1_000, max: 86_400_000 }), fc.constantFrom(999, 86_400_001, 1_000.5))
  return fc
    .tuple(
      fc.record({ epoch: count, seq: count, ttlMs, leaving: fc.boolean(), addrs: fc.array(addr, { maxLength: 5 }) }),
      anyContent()
    )
    .map(([numbers, content]) => announcementOf(key, { ...numbers, ...content }))
}
