/** The rows of the time line: which nodes, and what each of them was at any time. */
import type { NodeNumber, ReportData, RunFacts } from '../../data/report-data.ts'

/** More rows at once are a wall: the others are on further pages. */
export const MAX_ROWS = 60

export interface RowPage {
  /** From top to bottom; at most `MAX_ROWS`. */
  readonly nodes: readonly NodeNumber[]
  /** From 0. */
  readonly page: number
  readonly pages: number
  /** Of all pages. */
  readonly total: number
}

/**
 * Nodes in their order. Where they need more than one page, those that died, that a finding points at, or that a fault hits
 * come first.
 */
export function rowPage(data: ReportData, shown: ReadonlySet<NodeNumber> | undefined, page: number): RowPage {
  const all = data.nodes.map((_, number) => number).filter(number => shown?.has(number) ?? true)
  const pages = Math.max(1, Math.ceil(all.length / MAX_ROWS))
  const current = Math.min(Math.max(0, page), pages - 1)
  const ordered = pages === 1 ? all : tellingFirst(data, all)
  return { nodes: ordered.slice(current * MAX_ROWS, (current + 1) * MAX_ROWS), page: current, pages, total: all.length }
}

function tellingFirst(data: ReportData, all: readonly NodeNumber[]): NodeNumber[] {
  const accused = new Set(data.findings.map(({ node }) => node))
  const hit = new Set(data.faults.flatMap(({ nodes }) => nodes))
  const rank = (node: NodeNumber) => {
    if (accused.has(node) || data.nodes[node]!.runs.some(({ end }) => end === 'died')) return 0
    return hit.has(node) ? 1 : 2
  }
  return all.toSorted((a, b) => rank(a) - rank(b) || a - b)
}

/** `right`: its book was full and right; `leaving`: it has said farewell. */
export type RowState = 'starting' | 'ready' | 'right' | 'leaving'

export interface RowBar {
  readonly row: number
  readonly state: RowState
  readonly fromMs: number
  readonly toMs: number
}

/** What each process was and when; what comes later lies over what came before. Within 0 and `endMs`. */
export function barsOf({ nodes, endMs }: Pick<ReportData, 'nodes' | 'endMs'>, rows: readonly NodeNumber[]): RowBar[] {
  return rows.flatMap(
    (node, row) => nodes[node]?.runs.flatMap(run => barsOfRun(run, endMs).map(bar => ({ row, ...bar }))) ?? []
  )
}

function barsOfRun(run: RunFacts, endMs: number): Omit<RowBar, 'row'>[] {
  const { spawnedMs, readyMs, leavingMs, rightSpans = [] } = run
  if (spawnedMs === undefined) return []
  const overMs = Math.min(run.exitMs ?? endMs, endMs)
  const bar = (state: RowState, fromMs: number, toMs: number) => ({ state, fromMs, toMs: Math.min(toMs, overMs) })
  return [
    bar('starting', spawnedMs, readyMs ?? overMs),
    ...(readyMs === undefined ? [] : [bar('ready', readyMs, leavingMs ?? overMs)]),
    ...rightSpans.map(([fromMs, toMs]) => bar('right', fromMs, toMs)),
    ...(leavingMs === undefined ? [] : [bar('leaving', leavingMs, overMs)])
  ].filter(({ fromMs, toMs }) => toMs > fromMs)
}

/** What the node is at that moment; `ended` after its process, `absent` before the first and where it has none. */
export function stateAt(
  { nodes, endMs }: Pick<ReportData, 'nodes' | 'endMs'>,
  node: NodeNumber,
  atMs: number
): RowState | 'ended' | 'died' | 'absent' {
  const run = nodes[node]?.runs.findLast(({ spawnedMs }) => spawnedMs !== undefined && spawnedMs <= atMs)
  if (run === undefined) return 'absent'
  if (run.exitMs !== undefined && run.exitMs <= Math.min(atMs, endMs)) return run.end === 'died' ? 'died' : 'ended'
  return barsOfRun(run, endMs).findLast(({ fromMs, toMs }) => fromMs <= atMs && atMs <= toMs)?.state ?? 'ready'
}
