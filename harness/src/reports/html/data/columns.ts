/** Changes of books and of links, and what nodes used, as columns: one pass over the history. */
import type { BookEntry } from '../../../contract.ts'
import type { History, HistoryEvent } from '../../../history/history.ts'
import type { Network } from '../../../history/observed.ts'
import {
  BOOK_CHANGES,
  COST_NAMES,
  type CostName,
  type EntryChangeName,
  type NodeNumber,
  type ReportData
} from './report-data.ts'

type Columns = Pick<ReportData, 'books' | 'links' | 'costs'>

/** Of all nodes and figures together: what can be told apart on a screen, and some 200 kB. */
const MAX_SAMPLES = 40_000

/** @param numbers - of each node its number; what is said of peers that belong to no node is left out */
export function columnsOf(
  history: History,
  { owners }: Pick<Network, 'owners'>,
  numbers: ReadonlyMap<string, NodeNumber>
): Columns {
  const books = createBooks()
  const links = createLinks()
  const costs = createCosts(numbers.size)
  const numberOf = (peerId: string) => numbers.get(owners.get(peerId)?.node ?? '')
  for (const [i, event] of history.entries()) {
    noteCosts(costs, event, numbers)
    if (event.type === 'spawned' || event.type === 'exited') links.ended(event.atMs, numbers.get(event.node))
    if (event.type !== 'line') continue
    const by = numbers.get(event.node)
    if (by === undefined) continue
    const { line, atMs } = event
    if (line.type === 'links') {
      links.are(
        atMs,
        by,
        line.peerIds.flatMap(peerId => numberOf(peerId) ?? [])
      )
    } else if (BOOK_CHANGES.includes(line.type as EntryChangeName)) {
      const entry = line as BookEntry
      const subject = numberOf(entry.peerId)
      if (subject !== undefined)
        books.changed({ atMs, line: i + 1, change: line.type as EntryChangeName, by, subject, entry })
    }
  }
  return { books: books.columns, links: links.columns, costs: costs.map(thinned(numbers.size)) }
}

interface Changed {
  readonly atMs: number
  readonly line: number
  readonly change: EntryChangeName
  readonly by: NodeNumber
  readonly subject: NodeNumber
  readonly entry: Pick<BookEntry, 'epoch' | 'seq'>
}

function createBooks() {
  const columns: Filled<Columns['books']> = {
    atMs: [],
    line: [],
    change: [],
    observer: [],
    subject: [],
    epoch: [],
    seq: [],
    epochs: []
  }
  const places = new Map<number, number>()
  const placeOf = (epoch: number | undefined) => {
    if (epoch === undefined) return -1
    const known = places.get(epoch)
    if (known !== undefined) return known
    places.set(epoch, columns.epochs.length)
    return columns.epochs.push(epoch) - 1
  }
  const changed = ({ atMs, line, change, by, subject, entry }: Changed) => {
    columns.atMs.push(atMs)
    columns.line.push(line)
    columns.change.push(BOOK_CHANGES.indexOf(change))
    columns.observer.push(by)
    columns.subject.push(subject)
    columns.epoch.push(placeOf(entry.epoch))
    columns.seq.push(entry.seq ?? -1)
  }
  return { columns, changed }
}

type Filled<Columns> = {
  -readonly [Key in keyof Columns]: Columns[Key] extends readonly (infer Value)[] ? Value[] : never
}

/** A line of links is the whole list: what changed is kept. */
function createLinks() {
  const columns = { atMs: [], by: [], to: [], isUp: [] } as Filled<Columns['links']>
  const up = new Map<NodeNumber, ReadonlySet<NodeNumber>>()
  const note = (atMs: number, by: NodeNumber, to: NodeNumber, isUp: 0 | 1) => {
    columns.atMs.push(atMs)
    columns.by.push(by)
    columns.to.push(to)
    columns.isUp.push(isUp)
  }
  const are = (atMs: number, by: NodeNumber, peers: readonly NodeNumber[]) => {
    const [before, after] = [up.get(by) ?? new Set<NodeNumber>(), new Set(peers)]
    for (const to of before) if (!after.has(to)) note(atMs, by, to, 0)
    for (const to of after) if (!before.has(to)) note(atMs, by, to, 1)
    up.set(by, after)
  }
  const ended = (atMs: number, by: NodeNumber | undefined) => {
    if (by !== undefined && up.has(by)) are(atMs, by, [])
  }
  return { columns, are, ended }
}

type Costs = Record<CostName, { atMs: number[]; value: number[] }>

function createCosts(nodes: number): Costs[] {
  const series = () => Object.fromEntries(COST_NAMES.map(name => [name, { atMs: [], value: [] }])) as unknown as Costs
  return Array.from({ length: nodes }, series)
}

/** What the harness measures of a process, or else what the node says of itself. */
function noteCosts(costs: readonly Costs[], event: HistoryEvent, numbers: ReadonlyMap<string, NodeNumber>): void {
  if (event.type !== 'usage' && event.type !== 'received' && event.type !== 'line') return
  const own = costs[numbers.get(event.node) ?? -1]
  if (own === undefined) return
  const note = (name: CostName, value: number | undefined) => {
    if (value === undefined) return
    own[name].atMs.push(event.atMs)
    own[name].value.push(value)
  }
  if (event.type === 'received') note('receivedBytes', event.bytes)
  else if (event.type === 'usage') {
    note('cpuMs', event.cpuMs)
    note('rssBytes', event.rssBytes)
  } else if (event.line.type === 'stats') {
    note('announcementsReceived', event.line.rx)
    note('announcementsSent', event.line.tx)
  }
}

/** As many samples of a series as its share of the bound, the last one always among them. */
function thinned(nodes: number): (costs: Costs) => Costs {
  const most = Math.max(20, Math.floor(MAX_SAMPLES / Math.max(1, nodes * COST_NAMES.length)))
  const isKept = (i: number, length: number) => (length - 1 - i) % Math.ceil(length / most) === 0
  const kept = (values: number[]) => values.filter((_, i) => isKept(i, values.length))
  return costs =>
    Object.fromEntries(
      COST_NAMES.map(name => [name, { atMs: kept(costs[name].atMs), value: kept(costs[name].value) }])
    ) as Costs
}
