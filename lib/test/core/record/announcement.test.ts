import assert from 'node:assert/strict'
import fc from 'fast-check'
import { test } from 'tap'
import {
  type Announcement,
  announcementFault,
  BOUNDS,
  checkedContent,
  compareSigned,
  compareVersions,
  type SignedAnnouncement
} from '../../../src/core/index.ts'
import { announcement, anyRecord, record } from '../records.ts'

test('an announcement at every bound has no fault', async t => {
  const atBounds = announcement({
    epoch: Number.MAX_SAFE_INTEGER,
    seq: Number.MAX_SAFE_INTEGER,
    name: 'é'.repeat(BOUNDS.nameBytes / 2),
    addrs: Array(BOUNDS.addrs).fill(`/${'x'.repeat(BOUNDS.addrBytes - 1)}`),
    ttlMs: BOUNDS.ttlMaxMs,
    metadata: new Map<string, string | Uint8Array>([
      ['key', 'x'.repeat(9)],
      ['bytes', new Uint8Array(BOUNDS.metadataBytes - 3 - 9 - 5)]
    ])
  })
  t.equal(announcementFault(atBounds), undefined)
  t.equal(announcementFault(announcement({ epoch: 0, seq: 0, ttlMs: BOUNDS.ttlMinMs })), undefined)
})

const faults: [fault: string, change: Partial<Announcement>][] = [
  ['bad-epoch', { epoch: -1 }],
  ['bad-epoch', { epoch: 1.5 }],
  ['bad-epoch', { epoch: Number.MAX_SAFE_INTEGER + 1 }],
  ['bad-epoch', { epoch: Number.NaN }],
  ['bad-seq', { seq: -1 }],
  ['bad-seq', { seq: 0.5 }],
  ['ttl-out-of-bounds', { ttlMs: BOUNDS.ttlMinMs - 1 }],
  ['ttl-out-of-bounds', { ttlMs: BOUNDS.ttlMaxMs + 1 }],
  ['ttl-out-of-bounds', { ttlMs: BOUNDS.ttlMinMs + 0.5 }],
  ['ttl-out-of-bounds', { ttlMs: Number.NaN }],
  ['name-too-long', { name: 'x'.repeat(BOUNDS.nameBytes + 1) }],
  ['name-too-long', { name: 'é'.repeat(BOUNDS.nameBytes / 2 + 1) }],
  ['name-too-long', { name: '😀'.repeat(BOUNDS.nameBytes / 4 + 1) }],
  ['control-character', { name: 'red\u001b[31m' }],
  ['control-character', { name: 'two\nlines' }],
  ['control-character', { name: 'c1 \u009b31m' }],
  ['control-character', { name: 'turned\u202e round' }],
  ['control-character', { addrs: ['/ip4/127.0.0.1\n'] }],
  ['control-character', { metadata: new Map([['key\0', '']]) }],
  ['too-many-addrs', { addrs: Array(BOUNDS.addrs + 1).fill('/ip4/127.0.0.1') }],
  ['bad-addr', { addrs: [''] }],
  ['bad-addr', { addrs: [`/${'x'.repeat(BOUNDS.addrBytes)}`] }],
  ['metadata-too-large', { metadata: new Map([['key', 'x'.repeat(BOUNDS.metadataBytes - 2)]]) }],
  ['metadata-too-large', { metadata: new Map([['é', 'é'.repeat(BOUNDS.metadataBytes / 2)]]) }],
  ['metadata-too-large', { metadata: new Map([['key', new Uint8Array(BOUNDS.metadataBytes)]]) }]
]

for (const [fault, change] of faults) {
  test(`${fault}: ${JSON.stringify(change).slice(0, 60)} is refused`, async t => {
    t.equal(announcementFault(announcement(change)), fault)
  })
}

