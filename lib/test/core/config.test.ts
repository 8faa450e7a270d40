import assert from 'node:assert/strict'
import fc from 'fast-check'
import { test } from 'tap'
import { type DiscoveryInit, InvalidConfigError, resolveConfig } from '../../src/core/config.ts'

test('without options everything has a default, and the defaults stand in their relations', async t => {
  const config = resolveConfig()
  t.ok(config.entryTtlMs >= 3 * config.announceIntervalMs)
  t.ok(config.maxEntries > 0 && config.targetConnections > 0)
  t.equal(config.name, '')
  t.equal(config.metadata.size, 0)
  t.equal(config.listenOnly, false)
})

test('a longer announce interval lengthens the default ttl along', async t => {
  t.equal(resolveConfig({ announceIntervalMs: 60_000 }).entryTtlMs, 180_000)
})

test('metadata is copied: a later change of the object is not announced', async t => {
  const metadata = { role: 'relay' }
  const config = resolveConfig({ metadata })
  metadata.role = 'other'
  t.equal(config.metadata.get('role'), 'relay')
  const bytes = Uint8Array.of(1)
  const copied = resolveConfig({ metadata: new Map([['key', bytes]]) })
  bytes[0] = 2
  t.same(copied.metadata.get('key'), Uint8Array.of(1))
})

const bounds: [option: keyof DiscoveryInit, min: number, max: number][] = [
  ['announceIntervalMs', 100, 3_600_000],
  ['entryTtlMs', 30_000, 86_400_000],
  ['maxAnnouncementsPerSecond', 0.01, 10_000],
  ['targetConnections', 1, 256],
  ['syncIntervalMs', 100, 3_600_000],
  ['dialBackoffMs', 10, 60_000],
  ['maxEntries', 1, 1_000_000],
  ['maxTombstones', 0, 1_000_000]
]

for (const [option, min, max] of bounds) {
  test(`${option} is taken from ${min} to ${max} and refused beyond, with option, value and bound in the message`, async t => {
    const resolve = (value: unknown) => resolveConfig({ announceIntervalMs: 10_000, [option]: value })
    if (option !== 'announceIntervalMs') {
      t.equal(resolve(min)[option], min)
      t.equal(resolve(max)[option], max)
    }
    for (const value of [min - 1, max + 1, Number.NaN, Number.POSITIVE_INFINITY, '5', null]) {
      const error = thrownBy(() => resolve(value))
      t.ok(error instanceof InvalidConfigError, `${value} is refused`)
      t.match(error?.message, option)
      t.match(error?.message, String(value))
    }
    t.match(thrownBy(() => resolve(max + 1))?.message, `between ${min} and ${max}`)
  })
}

for (const option of ['targetConnections', 'maxEntries', 'maxTombstones'] as const) {
  test(`${option} must be whole`, async t => {
    t.throws(() => resolveConfig({ [option]: 2.5 }), {
      name: 'InvalidConfigError',
      message: `${option} must be a whole number, got 2.5`
    })
  })
}

test('a ttl too short for three announcements says what it depends on', async t => {
  t.throws(() => resolveConfig({ announceIntervalMs: 5_000, entryTtlMs: 14_999 }), {
    message: 'entryTtlMs must be between 15000 and 86400000 (at least 3 x announceIntervalMs and 1 s), got 14999'
  })
})

test('whatever options are accepted, three announcements fit into a ttl', async () => {
  const init = fc.record(
    { announceIntervalMs: fc.integer({ min: 1, max: 4_000_000 }), entryTtlMs: fc.integer({ min: 1, max: 90_000_000 }) },
    { requiredKeys: [] }
  )
  fc.assert(
    fc.property(init, init => {
      try {
        const { announceIntervalMs, entryTtlMs } = resolveConfig(init)
        assert.ok(entryTtlMs >= 3 * announceIntervalMs && entryTtlMs >= 1_000)
      } catch (error) {
        assert.ok(error instanceof InvalidConfigError)
      }
    })
  )
})

function thrownBy(action: () => unknown): Error | undefined {
  try {
    action()
    return undefined
  } catch (error) {
    return error as Error
  }
}
