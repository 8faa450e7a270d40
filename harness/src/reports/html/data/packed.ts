/**
 * The data of a page as the text that it carries. Times stand there as differences in microseconds, which is as exactly as a
 * run is timed, and line numbers as differences, too: that is half the size.
 */
import type { ReportData } from './report-data.ts'

/** Nothing in it can end the element that it stands in. */
export function pack(data: ReportData): string {
  const { books, links, completeness, costs, delays } = data
  const packed = {
    ...data,
    books: { ...books, atMs: differences(inMicroseconds(books.atMs)), line: differences(books.line) },
    links: { ...links, atMs: differences(inMicroseconds(links.atMs)) },
    completeness: { ...completeness, atMs: differences(inMicroseconds(completeness.atMs)) },
    costs: costs.map(each => mapSeries(each, atMs => differences(inMicroseconds(atMs)))),
    delays: delays.map(each => ({ ...each, tookMs: inMicroseconds(each.tookMs) }))
  }
  // A parser of HTML looks for the end of the element and for the start of a comment, and for nothing else.
  return JSON.stringify(packed).replace(
    /[<\u2028\u2029]/g,
    unit => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`
  )
}

export function unpack(text: string): ReportData {
  const packed = JSON.parse(text) as ReportData
  const { books, links, completeness, costs, delays } = packed
  return {
    ...packed,
    books: { ...books, atMs: inMilliseconds(sums(books.atMs)), line: sums(books.line) },
    links: { ...links, atMs: inMilliseconds(sums(links.atMs)) },
    completeness: { ...completeness, atMs: inMilliseconds(sums(completeness.atMs)) },
    costs: costs.map(each => mapSeries(each, atUs => inMilliseconds(sums(atUs)))),
    delays: delays.map(each => ({ ...each, tookMs: inMilliseconds(each.tookMs) }))
  }
}

type Costs = ReportData['costs'][number]

function mapSeries(costs: Costs, change: (atMs: readonly number[]) => number[]): Costs {
  const changed = Object.entries(costs).map(([name, { atMs, value }]) => [name, { atMs: change(atMs), value }])
  return Object.fromEntries(changed) as Costs
}

function inMicroseconds(ms: readonly number[]): number[] {
  return ms.map(each => Math.round(each * 1_000))
}

function inMilliseconds(us: readonly number[]): number[] {
  return us.map(each => each / 1_000)
}

function differences(values: readonly number[]): number[] {
  return values.map((value, i) => value - (values[i - 1] ?? 0))
}

function sums(values: readonly number[]): number[] {
  let sum = 0
  return values.map(value => {
    sum += value
    return sum
  })
}
