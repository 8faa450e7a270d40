/** Options as a whole: names, types, bounds, and everything that is wrong at once. */
import assert from 'node:assert/strict'
import fc from 'fast-check'
import { test } from 'tap'
import { type DiscoveryInit, InvalidConfigError, resolveConfig } from '../../src/core/config.ts'
import { between, flag, optionFaults, shown, wholeBetween } from '../../src/core/options.ts'

test('an option that there is not is refused, with the one that was meant', async t => {
  const slips: [given: string, meant: string][] = [
    ['announceInterval', 'announceIntervalMs'],
    ['announceIntervalMS', 'announceIntervalMs'],
    ['targetConnection', 'targetConnections'],
    ['entryTTLMs', 'entryTtlMs'],
    ['maxEntires', 'maxEntries'],
    ['listenonly', 'listenOnly'],
    ['names', 'name']
  ]
  for (const [given, meant] of slips) {
    t.same(faultsOf({ [given]: 5 }), [`there is no option "${given}": did you mean ${meant}?`])
  }
})

test('an option that is like no other is refused with the list of all', async t => {
  const [fault] = faultsOf({ colour: 'red' })
  t.match(fault, /^there is no option "colour": there are name, metadata, listenOnly, .*maxTombstones$/)
})

test('everything that is wrong is told at once, one sentence each', async t => {
  const init = { targetConnections: 0, listenOnly: 'yes', announceIntervalMs: 1, nmae: 'x', metadata: { a: 5, b: 6 } }
  const error = thrownBy(() => resolveConfig(init as never))
  t.ok(error instanceof InvalidConfigError)
  t.same((error as InvalidConfigError).faults, [
    'targetConnections must be between 1 and 256, got 0',
    'listenOnly must be true or false, got "yes"',
    'announceIntervalMs must be between 100 and 3600000, got 1',
    'there is no option "nmae": did you mean name?',
    'metadata.a must be a text or bytes (Uint8Array), got 5',
    'metadata.b must be a text or bytes (Uint8Array), got 6'
  ])
  t.equal(error.message, `6 options cannot be taken:\n- ${(error as InvalidConfigError).faults.join('\n- ')}`)
})

test('what is no object of options is refused', async t => {
  for (const [init, what] of [
    [null, 'null'],
    ['a topic', '"a topic"'],
    [5, '5'],
    [['a'], 'an array'],
    [() => {}, 'a function']
  ]) {
    t.same(faultsOf(init), [`the options must be an object, got ${what}`])
  }
})

test('an option that is undefined has its default, and null is no value', async t => {
  const options = Object.keys(resolveConfig())
  const undefinedOnes = Object.fromEntries(options.map(option => [option, undefined]))
  t.same(resolveConfig(undefinedOnes as DiscoveryInit), resolveConfig())
  for (const option of options) t.match(faultsOf({ [option]: null }), [new RegExp(`^${option} must be .*, got null$`)])
})

test('every option is refused in every type but its own', async t => {
  const values = ['text', 5.5, true, Symbol('s'), 10n, () => {}, new Date(0), [1], new Set(['a']), new Uint8Array(2)]
  const own: Record<string, unknown> = { name: 'text', listenOnly: true, maxAnnouncementsPerSecond: 5.5 }
  for (const option of Object.keys(resolveConfig())) {
    for (const value of values) {
      const faults = faultsOf({ [option]: value })
      if (value === own[option]) t.same(faults, [])
      else t.match(faults, [new RegExp(`^${option} must be `)], `${option} ${shown(value)}`)
    }
  }
})

test('bounds are taken themselves, and told with whatever breaks them', async t => {
  const bounded = between(1, 3, 'a guess')
  t.strictSame(
    [1, 2.5, 3].flatMap(value => bounded(value, {})),
    []
  )
  for (const value of [0.9, 3.1, Number.NaN])
    t.strictSame(bounded(value, {}), [{ must: 'be between 1 and 3 (a guess)' }])
  t.strictSame(bounded('2', {}), [{ must: 'be a number between 1 and 3 (a guess)' }])
  t.strictSame(wholeBetween(1, 3)(2.5, {}), [{ must: 'be a whole number' }])
  t.strictSame(wholeBetween(1, 3)(4, {}), [{ must: 'be between 1 and 3' }])
})

test('a value is shown short, and without a character that acts on what is around it', async t => {
  t.equal(shown('a\u001b[31m\n\u202e'), '"a\\u{1b}[31m\\u{a}\\u{202e}"')
  t.equal(shown('\ud83d'), '"\\u{d83d}"')
  t.equal(shown('🚀'.repeat(41)), `"${'🚀'.repeat(40)}..."`)
  t.equal(shown(new Map()), 'a value of type Map')
  t.equal(shown(Object.create(null)), 'an object')
})

test('whatever is given, either every option has a value of its type, or each fault is a sentence on its option', async () => {
  const options = Object.keys(resolveConfig())
  const init = fc.dictionary(fc.oneof(fc.constantFrom(...options), fc.string()), fc.anything(), { maxKeys: 4 })
  fc.assert(
    fc.property(init, init => {
      try {
        const config = resolveConfig(init as DiscoveryInit)
        assert.deepEqual(Object.keys(config).sort(), [...options].sort())
      } catch (error) {
        assert.ok(error instanceof InvalidConfigError, String(error))
        assert.ok(error.faults.length > 0)
        for (const fault of error.faults) assert.match(fault, /^(there is no option "|\w+(\.\w+|\[.*\]| key)? must )/s)
      }
    }),
    { numRuns: 2_000 }
  )
})

test('a host checks options of its own along with those of the core', async t => {
  const more = { port: between(1, 65_535), verbose: flag }
  const init: DiscoveryInit & { port: number } = { port: 80, targetConnections: 4 }
  t.equal(resolveConfig(init, more).targetConnections, 4)
  const error = thrownBy(() => resolveConfig({ port: 0, targetConnections: 0, verbos: true } as never, more))
  t.equal((error as InvalidConfigError).faults.length, 3)
})

test('an option that is inherited is checked as any other', async t => {
  t.same(faultsOf(Object.create({ targetConnections: 0 })), ['targetConnections must be between 1 and 256, got 0'])
  t.equal(resolveConfig(Object.create({ targetConnections: 4 })).targetConnections, 4)
})

test('an option named like something that every object has is no option', async t => {
  t.match(optionFaults(JSON.parse('{"__proto__":1,"constructor":2}'), { port: flag }), [
    /^there is no option "__proto__"/,
    /^there is no option "constructor"/
  ])
})

function faultsOf(init: unknown): readonly string[] {
  const error = thrownBy(() => resolveConfig(init as DiscoveryInit))
  return error instanceof InvalidConfigError ? error.faults : []
}

function thrownBy(action: () => unknown): Error {
  try {
    action()
  } catch (error) {
    return error as Error
  }
  return new Error('nothing was thrown')
}
