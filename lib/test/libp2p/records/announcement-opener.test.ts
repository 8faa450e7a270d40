import assert from 'node:assert/strict'
import { encode, rfc8949EncodeOptions } from 'cborg'
import fc from 'fast-check'
import { test } from 'tap'
import type { SignedAnnouncement } from '../../../src/core/record/announcement.ts'
import { AnnouncementDecodeError, type DecodeFault } from '../../../src/libp2p/errors.ts'
import { openAnnouncement, signAnnouncement } from '../../../src/libp2p/records/announcement-codec.ts'
import { AnnouncementOpener } from '../../../src/libp2p/records/announcement-opener.ts'
import { DEFAULT_TOPIC } from '../../../src/libp2p/service.ts'
import { announcementOf, faultyEnvelopes, fieldsOf, keyOf, seal } from '../../crafted.ts'

const keys = await Promise.all([1, 2].map(keyOf))

/** Where a number takes another byte in CBOR, and around. */
const anySeq = fc.oneof(
  fc.nat(30),
  fc.integer({ min: 250, max: 260 }),
  fc.integer({ min: 65_530, max: 65_540 }),
  fc.integer({ min: 2 ** 32 - 3, max: 2 ** 32 + 3 }),
  fc.maxSafeNat()
)

const anySaying = fc.record({
  key: fc.constantFrom(...keys),
  seq: anySeq,
  name: fc.constantFrom('', 'a', 'b'),
  ttlMs: fc.constantFrom(1_000, 30_000)
})

test('heartbeats or not, in whatever order: what is opened is what any receiver opens', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(anySaying, { maxLength: 12 }), async sayings => {
      const opener = new AnnouncementOpener(DEFAULT_TOPIC)
      for (const { key, ...change } of sayings) {
        const { envelope } = await signAnnouncement(announcementOf(key, change), key, DEFAULT_TOPIC)
        const expected = await openAnnouncement(envelope, DEFAULT_TOPIC)
        assert.deepEqual(opener.decode(envelope).announcement, expected.announcement)
        assert.deepEqual(await open(opener, envelope), expected)
      }
    }),
    { numRuns: 50 }
  )
})

test('a heartbeat with any byte changed is refused for what any receiver refuses it for', async () => {
  const [key] = keys
  for (const seq of [7, 30, 300, 70_000]) {
    const opener = new AnnouncementOpener(DEFAULT_TOPIC)
    const [known, heartbeat] = await Promise.all(
      [seq, seq + 1].map(seq => signAnnouncement(announcementOf(key!, { seq }), key!, DEFAULT_TOPIC))
    )
    await open(opener, known!.envelope)
    for (let at = 0; at < heartbeat!.envelope.length; at++) {
      for (const flipped of [0x01, 0x18, 0xff]) {
        const altered = heartbeat!.envelope.map((byte, index) => (index === at ? byte ^ flipped : byte))
        assert.equal(
          await faultOf(open(opener, altered)),
          await faultOf(openAnnouncement(altered, DEFAULT_TOPIC)),
          `byte ${at} ^ ${flipped}`
        )
      }
    }
  }
})

test('a heartbeat with any change of its payload, signed by its subject, is read by who knows the subject as by who does not', async () => {
  const [key] = keys
  const known = await signAnnouncement(announcementOf(key!), key!, DEFAULT_TOPIC)
  const right = encode(fieldsOf(key!, { seq: 300 }), rfc8949EncodeOptions)
  const change = fc.record({
    at: fc.oneof(fc.integer({ min: 4, max: 9 }), fc.nat(right.length - 1)),
    removed: fc.nat(3),
    added: fc.oneof(
      fc.uint8Array({ maxLength: 9 }),
      fc.constantFrom('1b', '1bffffffffffffffff', '1b0020000000000000', '1c', '1f', '20', 'c1', '18').map(bytesOf)
    )
  })
  await fc.assert(
    fc.asyncProperty(change, async ({ at, removed, added }) => {
      const payload = Uint8Array.of(...right.subarray(0, at), ...added, ...right.subarray(at + removed))
      const envelope = await seal(payload, key!)
      const opener = new AnnouncementOpener(DEFAULT_TOPIC)
      await open(opener, known.envelope)
      assert.deepEqual(
        await outcomeOf(open(opener, envelope)),
        await outcomeOf(openAnnouncement(envelope, DEFAULT_TOPIC))
      )
    }),
    { numRuns: 500, examples: ['1b', '1c', '1f', '20'].map(head => [{ at: 5, removed: 3, added: bytesOf(head) }]) }
  )
})

test('junk teaches the opener nothing', async t => {
  const [key] = keys
  const opener = new AnnouncementOpener(DEFAULT_TOPIC)
  for (const [fault, envelope] of Object.entries(await faultyEnvelopes(key!))) {
    t.equal(await faultOf(open(opener, envelope)), fault)
  }
  const { envelope } = await signAnnouncement(announcementOf(key!), key!, DEFAULT_TOPIC)
  t.same(await open(opener, envelope), await openAnnouncement(envelope, DEFAULT_TOPIC))
})

async function open(opener: AnnouncementOpener, envelope: Uint8Array): Promise<SignedAnnouncement> {
  return await opener.decode(envelope).verify()
}

function bytesOf(hex: string): Uint8Array {
  return Uint8Array.from(Buffer.from(hex, 'hex'))
}

/** What is opened, or the fault. */
async function outcomeOf(opening: Promise<SignedAnnouncement>): Promise<SignedAnnouncement | DecodeFault | 'none'> {
  return await opening.catch(async () => await faultOf(opening))
}

async function faultOf(opening: Promise<unknown>): Promise<DecodeFault | 'none'> {
  try {
    await opening
    return 'none'
  } catch (error) {
    if (error instanceof AnnouncementDecodeError) return error.fault
    throw error
  }
}
