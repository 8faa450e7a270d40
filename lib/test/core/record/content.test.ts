/** What a node refuses to read of a record it refuses to announce, and says where the fault is. */
import fc from 'fast-check'
import { test } from 'tap'
import { BOUNDS } from '../../../src/core/record/announcement.ts'
import {
  announcementFault,
  announcementFaults,
  changeFaults,
  checkedContent
} from '../../../src/core/record/content.ts'
import { announcement } from '../records.ts'

const HALF_PAIR = '\ud800'

const anyText = fc.oneof(
  fc.string(),
  fc.constantFrom('', 'x'.repeat(BOUNDS.nameBytes), 'x'.repeat(BOUNDS.nameBytes + 1), HALF_PAIR, 'a\u0007b')
)
const anyAddrs = fc.oneof(
  fc.array(anyText, { maxLength: 3 }),
  fc.constantFrom(BOUNDS.addrs, BOUNDS.addrs + 1).map(count => Array<string>(count).fill('/a'))
)
const anyBytes = fc
  .constantFrom(0, BOUNDS.metadataBytes - 3, BOUNDS.metadataBytes + 1)
  .map(size => new Uint8Array(size))
const anyMetadata = fc
  .array(fc.tuple(anyText, fc.oneof(anyText, anyBytes)), { maxLength: 3 })
  .map(pairs => new Map(pairs))

test('a content may be announced if, and only if, a receiver takes it', async t => {
  fc.assert(
    fc.property(anyText, anyAddrs, anyMetadata, (name, addrs, metadata) => {
      const content = { name, addrs, metadata }
      const isTaken = announcementFault(announcement(content)) === undefined
      return isAnnounced(content) === isTaken && (announcementFaults(announcement(content)).length === 0) === isTaken
    }),
    { numRuns: 500 }
  )
  t.pass()
})

test('numbers and the ttl are taken within their bounds alone', async t => {
  const taken = (change: object) => announcementFault(announcement(change)) === undefined
  const top = Number.MAX_SAFE_INTEGER
  for (const field of ['epoch', 'seq']) {
    t.strictSame(
      [-1, 0, 0.5, top, top + 1, Number.NaN].map(value => taken({ [field]: value })),
      [false, true, false, true, false, false]
    )
  }
  const { ttlMinMs, ttlMaxMs } = BOUNDS
  t.strictSame(
    [ttlMinMs - 1, ttlMinMs, ttlMinMs + 0.5, ttlMaxMs, ttlMaxMs + 1].map(ttlMs => taken({ ttlMs })),
    [false, true, false, true, false]
  )
})

test('a fault of metadata is told with its key: as a field where it could be one, else in brackets', async t => {
  const faults = (key: string) => changeFaults({ metadata: { [key]: 1 } }).join()
  t.match(faults('color'), /^metadata\.color must be a text or bytes/)
  t.match(faults('two words'), /^metadata\["two words"\] must be a text or bytes/)
  t.match(faults('!word'), /^metadata\["!word"\] must/)
  t.match(faults('word!'), /^metadata\["word!"\] must/)
  t.match(changeFaults({ metadata: new Map([['a\u0007', 'b']]) }).join(), /^metadata key must/)
})

test('of what is no metadata at all, and no list of addresses, that is all that is told', async t => {
  for (const metadata of [null, 1, 'text', [], new Date(0), new Set()])
    t.match(changeFaults({ metadata }), [/^metadata must be an object of texts and bytes/])
  for (const metadata of [{}, new Map(), Object.create(null)]) t.strictSame(changeFaults({ metadata }), [])
  t.match(announcementFaults({ ...announcement(), addrs: 'x' as never }), [/^addrs must be an array of addresses/])
  t.match(announcementFaults({ ...announcement(), addrs: [1] as never }), [/^addrs\[0\] must be a text/])
})

function isAnnounced(content: Parameters<typeof checkedContent>[0]): boolean {
  try {
    return checkedContent(content) === content
  } catch {
    return false
  }
}
