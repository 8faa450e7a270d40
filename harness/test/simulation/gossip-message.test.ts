import assert from 'node:assert/strict'
import fc from 'fast-check'
import { test } from 'tap'
import type { IssuedRecord } from '../../src/simulation/host/issuer.ts'
import { GossipMessage } from '../../src/simulation/net/gossip-message.ts'

const MACHINES = 100
const RECORD = { subject: 0, envelopeBytes: 250 } as IssuedRecord

const anyCopy = fc.record({
  machine: fc.integer({ min: 1, max: MACHINES - 1 }),
  atMs: fc.nat(50),
  isStopped: fc.boolean()
})

test('of the copies on their way to a machine the earliest is the first, whether few machines are reached or all', async () => {
  fc.assert(
    fc.property(fc.array(anyCopy, { maxLength: 300, size: 'max' }), copies => {
      const message = new GossipMessage(RECORD, MACHINES, 0)
      const firstMs = new Map<number, number>()
      for (const { machine, atMs, isStopped } of copies) {
        const isEarlier = atMs < (firstMs.get(machine) ?? Number.POSITIVE_INFINITY)
        assert.equal(message.claim(machine, atMs), isEarlier)
        if (isEarlier) firstMs.set(machine, atMs)
        if (!isStopped) continue
        message.disclaim(machine, atMs)
        if (firstMs.get(machine) === atMs) firstMs.delete(machine)
      }
      for (let machine = 1; machine < MACHINES; machine++) {
        assert.equal(message.isSeen(machine, 25), (firstMs.get(machine) ?? Number.POSITIVE_INFINITY) <= 25)
      }
    })
  )
})

test('its subject has seen a message from the start', async t => {
  const message = new GossipMessage(RECORD, MACHINES, 0)
  t.equal(message.claim(RECORD.subject, 1), false)
  t.equal(message.isSeen(RECORD.subject, 0), true)
})
