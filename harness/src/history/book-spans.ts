/** While the book of each node was full and right. */
import type { NodeName } from '../contract.ts'
import type { History, HistoryEvent } from './history.ts'
import { createNetwork, isBookFull, observe } from './network.ts'
import type { Network, NodeRun } from './observed.ts'

/** ms since the start of the run; at most `toMs`, and never empty. */
export type BookSpan = readonly [fromMs: number, toMs: number]

/**
 * For each node and each of its processes, in order: the times at which its book listed every node that should be there, as it
 * says of itself, and nothing else. The last span of a live node lasts to the end of the run.
 */
export function bookSpansOf(history: History): Map<NodeName, BookSpan[][]> {
  const network = createNetwork()
  const spans = new Map<NodeRun, BookSpan[]>()
  const since = new Map<NodeRun, number>()
  const note = (run: NodeRun) => {
    const isRight = network.live.has(run) && run.book.size > 0 && isBookFull(network, run)
    const fromMs = since.get(run)
    if (isRight === (fromMs !== undefined)) return
    if (isRight) since.set(run, network.nowMs)
    else endSpan(spans, run, since.get(run)!, network.nowMs)
    if (!isRight) since.delete(run)
  }
  for (const event of history) {
    if (network.ended !== undefined) break
    observe(network, event)
    for (const run of runsTouchedBy(event, network)) note(run)
  }
  for (const [run, fromMs] of since) endSpan(spans, run, fromMs, network.nowMs)
  return new Map([...network.nodes].map(([node, runs]) => [node, runs.map(run => spans.get(run) ?? [])]))
}

/** What only costs were read of, or the host said, changes no book; a node that comes or goes changes what is due in all. */
function runsTouchedBy(event: HistoryEvent, { nodes }: Network): NodeRun[] {
  if (MEASUREMENTS.has(event.type)) return []
  if (event.type !== 'line' || event.line.type === 'ready') return [...nodes.values()].flat()
  return nodes.get(event.node)?.filter(({ run }) => run === event.run) ?? []
}

const MEASUREMENTS: ReadonlySet<HistoryEvent['type']> = new Set(['usage', 'received', 'host-pressed', 'harness-lagged'])

function endSpan(spans: Map<NodeRun, BookSpan[]>, run: NodeRun, fromMs: number, toMs: number): void {
  const known = spans.get(run) ?? []
  spans.set(run, known)
  if (toMs > fromMs) known.push([fromMs, toMs])
}
