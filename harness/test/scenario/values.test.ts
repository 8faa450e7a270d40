import fc from 'fast-check'
import { test } from 'tap'
import {
  MAX_DURATION_MS,
  printDuration,
  printPercentage,
  printRate,
  readDuration,
  readOffset,
  readPercentage,
  readRate
} from '../../src/scenario/file/values.ts'
import { isProgramName, printSelector, readSelector } from '../../src/scenario/selector.ts'
import { anySelector } from './any-scenario.ts'

test('a duration has a unit, and is a whole number of milliseconds of at most a day', async t => {
  t.same(
    ['500ms', '30s', '2m', '1.5 s', '24h', '0s', '1.005s'].map(readDuration),
    [500, 30_000, 120_000, 1_500, 86_400_000, 0, 1_005]
  )
  for (const text of ['30', '', 's', '-1s', '1e3s', '0.5ms', '25h', '1s2s', '１s', '5 minutes', '5s\n']) {
    t.equal(readDuration(text), undefined, text)
  }
})

test('every duration that is printed is read as the same', async t => {
  fc.assert(fc.property(fc.integer({ min: 0, max: MAX_DURATION_MS }), ms => readDuration(printDuration(ms)) === ms))
  t.same([0, 500, 30_000, 90_000, 120_000, 3_600_000].map(printDuration), ['0ms', '500ms', '30s', '90s', '2m', '1h'])
})

test('an offset of a clock may be negative', async t => {
  t.same(['1h', '+1h', '-10m'].map(readOffset), [3_600_000, 3_600_000, -600_000])
  t.equal(readOffset('--1h'), undefined)
})

test('a percentage is at most the whole, and is printed as it is read', async t => {
  t.same(['5%', '0.5%', '100%', '0 %'].map(readPercentage), [0.05, 0.005, 1, 0])
  for (const text of ['101%', '-1%', '5', '%', '5%%']) t.equal(readPercentage(text), undefined, text)
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 10_000 }), hundredths => {
      const ratio = hundredths / 10_000
      return Math.abs(readPercentage(printPercentage(ratio))! - ratio) < 1e-12
    })
  )
})

test('a rate is read in bytes per second, whether it is written in bits or bytes', async t => {
  t.same(['1Mbit/s', '125kB/s', '0.125 MB/s', '1000kbit/s'].map(readRate), [125_000, 125_000, 125_000, 125_000])
  for (const text of ['1Mb/s', '1MB', '0B/s', 'fast']) t.equal(readRate(text), undefined, text)
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 1e9 }), bytes => Math.abs(readRate(printRate(bytes))! - bytes) < 1e-3)
  )
})

test('every selector that is printed is read as the same', async t => {
  fc.assert(
    fc.property(anySelector, selector => {
      t.strictSame(readSelector(printSelector(selector)), selector)
    })
  )
})

test('what selects no nodes is no selector', async t => {
  for (const value of [0, -1, 1.5, '0%', 'n0', 'n4..n1', 'n1..4', 'N1', '', 'n1, n2', 'two words', '-x', 'é']) {
    t.equal(readSelector(value), undefined, String(value))
  }
})

test('no program can be called as a selector, or as a node', async t => {
  t.same(['all', 'bootstrap', 'joined', 'n1', 'n0', 'n1x', 'n1..n2', 'Old', '1st', ''].filter(isProgramName), [])
  t.same(['old', 'n', 'n-1', 'libp2p-2'].filter(isProgramName), ['old', 'n', 'n-1', 'libp2p-2'])
})
