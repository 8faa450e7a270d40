import fc from 'fast-check'
import { test } from 'tap'
import { compareSweeps, differencesOf, tooFewRuns, uncomparable } from '../../src/sweep/baseline.ts'
import type { Sweep } from '../../src/sweep/document.ts'
import { lognormal, randomFrom } from '../statistics/random.ts'
import { sweepOf } from './synthetic.ts'

const SPREAD = 0.1
const REPEAT = 9

/** Four figures in four cells, with noise of 10 %; those of 10 nodes are so many times as great. */
function noisy(seed: number, { times = 1, repeat = REPEAT } = {}): Sweep {
  const random = randomFrom(seed)
  return sweepOf({
    repeat,
    figures: ({ nodes }) => {
      const factor = nodes === 10 ? times : 1
      return {
        full: lognormal(random, 100 * nodes * factor, SPREAD),
        bytes: lognormal(random, 2_000 * factor, SPREAD),
        'cpu-p50': lognormal(random, 300 * factor, SPREAD),
        'memory-p50': lognormal(random, 8e7 * factor, SPREAD)
      }
    }
  })
}

const verdicts = (before: Sweep, after: Sweep) => new Set(compareSweeps(before, after).map(({ verdict }) => verdict))

test('where nothing changed, noise is hardly ever called worse or better', async t => {
  let alarms = 0
  for (let trial = 0; trial < 150; trial++) {
    const found = verdicts(noisy(2 * trial + 1), noisy(2 * trial + 2))
    if (found.has('worse') || found.has('better')) alarms++
  }
  // At most 2 % are expected; a change of 10 % is asked for as well, so it is much less.
  t.ok(alarms <= 3, `${alarms} false alarms`)
})

test('figures that are half as great again are found each time, in the cells where they are', async t => {
  for (let trial = 0; trial < 10; trial++) {
    const compared = compareSweeps(noisy(trial + 1_000), noisy(trial + 2_000, { times: 1.5 }))
    const worse = compared.filter(({ verdict }) => verdict === 'worse')
    t.ok(worse.length >= 6, `trial ${trial}: ${worse.length} of 8`)
    t.ok(worse.every(({ nodes }) => nodes === 10))
    t.notOk(compared.some(({ verdict }) => verdict === 'better'))
  }
})

test('the other way round they are better, and nothing is worse', async t => {
  const found = verdicts(noisy(1, { times: 1.5 }), noisy(2))
  t.ok(found.has('better'))
  t.notOk(found.has('worse'))
})

test('a sweep that is compared with itself is the same', async t => {
  t.same([...verdicts(noisy(7), noisy(7))], ['same'])
})

test('what is certain but smaller than a tenth is no regression', async t => {
  const steady = (by: number) => sweepOf({ repeat: 20, figures: (_, round) => ({ full: 1_000 + by + round / 100 }) })
  t.same([...verdicts(steady(0), steady(90))], ['same'])
  const worse = compareSweeps(steady(0), steady(110)).filter(({ verdict }) => verdict === 'worse')
  t.equal(worse.length, 4, 'one of each cell')
  t.match(worse[0], { figure: 'full', nodes: 5, lossPercent: 0 })
  t.ok(Math.abs(worse[0]!.effect - 0.11) < 0.001 && worse[0]!.p < 1e-9)
})

test('runs that fail are a figure of their own', async t => {
  const failing = (share: number) =>
    sweepOf({
      nodes: [5],
      lossPercent: [0],
      repeat: 20,
      figures: () => ({ bytes: 1 }),
      outcome: (_, round) => (round <= share * 20 ? 'fail' : 'pass')
    })
  t.match(
    compareSweeps(failing(0), failing(0.5)).find(({ figure }) => figure === 'failed'),
    { before: 0, after: 0.5, effect: 0.5, verdict: 'worse' }
  )
  t.equal(compareSweeps(failing(0.5), failing(0.5))[0]!.verdict, 'same')
})

