/** The changes of a book in batches: each of them in one, in order, and none held back for long. */
import assert from 'node:assert/strict'
import fc from 'fast-check'
import { test } from 'tap'
import {
  type AddressBookBatch,
  BookBatches,
  MAX_BATCH,
  MAX_BATCH_MS
} from '../../../../src/libp2p/reports/book/book-batches.ts'
import { type AddressBookChange, MAX_WAITING } from '../../../../src/libp2p/reports/book/book-changes.ts'
import type { DiscoveredPeer } from '../../../../src/libp2p/reports/book/discovered-peer.ts'

test('a batch comes when the book has settled, and not before', async t => {
  const batches = loop()
  const next = batches.next()
  let isTaken = false
  void next.then(() => {
    isTaken = true
  })
  batches.add(joined('a'), 0)
  batches.add(joined('b'), 10)
  await turn()
  t.notOk(isTaken)
  batches.settled()
  t.same(told(await next), ['a b, settled'])
  batches.settled()
  batches.add(joined('c'), 2_000)
  batches.end()
  t.same(told(await batches.next()), ['c'], 'what waits when the service stops is told, and has not settled')
  t.same(await batches.next(), { done: true, value: undefined })
})

test('where changes do not cease, a batch ends after a while or so many, and what follows is in the next', async t => {
  const slow = loop()
  for (let atMs = 0; atMs <= MAX_BATCH_MS + 500; atMs += 500) slow.add(joined(`${atMs}`), atMs)
  const { value } = await slow.next()
  t.equal(value?.changes.length, MAX_BATCH_MS / 500 + 1)
  t.equal(value?.isSettled, false)
  slow.settled()
  t.same(told(await slow.next()), [`${MAX_BATCH_MS + 500}, settled`])
  const fast = loop()
  for (let i = 0; i <= MAX_BATCH; i++) fast.add(joined(`${i}`), 0)
  t.equal((await fast.next()).value?.changes.length, MAX_BATCH)
  fast.settled()
  t.same(
    told(await fast.next()),
    [`${MAX_BATCH}, settled`],
    'after a batch that was cut short one follows that has settled'
  )
})

test('batches that end while the loop is busy become one, without what has begun since', async t => {
  const batches = loop()
  batches.add(joined('a'), 0)
  batches.settled()
  batches.add(joined('b'), 2_000)
  batches.settled()
  batches.add(joined('c'), 4_000)
  t.same(told(await batches.next()), ['a b, settled'])
  batches.settled()
  t.same(told(await batches.next()), ['c, settled'])
})

test('an abort ends a loop that waits, and one that has not begun, with its reason; a loop that is left keeps nothing', async t => {
  const reason = new Error('enough')
  const stop = new AbortController()
  const batches = loop(stop.signal)
  batches.add(joined('a'), 0)
  batches.settled()
  stop.abort(reason)
  await t.rejects(batches.next(), reason)
  await t.rejects(loop(stop.signal).next(), reason)
  const left = loop()
  left.add(joined('a'), 0)
  left.settled()
  await left.return()
  t.same(await left.next(), { done: true, value: undefined })
})

type Deed = { type: 'add'; waitMs: number; count: number } | { type: 'settle' } | { type: 'take' }

const deed: fc.Arbitrary<Deed> = fc.oneof(
  fc.record({
    type: fc.constant('add' as const),
    waitMs: fc.nat(2 * MAX_BATCH_MS),
    count: fc.integer({ min: 1, max: 700 })
  }),
  fc.constant<Deed>({ type: 'settle' }),
  fc.constant<Deed>({ type: 'take' })
)

test('every change is in exactly one batch, in order, or counted as lost; and what waits is bounded', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(deed, { maxLength: 30 }), async deeds => {
      const batches = loop()
      let [added, heard, nowMs] = [0, 0, 0]
      const taking: Promise<void>[] = []
      const hear = ({ value }: IteratorResult<AddressBookBatch, undefined>) => {
        for (const change of value?.changes ?? []) heard = after(change, heard)
        assert.ok((value?.changes.length ?? 1) > 0)
        assert.ok((value?.changes.length ?? 0) <= MAX_WAITING + 1)
      }
      for (const each of deeds) {
        if (each.type === 'take') taking.push(batches.next().then(hear))
        else if (each.type === 'settle') batches.settled()
        else {
          nowMs += each.waitMs
          for (let i = 0; i < each.count; i++) batches.add(joined(`${added++}`), nowMs)
        }
        await turn()
      }
      batches.end()
      await Promise.all(taking)
      for (let next = await batches.next(); next.done !== true; next = await batches.next()) hear(next)
      assert.equal(heard, added)
    }),
    { numRuns: 50 }
  )
})

/** How many changes the loop knows of after this one; it must be the one that follows. */
function after(change: AddressBookChange, heard: number): number {
  if (change.type === 'lost') return heard + change.changes
  assert.equal(change.peer.name, `${heard}`)
  return heard + 1
}

function told({ value }: IteratorResult<AddressBookBatch, undefined>): string[] {
  if (value === undefined) return []
  const names = value.changes.map(change => (change.type === 'lost' ? `${change.changes} lost` : change.peer.name))
  return [`${names.join(' ')}${value.isSettled ? ', settled' : ''}`]
}

function loop(signal?: AbortSignal): BookBatches {
  return new BookBatches(signal, () => {})
}

function joined(name: string): AddressBookChange {
  return { type: 'joined', peer: { name } as DiscoveredPeer }
}

/** Until everything that can go on has gone on. */
async function turn(): Promise<void> {
  await new Promise(resolve => setImmediate(resolve))
}
