/** What happened between two nodes, from the columns of the page: the same sentences as `test-network explain`. */
import { entryText } from '../../../words/story/entry-words.ts'
import { BOOK_CHANGES, type NodeNumber, type ReportData } from '../../data/report-data.ts'

export interface NodePair {
  readonly observer: NodeNumber
  readonly subject: NodeNumber
}

export interface PairStory {
  readonly title: string
  /** How it is in the end, and why. */
  readonly end: string
  readonly state: 'missing' | 'listed' | 'absent'
  /** In order; of a long story the first and the last. */
  readonly lines: readonly { readonly atMs: number; readonly line: number; readonly text: string }[]
  /** Left out between them. */
  readonly left: number
}

const MAX_LINES = 40

/** Makes an index of the books once, so that a story costs what happened to its pair. */
export function createStories(data: ReportData): (pair: NodePair) => PairStory {
  const { books, missing, nodes } = data
  const keyOf = (observer: NodeNumber, subject: NodeNumber) => observer * nodes.length + subject
  const changes = indexOf(books.observer.map((observer, i) => keyOf(observer, books.subject[i]!)))
  const missed = new Map(missing.observer.map((observer, i) => [keyOf(observer, missing.subject[i]!), i]))
  return ({ observer, subject }) => {
    const key = keyOf(observer, subject)
    const told = [...happeningsOf(data, observer, subject), ...entriesOf(data, changes(key))]
    const lines = told.toSorted((a, b) => a.line - b.line)
    const kept = lines.length <= MAX_LINES ? lines : [...lines.slice(0, MAX_LINES / 2), ...lines.slice(-MAX_LINES / 2)]
    return {
      title: `${nameOf(data, observer)} and its entry of ${nameOf(data, subject)}`,
      ...endOf(data, { observer, subject }, missed.get(key)),
      lines: kept,
      left: lines.length - kept.length
    }
  }
}

/** Places of each key, kept in two arrays: cheaper than a map of 40,000 lists. */
function indexOf(keys: readonly number[]): (key: number) => number[] {
  const order = Uint32Array.from(keys.keys()).sort((a, b) => keys[a]! - keys[b]! || a - b)
  return key => {
    let [from, to] = [0, order.length]
    while (from < to) {
      const middle = (from + to) >> 1
      if (keys[order[middle]!]! < key) from = middle + 1
      else to = middle
    }
    const places: number[] = []
    for (let i = from; i < order.length && keys[order[i]!] === key; i++) places.push(order[i]!)
    return places
  }
}

function happeningsOf({ happenings }: ReportData, observer: NodeNumber, subject: NodeNumber) {
  return happenings.filter(({ nodes }) => nodes.includes(observer) || nodes.includes(subject))
}

function entriesOf(data: ReportData, places: readonly number[]) {
  const { books } = data
  return places.map(i => {
    const [epoch, seq] = [books.epochs[books.epoch[i]!], books.seq[i]!]
    const version = { epoch, seq: seq < 0 ? undefined : seq }
    const names = [nameOf(data, books.observer[i]!), nameOf(data, books.subject[i]!)] as const
    return {
      atMs: books.atMs[i]!,
      line: books.line[i]!,
      text: entryText(BOOK_CHANGES[books.change[i]!]!, ...names, version)
    }
  })
}

function endOf(
  data: ReportData,
  { observer, subject }: NodePair,
  missing: number | undefined
): Pick<PairStory, 'end' | 'state'> {
  const [from, to] = [nameOf(data, observer), nameOf(data, subject)]
  if (observer === subject) return { state: 'absent', end: `${from} itself: no book lists its own node` }
  if (missing !== undefined) {
    const { code, detail, evidence } = data.missing.causes[data.missing.cause[missing]!]!
    const seen = detail === '' ? '' : ` (${detail})`
    const where = evidence.length === 0 ? '' : `; see line ${evidence.join(', ')}`
    return { state: 'missing', end: `In the end ${from} does not list ${to}: ${code}${seen}${where}` }
  }
  const absent = [observer, subject].filter(node => data.nodes[node]!.status !== 'live').map(node => nameOf(data, node))
  if (absent.length === 0) return { state: 'listed', end: `In the end ${from} lists ${to}` }
  const verb = absent.length === 1 ? 'is' : 'are'
  return {
    state: 'absent',
    end: `In the end ${absent.join(' and ')} ${verb} not there: ${from} owes nothing about ${to}`
  }
}

function nameOf({ nodes }: ReportData, node: NodeNumber): string {
  return nodes[node]?.name ?? '?'
}
