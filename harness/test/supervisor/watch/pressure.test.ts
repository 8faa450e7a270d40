import { test } from 'tap'
import { pressedBetween, stolenOf, waitedMsOf, watchPressure } from '../../../src/supervisor/watch/pressure.ts'

const CALM = { waitedMs: 1_000, stolen: 50, all: 1_000 }

test('a host in which processes waited for a processor is told of, by the share of the time', async t => {
  const after = { waitedMs: 1_500, stolen: 50, all: 1_200 }
  t.same(pressedBetween(CALM, after, 1_000), { type: 'host-pressed', forMs: 1_000, waitingRatio: 0.5, stolenRatio: 0 })
})

test('a hypervisor that took processors away is told of, by the share of the time of all processors', async t => {
  const after = { waitedMs: 1_000, stolen: 70, all: 1_200 }
  t.same(pressedBetween(CALM, after, 1_000), { type: 'host-pressed', forMs: 1_000, waitingRatio: 0, stolenRatio: 0.1 })
})

test('a host at rest, or one that does not count, is not told of', async t => {
  t.equal(pressedBetween(CALM, { waitedMs: 1_100, stolen: 51, all: 1_200 }, 1_000), undefined)
  const unknown = { waitedMs: undefined, stolen: undefined, all: undefined }
  t.equal(pressedBetween(unknown, unknown, 1_000), undefined)
  t.equal(pressedBetween(CALM, unknown, 1_000), undefined)
})

test('the part of a second before the end is told of, too', async t => {
  const told: string[] = []
  const counts = [CALM, { ...CALM, waitedMs: 1_000_000 }]
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
  t.same(stolenOf('cpu  10 20 30 40 5 6 7 8 900 900\ncpu0 1 1 1 1 1 1 1 1 0 0\n'), { stolen: 8, all: 126 })
  t.same(stolenOf(''), { stolen: undefined, all: undefined })
})
