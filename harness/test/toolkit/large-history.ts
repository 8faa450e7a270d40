/** The largest run of which every pair can be told: 200 nodes, 39,800 joins, and 10,000 later events with 50 faults among them. */
import type { HistoryEvent } from '../../src/history/history.ts'
import { HistoryBuilder } from './history-builder.ts'

const NODES = 200
const FAULTS = 50

/** Of which each node pauses once and is dropped and listed again by half of the others. */
export function largeHistory(): HistoryEvent[] {
  const nodes = Array.from({ length: NODES }, (_, i) => `n${i + 1}`)
  const history = new HistoryBuilder({
    type: 'run-started',
    startedAt: '1970-01-01T00:00:01.000Z',
    scenario: 'large',
    nodes,
    deadlineMs: 600_000,
    settleMs: 1_000,
    command: 'test-network 200 600'
  })
  history.started(...nodes).everybodyMeets()
  for (let i = 0; i < FAULTS; i++) paused(history, nodes, i)
  // A fault that is never healed leaves something to be told.
  history.dumped(...nodes.slice(0, 20)).at(590_000)
  for (const node of nodes.slice(0, 20)) history.exited(node, { code: 0, stderrTail: tailOf(node) })
  return history.ended('deadline')
}

/** Some 200 events. */
function paused(history: HistoryBuilder, nodes: readonly string[], i: number): void {
  const node = nodes[i]!
  const observers = nodes.filter((_, j) => j !== i && j % 2 === i % 2)
  history.observed({
    type: 'fault-injected',
    fault: `s${i + 1}`,
    nodes: [node],
    what: { type: 'pause', nodes: [node] }
  })
  for (const observer of observers) history.expired(observer, node)
  history.faultHealed(`s${i + 1}`, node)
  for (const observer of observers) history.joined(observer, node)
}

function tailOf(node: string): string[] {
  return Array.from(
    { length: 20 },
    (_, i) => `${node} wrote line ${i} of what it has to say about its peers and itself`
  )
}
