/** In which messages records and summaries travel, and which records wait for their turn. */
import fc from 'fast-check'
import { test } from 'tap'
import { AddressBook } from '../../../src/core/book/address-book.ts'
import { BUCKETS } from '../../../src/core/book/digest.ts'
import type { Output } from '../../../src/core/effects.ts'
import type { RecordAcceptor } from '../../../src/core/gossip/accept-record.ts'
import type { HeldRecords } from '../../../src/core/gossip/held-records.ts'
import { Pacing } from '../../../src/core/gossip/pacing.ts'
import type { Push } from '../../../src/core/gossip/push.ts'
import { answerDigest, answerSummary, batched, MAX_RECORDS, MAX_RECORDS_BYTES } from '../../../src/core/gossip/sync.ts'
import type { AgedRecord } from '../../../src/core/record/aged-record.ts'
import { record } from '../records.ts'

test('records travel in as few messages as their bounds allow, in their order', async t => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 40 }), { maxLength: 60 }), kilobytes => {
      const records = kilobytes.map(
        (kB, i): AgedRecord => ({
          record: record({ peer: `p${i}` }, 'x'.repeat(1_000 * kB)),
          ageMs: 0
        })
      )
      const batches = batched(records)
      t.strictSame(batches.flat(), records)
      const sizes = batches.map(batch => batch.reduce((sum, each) => sum + each.record.envelopeBytes, 0))
      t.ok(sizes.every(bytes => bytes > 0 && bytes <= MAX_RECORDS_BYTES))
      for (let i = 1; i < batches.length; i++)
        t.ok(sizes[i - 1]! + batches[i]![0]!.record.envelopeBytes > MAX_RECORDS_BYTES, 'the next one had no room')
    }),
    { numRuns: 20 }
  )
})

test('however short they are, a message holds no more than a bounded number of records', async t => {
  const records = Array.from(
    { length: 2 * MAX_RECORDS + 1 },
    (_, i): AgedRecord => ({ record: record({ peer: `p${i}` }, 'x'), ageMs: 0 })
  )
  t.strictSame(
    batched(records).map(({ length }) => length),
    [MAX_RECORDS, MAX_RECORDS, 1]
  )
})

test('a bucket that differs is summed up, and one that is empty there is handed over', async t => {
  const book = bookOf(200)
  const answersTo = (hash: number) =>
    answerDigest(
      book,
      'partner',
      {
        type: 'digest',
        salt: 0,
        buckets: new Uint32Array(BUCKETS).fill(hash),
        sure: new Uint8Array(8),
        room: 'all'
      },
      { room: 'all', firstBucket: 0 },
      0
    ).map(({ type }) => type)
  t.strictSame(answersTo(1), ['summary'])
  t.strictSame(answersTo(0), ['records'])
})

test('of a summary that names the two that compare, only the others count', async t => {
  const items = ['self', 'partner', 'other'].map(peer => ({ peer, epoch: 1, seq: 1, contentHash: 1, isHearsay: false }))
  t.strictSame(answerSummary(bookOf(0), 'self', 'partner', { type: 'summary', buckets: [], items }, 'all', 0), [
    { type: 'want', peers: ['other'] }
  ])
})

test('a record that comes too soon is told as ignored only if another one of its subject takes its place', async t => {
  for (const [outcome, isIgnored, isTaken] of [
    ['held', false, false],
    ['due', false, true],
    ['outdoes', true, false],
    ['outdone', true, false]
  ] as const) {
    const taken: AgedRecord[] = []
    const acceptor = { isOwn: () => false, take: (aged: AgedRecord) => taken.push(aged) } as unknown as RecordAcceptor
    const held = { concerns: () => true, hold: () => outcome } as unknown as HeldRecords
    const out: Output[] = []
    new Pacing(acceptor, held, {} as Push).take({ record: record(), ageMs: 0 }, 'b', 0, out)
    t.strictSame(out, isIgnored ? [{ type: 'ignored', reason: 'rate-limited', peer: 'a' }] : [], outcome)
    t.equal(taken.length, Number(isTaken), outcome)
  }
})

function bookOf(entries: number): AddressBook {
  const book = new AddressBook({ maxEntries: 1_000, maxTombstones: 0 })
  for (let i = 0; i < entries; i++) book.apply(record({ peer: `s${i}` }), 0)
  return book
}