test('what never happened is later than whatever did', async t => {
  const never = (from: number) =>
    sweepOf({
      nodes: [5],
      lossPercent: [0],
      repeat: 10,
      figures: (_, round) => ({ whole: round >= from ? Number.POSITIVE_INFINITY : 1_000 })
    })
  t.match(
    compareSweeps(never(11), never(1)).find(({ figure }) => figure === 'whole'),
    { after: Number.POSITIVE_INFINITY, effect: Number.POSITIVE_INFINITY, verdict: 'worse' }
  )
  t.match(
    compareSweeps(never(1), never(11)).find(({ figure }) => figure === 'whole'),
    { verdict: 'better' }
  )
  t.match(
    compareSweeps(never(1), never(1)).find(({ figure }) => figure === 'whole'),
    { effect: 0, verdict: 'same' }
  )
})

test('a run that failed before a fault was healed counts as never whole', async t => {
  const sweep = (outcome: 'pass' | 'fail') =>
    sweepOf({
      nodes: [5],
      lossPercent: [0],
      repeat: 10,
      figures: (_, round) => (outcome === 'fail' && round > 1 ? { full: 5 } : { full: 5, whole: 1_000 }),
      outcome: (_, round) => (round > 1 ? outcome : 'pass')
    })
  t.match(
    compareSweeps(sweep('pass'), sweep('fail')).find(({ figure }) => figure === 'whole'),
    { after: Number.POSITIVE_INFINITY, verdict: 'worse' }
  )
})

test('the greater the rise, the smaller its p', async () => {
  const before = noisy(1)
  const pAt = (times: number) => {
    const scaled = {
      ...before,
      runs: before.runs.map(run => ({ ...run, figures: { full: run.figures.full! * times } }))
    }
    return compareSweeps(before, scaled).find(({ figure }) => figure === 'full')!.p
  }
  fc.assert(
    fc.property(
      fc.double({ min: 1, max: 3, noNaN: true }),
      fc.double({ min: 1, max: 2, noNaN: true }),
      (times, more) => {
        return pAt(times * more) <= pAt(times) + 1e-12
      }
    )
  )
})

test('too few runs are told with the number that is needed, and never pass', async t => {
  t.match(
    tooFewRuns(noisy(1, { repeat: 5 }), 5),
    /the baseline has 5 of a cell and this sweep 5; 20 comparisons at 0\.01 need 7 of each \(--repeat 7\)/
  )
  t.equal(tooFewRuns(noisy(1, { repeat: 7 }), 7), undefined)
  t.match(tooFewRuns(noisy(1, { repeat: 7 }), 2), /need 7/)
  const empty = sweepOf({ repeat: 8, figures: () => ({}), outcome: () => 'unknown' })
  t.match(tooFewRuns(empty, 8), /the baseline has 0 of a cell/)
})

test('what differs between two sweeps is named, thing by thing', async t => {
  const base = noisy(1)
  t.same(differencesOf(base, base), [])
  t.same(differencesOf(base, { ...base, host: { ...base.host, system: 'Linux 7', node: '26.0.0' } }), [])
  const host = { ...base.host, cpu: 'another', cores: 64, memoryGiB: 256 }
  t.same(differencesOf(base, { ...base, host }), [
    'processor (a processor in the baseline, another here)',
    'cores (2 in the baseline, 64 here)',
    'GiB of memory (8 in the baseline, 256 here)'
  ])
  const plan = {
    ...base.plan,
    nodes: [5],
    lossPercent: [0],
    options: { '--ttl-ms': '9000' },
    runner: 'process' as const
  }
  t.same(differencesOf(base, { ...base, plan }), [
    'the runner (netns in the baseline, process here)',
    'the numbers of nodes (5,10 in the baseline, 5 here)',
    'the losses (0,5 in the baseline, 0 here)',
    '--ttl-ms (not given in the baseline, 9000 here)'
  ])
  t.match(differencesOf(base, { ...base, plan: { ...base.plan, digest: 'other' } }), [/scenario calm does/])
})

test('another number of runs, or another seed, is no other sweep', async t => {
  const base = noisy(1)
  t.same(differencesOf(base, { ...base, plan: { ...base.plan, repeat: 20, seed: 9 } }), [])
})

test('a cell without one judged run is told, not passed over', async t => {
  const now = sweepOf({
    repeat: 9,
    figures: () => ({ full: 1 }),
    outcome: ({ nodes }) => (nodes === 10 ? 'unknown' : 'pass')
  })
  t.same(uncomparable(noisy(1), now), ['10 nodes, 0 % loss', '10 nodes, 5 % loss'])
})