test('a content that breaks a bound is refused with the bound in the message', async t => {
  t.throws(
    () => checkedContent(announcement({ name: 'x'.repeat(65) })),
    new RangeError('name must be at most 64 bytes of UTF-8')
  )
  const content = announcement({ name: 'alice' })
  t.equal(checkedContent(content), content)
})

test('a content of wrong types is refused before anything is announced', async t => {
  const content = announcement()
  t.throws(() => checkedContent({ ...content, name: 5 as never }), new TypeError('name must be a text, got number'))
  t.throws(
    () => checkedContent({ ...content, metadata: new Map([['load', 5 as never]]) }),
    new TypeError('metadata.load must be a text or a Uint8Array, got number')
  )
})

test('a restart is newer than whatever the former run said', async t => {
  t.ok(compareVersions({ epoch: 2, seq: 1 }, { epoch: 1, seq: 99 }) > 0)
  t.ok(compareVersions({ epoch: 1, seq: 2 }, { epoch: 1, seq: 1 }) > 0)
  t.equal(compareVersions({ epoch: 1, seq: 1 }, { epoch: 1, seq: 1 }), 0)
})

test('the announcements of one peer have a total order: nothing ties but equal bytes, and nothing turns in a circle', async () => {
  const ofOnePeer = anyRecord.map(({ announcement }) => record({ ...announcement, peer: 'a' }))
  fc.assert(
    fc.property(ofOnePeer, ofOnePeer, ofOnePeer, (a, b, c) => {
      assert.equal(sign(a, b) + sign(b, a), 0)
      assert.equal(sign(a, b) === 0, text(a) === text(b))
      if (sign(a, b) >= 0 && sign(b, c) >= 0) assert.ok(sign(a, c) >= 0)
    })
  )
})

test('heartbeats of one content have one content hash', async t => {
  t.equal(record({ seq: 1 }).contentHash, record({ seq: 2, ttlMs: 60_000 }).contentHash)
})

const different: [what: string, a: Partial<Announcement>, b: Partial<Announcement>][] = [
  ['peers', { peer: 'a' }, { peer: 'b' }],
  ['runs', { epoch: 1 }, { epoch: 2 }],
  ['names', { name: 'x' }, { name: 'y' }],
  ['a farewell and a heartbeat', { leaving: true }, { leaving: false }],
  ['orders of addresses', { addrs: ['/a', '/b'] }, { addrs: ['/b', '/a'] }],
  ['one address and the same in two parts', { addrs: ['/a/b'] }, { addrs: ['/a', '/b'] }],
  ['an address and a name that ends in it', { addrs: ['/a'] }, { name: '/a' }],
  ['borders between key and value', meta(['ab', 'c']), meta(['a', 'bc'])],
  ['borders between pairs', meta(['a', 'b'], ['c', 'd']), meta(['a', 'b\nc\t1 d'])],
  ['text and bytes that print alike', meta(['a', '1,2']), meta(['a', Uint8Array.of(1, 2)])],
  ['bytes of other borders', meta(['a', Uint8Array.of(1, 12)]), meta(['a', Uint8Array.of(11, 2)])]
]

for (const [what, a, b] of different) {
  test(`different content, different hash: ${what}`, async t => {
    t.not(record(a).contentHash, record(b).contentHash)
  })
}

function meta(...pairs: [string, string | Uint8Array][]): Partial<Announcement> {
  return { metadata: new Map(pairs) }
}

function sign(a: SignedAnnouncement, b: SignedAnnouncement): number {
  return Math.sign(compareSigned(a, b))
}

function text(record: SignedAnnouncement): string {
  return new TextDecoder().decode(record.envelope)
}

test('the same change in two contents does not cancel out where their hashes are xored', async t => {
  const change = (peer: string) => record({ peer, name: 'x' }).contentHash ^ record({ peer, name: 'y' }).contentHash
  t.not(change('p17'), change('p103'))
  t.equal(new Set(Array.from({ length: 1_000 }, (_, i) => change(`p${i}`))).size, 1_000)
})
