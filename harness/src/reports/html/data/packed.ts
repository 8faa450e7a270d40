/**
 * The data of a page as the text that it carries. Times stand there as differences in microseconds, which is as exactly as a run
 * is timed; line numbers as differences, too; and a pair of nodes as one number. That is half the size.
 */
import type { ReportData } from './report-data.ts'

/** Nothing in it can end the element that it stands in. */
export function pack(data: ReportData): string {
  const { books, links, completeness, costs, delays, nodes } = data
  const packed = {
    ...data,
    books: { ...packPairs(books, nodes.length), atMs: packTimes(books.atMs), line: differences(books.line) },
    links: { ...links, atMs: packTimes(links.atMs) },
    completeness: { ...completeness, atMs: packTimes(completeness.atMs) },
    costs: costs.map(each => mapTimes(each, packTimes)),
    delays: delays.map(each => ({ ...packPairs(each, nodes.length), tookMs: inMicroseconds(each.tookMs) }))
  }
  // A parser of HTML looks for the end of the element and for the start of a comment, and for nothing else.
  return JSON.stringify(packed).replace(/[<\u2028\u2029]/g, escaped)
}

/** What `pack` made: the same but for fractions of a microsecond. */
export function unpack(text: string): ReportData {
  const packed = JSON.parse(text) as Packed
  const { books, links, completeness, costs, delays, nodes } = packed
  return {
    ...packed,
    books: { ...unpackPairs(books, nodes.length), atMs: unpackTimes(books.atMs), line: sums(books.line) },
    links: { ...links, atMs: unpackTimes(links.atMs) },
    completeness: { ...completeness, atMs: unpackTimes(completeness.atMs) },
    costs: costs.map(each => mapTimes(each, unpackTimes)),
    delays: delays.map(each => ({ ...unpackPairs(each, nodes.length), tookMs: inMilliseconds(each.tookMs) }))
  }
}

type Books = ReportData['books']
type Delays = ReportData['delays'][number]
type WithPairs<Columns> = Omit<Columns, 'observer' | 'subject'> & { pairs: number[] }

type Packed = Omit<ReportData, 'books' | 'delays'> & {
  readonly books: WithPairs<Books>
  readonly delays: readonly WithPairs<Delays>[]
}

function packPairs<Columns extends Pick<Books, 'observer' | 'subject'>>(
  { observer, subject, ...rest }: Columns,
  nodes: number
): WithPairs<Columns> {
  return { ...rest, pairs: differences(observer.map((each, i) => each * nodes + subject[i]!)) }
}

function unpackPairs<Columns extends { pairs: readonly number[] }>({ pairs, ...rest }: Columns, nodes: number) {
  const whole = sums(pairs)
  return {
    ...rest,
    observer: whole.map(pair => Math.floor(pair / nodes)),
    subject: whole.map(pair => pair % nodes)
  }
}

type Costs = ReportData['costs'][number]

function mapTimes(costs: Costs, change: (atMs: readonly number[]) => number[]): Costs {
  const changed = Object.entries(costs).map(([name, { atMs, value }]) => [name, { atMs: change(atMs), value }])
  return Object.fromEntries(changed) as Costs
}

function packTimes(ms: readonly number[]): number[] {
  return differences(inMicroseconds(ms))
}

function unpackTimes(packed: readonly number[]): number[] {
  return inMilliseconds(sums(packed))
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

function escaped(unit: string): string {
  return `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`
}
