import fc from 'fast-check'
import { test } from 'tap'
import type { Links } from '../../../src/faults/fault.ts'
import { combine, MAX_UNDER_WAY, seededChance, Wire } from '../../../src/runners/netns/shaping/wire.ts'

const PACKET = Buffer.alloc(1_000)

const anyLinks = fc.record(
  {
    latencyMs: fc.integer({ min: 0, max: 500 }),
    jitterMs: fc.integer({ min: 0, max: 100 }),
    lossRatio: fc.double({ min: 0, max: 1, noNaN: true }),
    duplicateRatio: fc.double({ min: 0, max: 1, noNaN: true }),
    bytesPerSecond: fc.integer({ min: 1_000, max: 10_000_000 })
  },
  { requiredKeys: [] }
)

test('no packet leaves before its latency less its jitter, and each is passed, lost, or too much', t => {
  fc.assert(
    fc.property(anyLinks, fc.integer(), fc.array(fc.integer({ min: 0, max: 50 })), (links, seed, gapsMs) => {
      const wire = wireWith(links, seed)
      const earliestMs = Math.max(0, (links.latencyMs ?? 0) - (links.jitterMs ?? 0))
      let nowMs = 0
      const arrivals = new Map<Buffer, number>()
      const look = () => {
        for (const packet of wire.leave(nowMs)) {
          if (nowMs - arrivals.get(packet)! < earliestMs)
            throw new Error(`left after ${nowMs - arrivals.get(packet)!} ms`)
        }
      }
      for (const gapMs of gapsMs) {
        nowMs += gapMs
        look()
        const packet = Buffer.alloc(100)
        arrivals.set(packet, nowMs)
        wire.enter(packet, nowMs)
      }
      nowMs += 1e9
      look()
      const { passed, lost, overflowed, duplicated } = wire.counts
      return passed + lost + overflowed === gapsMs.length + duplicated && wire.nextDueMs() === undefined
    })
  )
  t.end()
})

test('the next packet that is due is always the first to leave', t => {
  fc.assert(
    fc.property(anyLinks, fc.integer(), (links, seed) => {
      const wire = wireWith({ ...links, lossRatio: 0 }, seed)
      for (let i = 0; i < 50; i++) wire.enter(PACKET, i)
      for (let dueMs = wire.nextDueMs(); dueMs !== undefined; dueMs = wire.nextDueMs()) {
        if (wire.leave(dueMs - 0.001).length > 0 || wire.leave(dueMs).length === 0) return false
      }
      return true
    })
  )
  t.end()
})

test('5 of 100 packets are lost where so many are to be, and 30 of 100 are sent twice', t => {
  const wire = wireWith({ lossRatio: 0.05, duplicateRatio: 0.3 })
  for (let i = 0; i < 10_000; i++) {
    wire.enter(PACKET, i)
    wire.leave(i)
  }
  t.ok(wire.counts.lost > 400 && wire.counts.lost < 600, `${wire.counts.lost} of 10,000`)
  t.ok(wire.counts.duplicated > 2_700 && wire.counts.duplicated < 3_000, `${wire.counts.duplicated} of 9,500`)
  t.end()
})

test('packets that are to overtake others leave at once', t => {
  const wire = wireWith({ latencyMs: 50, reorderRatio: 0.25 })
  for (let i = 0; i < 100; i++) wire.enter(PACKET, 0)
  t.equal(wire.leave(0).length, wire.counts.reordered)
  t.ok(wire.counts.reordered > 10 && wire.counts.reordered < 40)
  t.equal(wire.leave(50).length, 100 - wire.counts.reordered)
  t.end()
})

test('a slow wire sends one packet after the other', t => {
  const wire = wireWith({ bytesPerSecond: 10_000, latencyMs: 20 })
  for (let i = 0; i < 3; i++) wire.enter(PACKET, 0)
  t.same(
    [119, 120, 219, 220, 320].map(nowMs => wire.leave(nowMs).length),
    [0, 1, 0, 1, 1]
  )
  t.end()
})

test('a full wire drops what comes, and is empty after a flush', t => {
  const wire = wireWith({ latencyMs: 1_000 })
  for (let i = 0; i < MAX_UNDER_WAY + 7; i++) wire.enter(PACKET, 0)
  t.match(wire.counts, { overflowed: 7, passed: 0 })
  t.equal(wire.flush(1).length, MAX_UNDER_WAY)
  t.equal(wire.nextDueMs(), undefined)
  t.end()
})

test('equal seeds lose the same packets, others do not', t => {
  const lostOf = (seed: number) => {
    const wire = wireWith({ lossRatio: 0.5 }, seed)
    return Array.from({ length: 64 }, (_, i) => {
      wire.enter(PACKET, i)
      return wire.leave(i).length
    }).join('')
  }
  t.equal(lostOf(7), lostOf(7))
  t.not(lostOf(7), lostOf(8))
  t.end()
})

test('the effects of several faults add up, in whatever order they came', t => {
  const slow = { latencyMs: 50, bytesPerSecond: 1_000 }
  const lossy = { latencyMs: 20, jitterMs: 5, lossRatio: 0.5, bytesPerSecond: 500 }
  t.match(combine([slow, lossy, { lossRatio: 0.5 }]), {
    latencyMs: 70,
    jitterMs: 5,
    lossRatio: 0.75,
    duplicateRatio: 0,
    bytesPerSecond: 500
  })
  t.same(combine([slow, lossy]), combine([lossy, slow]))
  t.notOk('bytesPerSecond' in combine([{ latencyMs: 1 }]), 'nothing limits it')
  t.end()
})

function wireWith(links: Links, seed = 1): Wire {
  const wire = new Wire(seededChance(seed))
  wire.setLinks(links)
  return wire
}
