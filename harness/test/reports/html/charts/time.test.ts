/** What charts over time show of a run. */
import fc from 'fast-check'
import t from 'tap'
import { bandsIn } from '../../../../src/reports/html/charts/time/fault-bands.ts'
import { frameOf, timeAt } from '../../../../src/reports/html/charts/time/time-axis.ts'
import {
  MIN_WINDOW_MS,
  pannedWindow,
  ticksIn,
  wholeRun,
  windowIn,
  zoomedWindow,
  zoomOf
} from '../../../../src/reports/html/charts/time/time-window.ts'
import { faultBand, reportData } from '../../../toolkit/report-data.ts'

const ms = fc.double({ min: -1e6, max: 1e6, noNaN: true })
const endMs = fc.double({ min: 0, max: 1e6, noNaN: true })

t.test('however one zooms and pans, the window is within the run and never shorter than its least', async t => {
  const move = fc.oneof(
    fc.record({ factor: fc.double({ min: 0.001, max: 1_000, noNaN: true }), aroundMs: ms }),
    fc.record({ share: fc.double({ min: -50, max: 50, noNaN: true }) })
  )
  const property = fc.property(endMs, fc.array(move, { maxLength: 30 }), (end, moves) => {
    let window = wholeRun(end)
    for (const each of moves) {
      window =
        'share' in each ? pannedWindow(end, window, each.share) : zoomedWindow(end, window, each.factor, each.aroundMs)
      const { toMs: wholeMs } = wholeRun(end)
      const spanMs = window.toMs - window.fromMs
      if (window.fromMs < 0 || window.toMs > wholeMs + 1e-6 || spanMs < MIN_WINDOW_MS - 1e-6) return false
    }
    return true
  })
  t.doesNotThrow(() => fc.assert(property))
})

t.test('the moment under the pointer keeps its place when one zooms in', async t => {
  const zoomed = zoomedWindow(10_000, { fromMs: 0, toMs: 10_000 }, 0.5, 2_000)
  t.same(zoomed, { fromMs: 1_000, toMs: 6_000 })
  t.same(pannedWindow(10_000, zoomed, 0.5), { fromMs: 3_500, toMs: 8_500 })
  t.same(pannedWindow(10_000, zoomed, 5), { fromMs: 5_000, toMs: 10_000 }, 'not beyond the end')
})

t.test('the whole run is no zoom, so that it grows with the run', async t => {
  t.equal(zoomOf(10_000, wholeRun(10_000)), undefined)
  t.same(zoomOf(10_000, { fromMs: 0, toMs: 5_000 }), { fromMs: 0, toMs: 5_000 })
  t.same(windowIn(20_000, undefined), { fromMs: 0, toMs: 20_000 })
  t.same(
    windowIn(1_000, { fromMs: 5_000, toMs: 9_000 }),
    { fromMs: 0, toMs: 1_000 },
    'a run that is shorter than its zoom'
  )
})

t.test('ticks are round, within the window, and few', async t => {
  t.same(ticksIn({ fromMs: 1_234, toMs: 6_100 }, 5), [2_000, 3_000, 4_000, 5_000, 6_000])
  const property = fc.property(endMs, fc.integer({ min: 1, max: 30 }), (end, wanted) => {
    const window = wholeRun(end)
    const ticks = ticksIn(window, wanted)
    return (
      ticks.length <= 2 * wanted + 1 && ticks.every(each => each >= window.fromMs - 1e-6 && each <= window.toMs + 1e-6)
    )
  })
  t.doesNotThrow(() => fc.assert(property))
})

t.test('a place in the drawing is a moment within the window', async t => {
  const frame = frameOf(reportData(3), 500)
  const window = { fromMs: 1_000, toMs: 2_000 }
  t.equal(timeAt(frame, window, frame.leftPx), 1_000)
  t.equal(timeAt(frame, window, frame.widthPx - frame.rightPx), 2_000)
  t.equal(timeAt(frame, window, -50), 1_000, 'the names of the rows are the beginning')
  const name = 'x'.repeat(64)
  t.ok(frameOf(reportData([{ name, status: 'live', runs: [] }]), 340).leftPx <= 102, 'long names leave room on a phone')
})

t.test(
  'bands cover the times of all faults within the window, apart from each other, at most one for two pixels',
  async t => {
    t.same(bandsIn([faultBand(100, 200), faultBand(150, 400, [1])], { fromMs: 0, toMs: 1_000 }, 500), [
      { fromMs: 100, toMs: 400, title: '2 faults' }
    ])
    t.same(bandsIn([faultBand(100, 200)], { fromMs: 150, toMs: 1_000 }, 500), [
      { fromMs: 150, toMs: 200, title: 'kill n1' }
    ])
    t.same(bandsIn([faultBand(100, 200)], { fromMs: 300, toMs: 1_000 }, 500), [], 'one that is over is not shown')
    const fault = fc
      .tuple(fc.integer({ min: 0, max: 1_000 }), fc.integer({ min: 0, max: 200 }))
      .map(([fromMs, forMs]) => faultBand(fromMs, fromMs + forMs))
    const property = fc.property(
      fc.array(fault, { maxLength: 300 }),
      fc.integer({ min: 10, max: 400 }),
      (faults, widthPx) => {
        const window = { fromMs: 200, toMs: 900 }
        const bands = bandsIn(faults, window, widthPx)
        const isCovered = (at: number) => bands.some(({ fromMs, toMs }) => fromMs <= at && at <= toMs)
        for (const { fromMs, toMs } of faults) {
          for (const at of [fromMs, toMs]) if (at >= 200 && at <= 900 && !isCovered(at)) return false
        }
        const gaps = bands.slice(1).map(({ fromMs }, i) => fromMs - bands[i]!.toMs)
        return gaps.every(gap => gap > 700 / widthPx) && bands.length <= widthPx
      }
    )
    t.doesNotThrow(() => fc.assert(property))
  }
)
