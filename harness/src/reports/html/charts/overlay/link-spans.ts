/** Who was connected to whom when, by what either end wrote. */
import type { LinkColumns, NodeNumber } from '../../data/report-data.ts'

/** A link between two nodes: it is there while one of its ends says so. */
export interface LinkSpan {
  /** The smaller number of the two. */
  readonly a: NodeNumber
  readonly b: NodeNumber
  readonly fromMs: number
  /** Infinity if it lasts to the end. */
  readonly toMs: number
}

/** In the order in which they began. At most as many as there are changes. */
export function linkSpansOf({ atMs, by, to, isUp }: LinkColumns): LinkSpan[] {
  const open = new Map<string, { fromMs: number; saidBy: Set<NodeNumber> }>()
  const spans: LinkSpan[] = []
  for (const [i, at] of atMs.entries()) {
    const [speaker, other] = [by[i]!, to[i]!]
    const [a, b] = speaker < other ? [speaker, other] : [other, speaker]
    const key = `${a} ${b}`
    const link = open.get(key)
    if (isUp[i] === 1) {
      if (link === undefined) open.set(key, { fromMs: at, saidBy: new Set([speaker]) })
      else link.saidBy.add(speaker)
    } else if (link?.saidBy.delete(speaker) && link.saidBy.size === 0) {
      open.delete(key)
      spans.push({ a, b, fromMs: link.fromMs, toMs: at })
    }
  }
  for (const [key, { fromMs }] of open) {
    const [a, b] = key.split(' ').map(Number) as [number, number]
    spans.push({ a, b, fromMs, toMs: Number.POSITIVE_INFINITY })
  }
  return spans.sort((x, y) => x.fromMs - y.fromMs)
}

export function linksAt(spans: readonly LinkSpan[], atMs: number): LinkSpan[] {
  return spans.filter(({ fromMs, toMs }) => fromMs <= atMs && atMs < toMs)
}
