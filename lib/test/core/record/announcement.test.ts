import assert from 'node:assert/strict'
import fc from 'fast-check'
import { test } from 'tap'
import {
  type Announcement,
  BOUNDS,
  compareSigned,
  compareVersions,
  type SignedAnnouncement
} from '../../../src/core/record/announcement.ts'
import { announcementFault, checkedContent } from '../../../src/core/record/content.ts'
import { announcement, anyRecord, record } from '../records.ts'

test('an announcement at every bound has no fault', async t => {
  const atBounds = announcement({
    epoch: Number.MAX_SAFE_INTEGER,
    seq: Number.MAX_SAFE_INTEGER,
    name: 'é'.repeat(BOUNDS.nameBytes / 2),
    addrs: Array(BOUNDS.addrs).fill(`/${'x'.repeat(BOUNDS.addrBytes)}`),
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
  ['control-character', { name: 'no break \ufeff' }],
  ['control-character', { name: 'a flag \u{e0067}' }],
  ['bad-text', { name: 'half \ud83d' }],
  ['bad-text', { name: '\ude00 half' }],
  ['bad-text', { addrs: ['/dns4/\ud83d'] }],
  ['bad-text', { metadata: new Map([['\ud83d', '']]) }],
  ['bad-text', { metadata: new Map([['key', '\ud83d\ud83d']]) }],
  ['too-many-addrs', { addrs: Array(BOUNDS.addrs + 1).fill('/ip4/127.0.0.1') }],
  ['bad-addr', { addrs: [''] }],
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
    new RangeError(`name must be at most 64 bytes of UTF-8, got 65 bytes, "${'x'.repeat(40)}..."`)
  )
  const content = announcement({ name: 'alice' })
  t.equal(checkedContent(content), content)
})

test('a text with half of a surrogate pair is refused with its place in the message', async t => {
  const refused: [change: Partial<Announcement>, place: RegExp][] = [
    [{ name: '\ud83d' }, /^name must be valid Unicode/],
    [{ addrs: ['/a', '/\ud83d'] }, /^addrs\[1\] must be valid Unicode/],
    [{ metadata: new Map([['\ud83d', '']]) }, /^metadata key must be valid Unicode.*, got "\\u\{d83d\}"$/],
    [{ metadata: new Map([['role', '\ud83d']]) }, /^metadata\.role must be valid Unicode/]
  ]
  for (const [change, place] of refused)
    t.throws(() => checkedContent(announcement(change)), { name: 'RangeError', message: place })
})

test('names may have any character but those that Unicode 17 calls control or format, four of them allowed', async t => {
  const allowed = [0x200c, 0x200d, 0xfe0e, 0xfe0f]
  const separators = [0x2028, 0x2029]
  const [missing, added]: [string[], string[]] = [[], []]
  for (let codePoint = 0; codePoint <= 0x10ffff; codePoint++) {
    if (codePoint >= 0xd800 && codePoint <= 0xdfff) continue
    const character = String.fromCodePoint(codePoint)
    const isControl = /[\p{Cc}\p{Cf}]/u.test(character) || separators.includes(codePoint)
    const isRefused = announcementFault(announcement({ name: character })) === 'control-character'
    const mustBeRefused = isControl && !allowed.includes(codePoint)
    if (isRefused !== mustBeRefused) (mustBeRefused ? missing : added).push(codePoint.toString(16))
  }
  // An engine with another version of Unicode knows more of them, or fewer.
  const version = Number(process.versions.unicode)
  if (version <= 17) t.same(missing, [])
  if (version >= 17) t.same(added, [])
})

test('emoji of several characters, and Persian, are names', async t => {
  for (const name of ['👩‍🚀', '❤️', 'می‌خواهم']) t.equal(announcementFault(announcement({ name })), undefined)
})

test('a content of wrong types is refused before anything is announced', async t => {
  const content = announcement()
  t.throws(() => checkedContent({ ...content, name: 5 as never }), new RangeError('name must be a text, got 5'))
  t.throws(
    () => checkedContent({ ...content, metadata: new Map([['load', 5 as never]]) }),
    new RangeError('metadata.load must be a text or bytes (Uint8Array), got 5')
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

function sign(a: SignedAnnouncement, b: SignedAnnouncement): number {
  return Math.sign(compareSigned(a, b))
}

function text(record: SignedAnnouncement): string {
  return new TextDecoder().decode(record.envelope)
}
