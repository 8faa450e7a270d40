import { test } from 'tap'
import {
  ownTimesOf,
  pressedBetween,
  stolenOf,
  waitedMsOf,
  watchPressure
} from '../../../src/supervisor/watch/pressure.ts'

const CALM = { waitedMs: 1_000, ownRanMs: 100, ownWaitedMs: 100, stolen: 50, all: 1_000 }
const OWN_WAIT = { ownRanMs: 110, ownWaitedMs: 1_000 }

test('a host in which processes waited for a processor is told of, by the share of the time', async t => {
  const after = { ...OWN_WAIT, waitedMs: 1_500, stolen: 50, all: 1_200 }
  t.same(pressedBetween(CALM, after, 1_000), { type: 'host-pressed', forMs: 1_000, waitingRatio: 0.5, stolenRatio: 0 })
})

test('a hypervisor that took processors away is told of, by the share of the time of all processors', async t => {
  const after = { ...CALM, waitedMs: 1_000, stolen: 70, all: 1_200 }
  t.same(pressedBetween(CALM, after, 1_000), { type: 'host-pressed', forMs: 1_000, waitingRatio: 0, stolenRatio: 0.1 })
})

test('what waits while the harness gets the processor at once has a lower priority, and makes nobody late', async t => {
  const after = { ...CALM, waitedMs: 2_000, all: 1_200 }
  t.equal(pressedBetween(CALM, { ...after, ownRanMs: 150, ownWaitedMs: 105 }, 1_000), undefined)
  t.match(pressedBetween(CALM, { ...after, ownRanMs: 110, ownWaitedMs: 190 }, 1_000), { waitingRatio: 0.9 })
  t.match(pressedBetween(CALM, { ...after, ownRanMs: undefined, ownWaitedMs: undefined }, 1_000), { waitingRatio: 1 })
})

test('a host at rest, or one that does not count, is not told of', async t => {
  t.equal(pressedBetween(CALM, { ...OWN_WAIT, waitedMs: 1_100, stolen: 51, all: 1_200 }, 1_000), undefined)
  const unknown = {
    waitedMs: undefined,
    ownRanMs: undefined,
    ownWaitedMs: undefined,
    stolen: undefined,
    all: undefined
  }
  t.equal(pressedBetween(unknown, unknown, 1_000), undefined)
  t.equal(pressedBetween(CALM, unknown, 1_000), undefined)
})

test('the part of a second before the end is told of, too', async t => {
  const told: string[] = []
  const counts = [CALM, { ...CALM, ...OWN_WAIT, waitedMs: 1_000_000 }]
  watchPressure(
    ({ type }) => told.push(type),
    () => counts.shift() ?? CALM
  ).stop()
  t.same(told, ['host-pressed'])
})

test('what the kernel writes is read, and what it does not write is not known', async t => {
  const psi =
    'some avg10=1.00 avg60=0.50 avg300=0.10 total=14735759108\nfull avg10=0.00 avg60=0.00 avg300=0.00 total=7\n'
  t.equal(waitedMsOf(psi), 14_735_759.108)
  t.equal(waitedMsOf(''), undefined)
  t.same(ownTimesOf('155036813 2701495 1\n'), { ownRanMs: 155.036_813, ownWaitedMs: 2.701_495 })
  t.same(ownTimesOf(''), { ownRanMs: undefined, ownWaitedMs: undefined })
  t.same(stolenOf('cpu  10 20 30 40 5 6 7 8 900 900\ncpu0 1 1 1 1 1 1 1 1 0 0\n'), { stolen: 8, all: 126 })
  t.same(stolenOf(''), { stolen: undefined, all: undefined })
})
