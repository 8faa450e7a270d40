/** What is said of a peer that is gone here and listed there. */
import { test } from 'tap'
import type { AddressBook } from '../../../src/core/book/address-book.ts'
import { contradict } from '../../../src/core/gossip/contradiction.ts'
import type { SignedAnnouncement } from '../../../src/core/record/announcement.ts'
import { farewell, record } from '../records.ts'

const BORN_AT_MS = 1_000
const OVER_AT_MS = 31_000

const LISTED = { peer: 'x', epoch: 1, seq: 2 }
const SUSPICION = { ...LISTED, refused: false, leftMs: 0 }

test('a farewell is handed on as hearsay, with no suspicion', async t => {
  const left = farewell({ peer: 'x', seq: 3 })
  t.strictSame(said(left, OVER_AT_MS), [{ type: 'records', records: [{ record: left, ageMs: 0, isHearsay: true }] }])
})

test('a newer record that has run out is handed on; before its time, with the suspicion that ended it', async t => {
  const newer = record({ peer: 'x', seq: 3 })
  const handedOn = (nowMs: number) => ({
    type: 'records',
    records: [{ record: newer, ageMs: nowMs - BORN_AT_MS, isHearsay: true }]
  })
  t.match(said(newer, OVER_AT_MS), [handedOn(OVER_AT_MS)])
  t.equal(said(newer, OVER_AT_MS).length, 1)
  t.match(said(newer, OVER_AT_MS - 1), [
    handedOn(OVER_AT_MS - 1),
    { type: 'suspicions', suspicions: [{ ...SUSPICION, seq: 3 }] }
  ])
})

test('of the very version that is listed there is nothing to hand on: it is suspected', async t => {
  t.strictSame(said(record(LISTED), OVER_AT_MS), [{ type: 'suspicions', suspicions: [SUSPICION] }])
})

test('nothing is said while nothing is gone, nor of peers that are not', async t => {
  t.strictSame(said(farewell({ peer: 'x', seq: 3 }), 0, 0), [])
  t.strictSame(said(farewell({ peer: 'y', seq: 3 }), 0), [])
})

/** To somebody who lists x, while this one is gone. */
function said(gone: SignedAnnouncement, nowMs: number, tombstones = 1) {
  const book = {
    tombstones,
    isGone: ({ peer }: { peer: string }) => peer === gone.announcement.peer,
    tombstoneOf: () => ({ record: gone, bornAtMs: BORN_AT_MS, overAtMs: OVER_AT_MS })
  } as unknown as AddressBook
  return contradict(book, [LISTED], nowMs)
}
