/** What is sent over a link that a relay will end: within what is left, and in such a way that a cut costs little. */
import assert from 'node:assert/strict'
import fc from 'fast-check'
import { test } from 'tap'
import type { SyncMessage } from '../../../../src/core/gossip/sync.ts'
import { CircuitQueue } from '../../../../src/libp2p/sync/circuits/circuit-queue.ts'
import { LinkLimit } from '../../../../src/libp2p/sync/circuits/link-limit.ts'
import { encodeSyncMessage } from '../../../../src/libp2p/sync/frames.ts'
import { itemsOf, recordsOf } from '../book.ts'
import { Circuit } from './circuit.ts'

const KIB = 1024
const RECORDS = recordsOf(600)

/** Who does something next: an end writes a frame, or takes one that is on its way to it. */
const anySteps = fc.array(fc.record({ at: fc.constantFrom(0, 1), takes: fc.boolean() }), { maxLength: 1_500 })

/** The same, on a link whose one end has much to say, and is read slowly. */
const anySlowSteps = fc.array(
  fc.record({ at: fc.constantFrom(0, 0, 0, 1), takes: fc.constantFrom(false, false, false, true) }),
  { minLength: 50, maxLength: 500 }
)

test('at whatever point a link is cut, all that was sent has arrived but 16 KiB', async () => {
  fc.assert(
    fc.property(anySlowSteps, steps => {
      const circuit = new Circuit(1_000 * KIB)
      circuit.ends[0].queue.push({ type: 'records', records: RECORDS })
      for (const step of steps) {
        circuit.take(step)
        const lost = circuit.ends[1].coming.reduce((sum, message) => sum + longBytesOf(message), 0)
        assert.ok(lost <= 16 * KIB, `${lost} bytes would be lost`)
      }
    })
  )
})

test('a record that waits for its turn grows older, and stays the hearsay that it is', async t => {
  let nowMs = 0
  const queue = new CircuitQueue(new LinkLimit({ bytes: BigInt(1_000 * KIB) }, 0), () => nowMs)
  queue.push({ type: 'records', records: RECORDS.map((aged, at) => ({ ...aged, ageMs: 5, isHearsay: at % 2 === 0 })) })
  nowMs = 1_000
  const message = queue.next()
  const records = message !== undefined && 'records' in message ? message.records : []
  t.ok(records.length > 1)
  t.ok(records.every(({ ageMs, isHearsay }, at) => ageMs === 1_005 && isHearsay === (at % 2 === 0)))
})

test('whatever both ends have to say, and in whatever order it travels, a relay carries less than its limit', async () => {
  fc.assert(
    fc.property(fc.integer({ min: 16 * KIB, max: 200 * KIB }), anySteps, (limitBytes, steps) => {
      const circuit = new Circuit(limitBytes)
      for (const { queue } of circuit.ends) queue.push({ type: 'records', records: RECORDS })
      for (const step of steps) circuit.take(step)
      circuit.run()
      assert.ok(circuit.carriedBytes <= limitBytes, `${circuit.carriedBytes} > ${limitBytes}`)
      assert.ok(circuit.carriedBytes > limitBytes / 2, 'most of the limit is made use of')
    })
  )
})

test('when both ends have nothing under way, the dialler knows that the link is to be replaced, if anything waits', async () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 16 * KIB, max: 300 * KIB }),
      fc.integer({ min: 50, max: 600 }),
      (limitBytes, count) => {
        const circuit = new Circuit(limitBytes)
        circuit.ends[1].queue.push({ type: 'records', records: RECORDS.slice(0, count) })
        circuit.run()
        const waits = circuit.ends[1].queue.heldBytes > 0
        assert.ok(!waits || circuit.ends[0].limit.isShort(0))
      }
    )
  )
})

test('everything arrives once and in order, if the limit allows', async t => {
  const circuit = new Circuit(1_000 * KIB)
  circuit.ends[0].queue.push({ type: 'records', records: RECORDS })
  circuit.run()
  t.same(
    circuit.ends[1].taken.flatMap(message => ('records' in message ? message.records : [])),
    RECORDS
  )
  t.equal(circuit.ends[0].queue.heldBytes, 0)
})

test('a short message does not wait for a long one, but suspicions wait for the records they are about', async t => {
  const { queue } = new Circuit(1_000 * KIB).ends[0]
  queue.push({ type: 'records', records: RECORDS })
  queue.push({ type: 'suspicions', suspicions: [] })
  queue.push({ type: 'push', records: RECORDS.slice(0, 1) })
  t.equal(queue.next()?.type, 'push')
  t.equal(queue.next()?.type, 'records')
})

test('records that wait are not queued once more', async t => {
  const circuit = new Circuit(1_000 * KIB)
  const { queue } = circuit.ends[0]
  queue.push({ type: 'records', records: RECORDS.slice(0, 200) })
  queue.push({ type: 'records', records: RECORDS.slice(100, 300) })
  circuit.run()
  t.same(
    circuit.ends[1].taken.flatMap(message => ('records' in message ? message.records : [])),
    RECORDS.slice(0, 300)
  )
})

test('records that have waited are older by that', async t => {
  let nowMs = 0
  const limit = new LinkLimit({ bytes: BigInt(1_000 * KIB) }, 0)
  const queue = new CircuitQueue(limit, () => nowMs)
  queue.push({ type: 'records', records: RECORDS.slice(0, 20) })
  nowMs = 1_234
  const message = queue.next()
  t.ok(message !== undefined && 'records' in message && message.records.every(({ ageMs }) => ageMs === 1_234))
})

test('on the last bytes of a link only words go: neither records, however few, nor questions', async t => {
  let bytes = BigInt(128 * KIB)
  const limits = {
    get bytes() {
      return bytes
    }
  }
  const queue = new CircuitQueue(new LinkLimit(limits, 0), () => 0)
  bytes = 4_000n
  queue.push({ type: 'records', records: RECORDS.slice(0, 1) })
  queue.push({ type: 'want', peers: itemsOf(1).map(({ peer }) => peer) })
  queue.push({ type: 'pong' })
  t.same(queue.next(), { type: 'pong' })
  t.equal(queue.next(), undefined)
})

function longBytesOf(message: SyncMessage): number {
  return 'records' in message ? encodeSyncMessage(message).length : 0
}
