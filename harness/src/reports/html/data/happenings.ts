/** What happened to nodes beside changes of their books, in words: the frame of every story. */
import type { History, HistoryEvent } from '../../../history/history.ts'
import type { Network } from '../../../history/observed.ts'
import { eventText } from '../../words/story/event-words.ts'
import { redacted } from '../redacted.ts'
import type { NodeHappening, NodeNumber } from './report-data.ts'

/** Some ten of each node, in a network of 200; what is beyond is in history.ndjson. */
const MAX_HAPPENINGS = 4_000

export function happeningsOf(
  history: History,
  network: Network,
  numbers: ReadonlyMap<string, NodeNumber>
): NodeHappening[] {
  const happenings: NodeHappening[] = []
  for (const [i, event] of history.entries()) {
    const names = nodesOf(event)
    if (names.length === 0) continue
    if (happenings.length === MAX_HAPPENINGS) break
    const nodes = names.flatMap(name => numbers.get(name) ?? [])
    happenings.push({ atMs: event.atMs, line: i + 1, nodes, text: redacted(eventText(network, event)) })
  }
  return happenings
}

/** Empty for an event that is no such happening. */
function nodesOf(event: HistoryEvent): readonly string[] {
  switch (event.type) {
    case 'spawned':
    case 'spawn-failed':
    case 'dump-requested':
    case 'stop-requested':
    case 'leave-requested':
    case 'exited':
    case 'runner-failed':
    case 'finding':
    case 'violation':
      return [event.node]
    case 'probe':
      return event.result === 'refused' ? [event.node] : []
    case 'fault-injected':
    case 'fault-healed':
      return event.nodes
    case 'line':
      return event.line.type === 'ready' || event.line.type === 'book' ? [event.node] : []
    default:
      return []
  }
}
