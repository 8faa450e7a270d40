/** What happened at single moments, in the row of the node that it happened at. */
import { BOOK_CHANGES, type NodeNumber, type ReportData } from '../../data/report-data.ts'
import type { TimeWindow } from '../time/time-window.ts'

/** `dropped`: the node took a peer out of its book. `ended`: its process ended as planned, by a step or a fault. */
export type MarkKind = 'dropped' | 'ended' | 'found' | 'died'

/** Later kinds lie over earlier ones. */
export const MARK_KINDS: readonly MarkKind[] = ['dropped', 'ended', 'found', 'died']

export interface NodeMark {
  readonly kind: MarkKind
  readonly node: NodeNumber
  readonly atMs: number
  /** Whom it dropped, or the place of the finding. */
  readonly about?: number
}

/** Every mark of the run, in the order of time. */
export function marksOf({ books, nodes, findings, endMs }: ReportData): NodeMark[] {
  const marks: NodeMark[] = []
  for (const [i, change] of books.change.entries()) {
    const name = BOOK_CHANGES[change]
    if (name !== 'left' && name !== 'expired') continue
    marks.push({ kind: 'dropped', node: books.observer[i]!, atMs: books.atMs[i]!, about: books.subject[i]! })
  }
  for (const [node, { runs }] of nodes.entries()) {
    for (const { exitMs, end } of runs) {
      if (exitMs === undefined || exitMs > endMs) continue
      marks.push({ kind: end === 'died' ? 'died' : 'ended', node, atMs: exitMs })
    }
  }
  for (const [place, { node, atMs }] of findings.entries()) marks.push({ kind: 'found', node, atMs, about: place })
  return marks.sort((a, b) => a.atMs - b.atMs)
}

/** Marks of one kind that would lie on top of each other. */
export interface MarkHeap {
  readonly row: number
  readonly kind: MarkKind
  readonly fromMs: number
  readonly toMs: number
  readonly count: number
}

/**
 * The marks of these rows within the window, those of one row, kind and stretch of time as one; in the order in which they
 * are drawn. At most `stretches` heaps for each row and kind.
 */
export function heapsIn(
  marks: readonly NodeMark[],
  rows: readonly NodeNumber[],
  window: TimeWindow,
  stretches: number
): MarkHeap[] {
  const rowOf = new Map(rows.map((node, row) => [node, row]))
  const spanMs = window.toMs - window.fromMs
  const heaps = new Map<number, { -readonly [Key in keyof MarkHeap]: MarkHeap[Key] }>()
  for (const { kind, node, atMs } of marks) {
    const row = rowOf.get(node)
    if (row === undefined || atMs < window.fromMs || atMs > window.toMs) continue
    const stretch = Math.min(stretches - 1, Math.floor(((atMs - window.fromMs) / spanMs) * stretches))
    const key = (row * MARK_KINDS.length + MARK_KINDS.indexOf(kind)) * stretches + stretch
    const heap = heaps.get(key)
    if (heap === undefined) heaps.set(key, { row, kind, fromMs: atMs, toMs: atMs, count: 1 })
    else {
      heap.toMs = atMs
      heap.count += 1
    }
  }
  return [...heaps.values()].sort((a, b) => MARK_KINDS.indexOf(a.kind) - MARK_KINDS.indexOf(b.kind))
}
