/** The overlay at any moment. */
import fc from 'fast-check'
import t from 'tap'
import { linkSpansOf, linksAt } from '../../../../src/reports/html/charts/overlay/link-spans.ts'
import { overlayAt, overlayMoments, overlayTold } from '../../../../src/reports/html/charts/overlay/overlay-moment.ts'
import { placesOf } from '../../../../src/reports/html/charts/overlay/places.ts'
import { faultBand, reportData } from '../../../toolkit/report-data.ts'

const columns = (changes: readonly (readonly [atMs: number, by: number, to: number, isUp: 0 | 1])[]) => ({
  atMs: changes.map(([atMs]) => atMs),
  by: changes.map(([, by]) => by),
  to: changes.map(([, , to]) => to),
  isUp: changes.map(([, , , isUp]) => isUp)
})

t.test('a link is there while one of its ends says so', async t => {
  const spans = linkSpansOf(
    columns([
      [100, 0, 1, 1],
      [150, 1, 0, 1],
      [300, 0, 1, 0],
      [400, 1, 0, 0],
      [500, 2, 1, 1]
    ])
  )
  t.same(spans, [
    { a: 0, b: 1, fromMs: 100, toMs: 400 },
    { a: 1, b: 2, fromMs: 500, toMs: Number.POSITIVE_INFINITY }
  ])
  t.same(
    [50, 100, 350, 400, 900].map(ms => linksAt(spans, ms).length),
    [0, 1, 1, 0, 1]
  )
})

t.test('at every moment the links are those that the words of the nodes so far give', async t => {
  const change = fc.tuple(fc.integer({ min: 0, max: 3 }), fc.integer({ min: 0, max: 3 }), fc.constantFrom<0 | 1>(0, 1))
  const property = fc.property(fc.array(change, { maxLength: 80 }), changes => {
    const told = changes.filter(([by, to]) => by !== to).map(([by, to, isUp], i) => [i, by, to, isUp] as const)
    const spans = linkSpansOf(columns(told))
    const said = new Set<string>()
    for (const [atMs, by, to, isUp] of told) {
      if (isUp === 1) said.add(`${by}>${to}`)
      else said.delete(`${by}>${to}`)
      const wanted = new Set([...said].map(pair => pair.split('>').sort().join()))
      const found = linksAt(spans, atMs).map(({ a, b }) => `${a},${b}`)
      if (found.length !== wanted.size || !found.every(pair => wanted.has(pair))) return false
    }
    return true
  })
  t.doesNotThrow(() => fc.assert(property))
})

t.test('a split parts the nodes while it is in force, and links across it are told', async t => {
  const split = {
    ...faultBand(2_000, 6_000, [1, 3]),
    groups: [
      [1, 3],
      [0, 2]
    ]
  }
  const links = columns([
    [1_000, 0, 1, 1],
    [1_000, 0, 2, 1]
  ])
  const data = reportData(4, { faults: [split], links })
  const spans = linkSpansOf(links)
  t.same(overlayAt(data, spans, 1_500).sides, [[0, 1, 2, 3]])
  const during = overlayAt(data, spans, 3_000)
  t.same(during.sides, [
    [0, 2],
    [1, 3]
  ])
  t.same(
    during.links.map(({ isCut }) => isCut),
    [true, false]
  )
  t.same([...during.hit], [1, 3])
  t.match(overlayTold(during, true), '3.00 s: 4 of 4 nodes ready, 2 links, 1 between the 2 sides of the split')
  t.same(overlayAt(data, spans, 7_000).sides.length, 1)
})

t.test('a run whose nodes tell no links says so, and shows none', async t => {
  const moment = overlayAt(reportData(3), [], 5_000)
  t.match(overlayTold(moment, false), 'no node tells its links; no fault in force')
  t.same(moment.links, [])
})

t.test('one can step through all changes, and they are within the run', async t => {
  const spans = linkSpansOf(columns([[1_000, 0, 1, 1]]))
  t.same(overlayMoments(reportData(2, { faults: [faultBand(2_000, 99_000)] }), spans), [0, 200, 1_000, 2_000, 10_000])
})

t.test('every node has a place of its own within the drawing, and keeps it from moment to moment', async t => {
  const sizes = fc.record({
    widthPx: fc.integer({ min: 300, max: 1_500 }),
    heightPx: fc.integer({ min: 300, max: 600 })
  })
  const property = fc.property(
    sizes,
    fc.integer({ min: 1, max: 60 }),
    fc.integer({ min: 0, max: 30 }),
    (size, left, right) => {
      const nodes = Array.from({ length: left + right }, (_, i) => i)
      const sides = [nodes.slice(0, left), nodes.slice(left)]
      const places = placesOf(sides, size)
      const isInside = [...places.values()].every(
        ({ x, y }) => x >= 0 && y >= 0 && x <= size.widthPx && y <= size.heightPx
      )
      const apart = new Set([...places.values()].map(({ x, y }) => `${x.toFixed(3)} ${y.toFixed(3)}`))
      return isInside && places.size === nodes.length && apart.size === nodes.length
    }
  )
  t.doesNotThrow(() => fc.assert(property))
})
