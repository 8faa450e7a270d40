/** What is held for partners has one bound over all of them. */
import assert from 'node:assert/strict'
import fc from 'fast-check'
import { test } from 'tap'
import { type Holder, StreamMemory } from '../../../src/libp2p/sync/stream-memory.ts'

const MAX_BYTES = 1_000

test('beyond the bound, the one goes that holds most, in the group that holds most', async t => {
  const memory = new StreamMemory(MAX_BYTES)
  const [alone, small, large] = [holderOf('one'), holderOf('two'), holderOf('two')]
  for (const holder of [alone, small, large]) memory.add(holder)
  alone.hold(memory, 400)
  small.hold(memory, 200)
  large.hold(memory, 300)
  t.equal(memory.totalBytes, 900)
  small.hold(memory, 101)
  t.same(
    [alone, small, large].map(({ isCut }) => isCut),
    [false, true, false]
  )
  t.equal(memory.totalBytes, 700)
})

test('twenty partners that never read hold no more than one bound, and an honest one among them stays', async t => {
  const memory = new StreamMemory(MAX_BYTES)
  const honest = holderOf('honest')
  const unread = Array.from({ length: 20 }, () => holderOf('liars'))
  for (const holder of [honest, ...unread]) memory.add(holder)
  honest.hold(memory, 300)
  for (let i = 0; i < 1_000; i++) unread[i % 20]!.hold(memory, 10)
  t.ok(memory.totalBytes <= MAX_BYTES)
  t.notOk(honest.isCut)
})

test('the total is what all hold who have not been cut, whatever comes and goes', async () => {
  const anyChange = fc.record({ at: fc.nat(5), bytes: fc.integer({ min: -100, max: 400 }), leaves: fc.boolean() })
  fc.assert(
    fc.property(fc.array(anyChange, { maxLength: 50 }), changes => {
      const memory = new StreamMemory(MAX_BYTES)
      const holders = Array.from({ length: 6 }, (_, i) => holderOf(`${i % 3}`))
      const there = new Set(holders)
      for (const holder of holders) memory.add(holder)
      for (const { at, bytes, leaves } of changes) {
        const holder = holders[at]!
        holder.hold(memory, Math.max(bytes, -holder.heldBytes))
        if (leaves) memory.remove(holder)
        if (leaves) there.delete(holder)
        const held = [...there].filter(({ isCut }) => !isCut).reduce((sum, { heldBytes }) => sum + heldBytes, 0)
        assert.equal(memory.totalBytes, held)
        assert.ok(memory.totalBytes <= MAX_BYTES)
      }
    })
  )
})

interface TestHolder extends Holder {
  isCut: boolean
  hold(memory: StreamMemory, bytes: number): void
}

function holderOf(group: string): TestHolder {
  let heldBytes = 0
  return {
    group,
    isCut: false,
    get heldBytes() {
      return heldBytes
    },
    abort() {
      this.isCut = true
    },
    hold(memory, bytes) {
      heldBytes += bytes
      memory.changed(this, bytes)
    }
  }
}
