/** Books of any two, three or five histories: in the end all list the same, and nobody says anything more. */
import assert from 'node:assert/strict'
import fc from 'fast-check'
import { test } from 'tap'
import type { AddressBook } from '../../src/core/book/address-book.ts'
import { STANDING } from '../../src/core/book/entry.ts'
import type { PeerKey } from '../../src/core/record/announcement.ts'
import { Meeting, type Sent } from './meeting.ts'
import { from, record } from './records.ts'

/** Histories to try; a nightly run tries many more. */
const RUNS = Number(process.env.BOOKS_MEET_RUNS ?? 300)

const OBSERVERS = ['a', 'b', 'c', 'd', 'e']
const SUBJECTS = ['v', 'w', 'x', 'y', 'z']

/** The run of a subject that lives; its past ones are older. */
const LIVING_EPOCH = 3

/**
 * Longer than every suspicion, than the short ttls, and than two waits for a dial on hearsay: an observer that has just dialled the
 * address of somebody who is gone may ask there again, and have evidence of its own, a minute later.
 */
const MEETING_MS = 150_000
const SILENCE_MS = 20_000

/** What happens to one book before the others are met. */
const anyStep = fc.record({
  observer: fc.nat(OBSERVERS.length - 1),
  peer: fc.constantFrom(...SUBJECTS),
  epoch: fc.integer({ min: 1, max: 2 }),
  seq: fc.integer({ min: 1, max: 3 }),
  name: fc.constantFrom('', 'x'),
  ttlMs: fc.constantFrom(1_000, 20_000, 86_400_000),
  leaving: fc.nat(4).map(chance => chance === 0),
  suspected: fc.nat(4).map(chance => chance === 0),
  /** By somebody whom the observer chose; else it has heard of the peer. */
  isVouchedFor: fc.boolean(),
  waitMs: fc.constantFrom(0, 500, 3_000, 30_000)
})

const anyHistory = fc.record({
  size: fc.constantFrom(2, 3, 5),
  steps: fc.array(anyStep, { minLength: 1, maxLength: 25 }),
  living: fc.subarray(SUBJECTS),
  /** Each meets one before it. */
  meets: fc.array(fc.nat(OBSERVERS.length), { minLength: 5, maxLength: 5 }),
  readsNoAddrs: fc.boolean()
})
type History = typeof anyHistory extends fc.Arbitrary<infer T> ? T : never

test('books from any histories agree after finitely many messages and one suspicion timeout, and are silent then', async t => {
  fc.assert(
    fc.property(anyHistory, history => {
      const { meeting, books } = meetAfter(history)
      meeting.run(MEETING_MS)
      const [first, ...others] = books.map(contentsOf)
      for (const other of others) assert.deepEqual(other, first)
      for (const peer of history.living)
        assert.ok(
          first!.some(entry => entry.startsWith(`${peer} ${LIVING_EPOCH}`)),
          peer
        )
      meeting.sent.length = 0
      meeting.run(SILENCE_MS)
      assert.deepEqual(meeting.sent.filter(isTalk), [])
      assert.ok(
        meeting.sent.some(({ message }) => message.type === 'digest'),
        'they compare all the same'
      )
      assert.deepEqual(books.map(contentsOf)[0], first)
    }),
    { numRuns: RUNS }
  )
  t.pass(`${RUNS} histories`)
})

test('where a book is full, all agree on what they hold in common, and what it refused is not offered again', async t => {
  fc.assert(
    fc.property(anyHistory, history => {
      const { meeting, books } = meetAfter({ ...history, living: [] }, 3)
      meeting.run(MEETING_MS)
      const contents = books.map(contentsOf)
      for (const one of contents) for (const other of contents) assert.deepEqual(common(one, other), common(other, one))
      meeting.sent.length = 0
      meeting.run(SILENCE_MS)
      const offers = meeting.sent.flatMap(({ to, message }) =>
        message.type === 'records' || message.type === 'push'
          ? message.records.map(({ record }) => ({ to, record }))
          : []
      )
      assert.deepEqual(offers, [])
      assert.deepEqual(books.map(contentsOf), contents)
    }),
    { numRuns: RUNS }
  )
  t.pass(`${RUNS} histories`)
})

/** Separate histories, one after another in time; then the observers meet, and the living subjects with the first of them. */
function meetAfter({ size, steps, living, meets, readsNoAddrs }: History, maxEntries = 1_000) {
  const meeting = new Meeting()
  const observers = OBSERVERS.slice(0, size)
  const cores = observers.map((peer, at) =>
    meeting.add(peer, { readsNoAddrs: readsNoAddrs && at === 1, maxEntries: at === 0 ? maxEntries : 1_000 })
  )
  for (const { observer, suspected, isVouchedFor, waitMs, ...announced } of steps) {
    meeting.run(waitMs)
    const { peer } = announced
    meeting.hear(observers[observer % size]!, record({ ...announced, addrs: [`/${peer}`] }))
    const { book } = cores[observer % size]!
    const entry = book.get(peer)
    if (isVouchedFor && entry !== undefined) book.confirm(entry, from('past', STANDING.confirmed))
    if (suspected) book.shorten(peer, meeting.nowMs + 200)
  }
  const [first] = observers
  for (const [at, peer] of observers.entries()) if (at > 0) meeting.connect(peer, observers[meets[at]! % at]!)
  for (const peer of living) {
    meeting.add(peer, { listenOnly: false, epoch: LIVING_EPOCH, announceIntervalMs: 3_600_000, entryTtlMs: 86_400_000 })
    meeting.connect(peer, first!)
  }
  return { meeting, books: cores.map(({ book }) => book) }
}

/** Anything but asking whether there is something to say. */
function isTalk({ message }: Sent): boolean {
  return !['digest', 'ping', 'pong', 'release'].includes(message.type)
}

function contentsOf(book: AddressBook): string[] {
  return [...book.values()]
    .map(({ record: { announcement, contentHash } }) => `${announcement.peer} ${announcement.epoch} ${contentHash}`)
    .sort()
}

/** The entries of one whose peers the other lists, too. */
function common(one: readonly string[], other: readonly string[]): string[] {
  const peers = new Set(other.map(peerOf))
  return one.filter(entry => peers.has(peerOf(entry)))
}

function peerOf(entry: string): PeerKey {
  return entry.split(' ')[0]!
}
