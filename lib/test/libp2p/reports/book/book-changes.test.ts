/** The changes of a book as a loop: all of them in order, or a word that some are lost. */
import assert from 'node:assert/strict'
import fc from 'fast-check'
import { test } from 'tap'
import { type AddressBookChange, BookChanges } from '../../../../src/libp2p/reports/book/book-changes.ts'
import type { DiscoveredPeer } from '../../../../src/libp2p/reports/book/discovered-peer.ts'

const MAX_WAITING = 1_024

test('changes that came before they were asked for come in order, and then the loop waits', async t => {
  const { changes, ended } = loop()
  changes.add(joined('a'), 0)
  changes.add(joined('b'), 0)
  t.same(await taken(changes, 2), ['joined a', 'joined b'])
  const next = changes.next()
  changes.add(joined('c'), 0)
  t.match(await next, { done: false, value: { peer: { name: 'c' } } })
  t.equal(ended(), 0)
})

test('a loop that is left takes no more, and keeps nothing', async t => {
  const { changes, ended } = loop()
  changes.add(joined('a'), 0)
  for await (const change of changes) {
    t.equal(change.type, 'joined')
    break
  }
  changes.add(joined('b'), 0)
  t.same(await changes.next(), { done: true, value: undefined })
  t.equal(ended(), 1)
})

test('the end comes after what still waited', async t => {
  const { changes, ended } = loop()
  changes.add(joined('a'), 0)
  changes.end()
  changes.add(joined('b'), 0)
  t.match(await changes.next(), { done: false, value: { peer: { name: 'a' } } })
  t.same(await changes.next(), { done: true, value: undefined })
  t.equal(ended(), 1)
})

test('an abort ends a loop that waits, and one that has not begun, with its reason', async t => {
  const reason = new Error('enough')
  const stop = new AbortController()
  const { changes, ended } = loop(stop.signal)
  const waiting = changes.next()
  stop.abort(reason)
  await t.rejects(waiting, reason)
  await t.rejects(changes.next(), reason)
  await t.rejects(loop(stop.signal).changes.next(), reason)
  t.equal(ended(), 1)
})

test('the signal is let go once the loop has ended', async t => {
  const stop = new AbortController()
  let listeners = 0
  const { signal } = stop
  const [add, remove] = [signal.addEventListener.bind(signal), signal.removeEventListener.bind(signal)]
  signal.addEventListener = (...args: Parameters<typeof add>) => {
    listeners++
    add(...args)
  }
  signal.removeEventListener = (...args: Parameters<typeof remove>) => {
    listeners--
    remove(...args)
  }
  const { changes } = loop(signal)
  t.equal(listeners, 1)
  await changes.return()
  t.equal(listeners, 0)
})

test('several who wait at once are all served', async t => {
  const { changes } = loop()
  const nexts = [changes.next(), changes.next()]
  changes.add(joined('a'), 0)
  changes.add(joined('b'), 0)
  t.match(await Promise.all(nexts), [{ value: { peer: { name: 'a' } } }, { value: { peer: { name: 'b' } } }])
})

test('whatever a slow loop misses, it is told how many, and has everything after that in order', async () => {
  const bursts = fc.array(
    fc.record({
      adds: fc.oneof(fc.nat(5), fc.integer({ min: MAX_WAITING - 2, max: 2 * MAX_WAITING + 2 })),
      takes: fc.nat(3)
    }),
    { minLength: 1, maxLength: 5 }
  )
  await fc.assert(
    fc.asyncProperty(bursts, async bursts => {
      const { changes } = loop()
      let [added, heard] = [0, 0]
      for (const { adds, takes } of bursts) {
        for (let i = 0; i < adds; i++) changes.add(joined(`${added++}`), 0)
        for (let i = 0; i < takes && heard < added; i++) heard = hear(await changes.next(), heard)
      }
      changes.end()
      for (let next = await changes.next(); next.done !== true; next = await changes.next()) heard = hear(next, heard)
      assert.equal(heard, added)
    }),
    { numRuns: 50 }
  )
})

test('what waits is bounded', async t => {
  const { changes } = loop()
  for (let i = 0; i < 10 * MAX_WAITING; i++) changes.add(joined(`${i}`), 0)
  changes.end()
  const told: AddressBookChange[] = []
  for await (const change of changes) told.push(change)
  t.ok(told.length <= MAX_WAITING + 1)
  t.match(told[0], { type: 'lost' })
  t.equal(told.filter(({ type }) => type === 'lost').length, 1)
})

/** How many changes the loop knows of after this one; it must be the one that follows. */
function hear(next: IteratorResult<AddressBookChange, undefined>, heard: number): number {
  assert.ok(next.value !== undefined)
  if (next.value.type === 'lost') return heard + next.value.changes
  assert.equal(next.value.peer.name, `${heard}`)
  return heard + 1
}

async function taken(changes: BookChanges, count: number): Promise<string[]> {
  const told: string[] = []
  while (told.length < count) {
    const { value } = await changes.next()
    if (value !== undefined && value.type !== 'lost') told.push(`${value.type} ${value.peer.name}`)
  }
  return told
}

function loop(signal?: AbortSignal): { changes: BookChanges; ended: () => number } {
  let ends = 0
  const changes = new BookChanges(signal, () => ends++)
  return { changes, ended: () => ends }
}

function joined(name: string): AddressBookChange {
  return { type: 'joined', peer: { name } as DiscoveredPeer }
}
