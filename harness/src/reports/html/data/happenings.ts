/** What happened to nodes beside changes of their books, in words: the frame of every story. */
import type { History } from '../../../history/history.ts'
import type { Network } from '../../../history/observed.ts'
import { eventText, happeningNodes } from '../../words/story/event-words.ts'
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
    const names = happeningNodes(event)
    if (names.length === 0) continue
    if (happenings.length === MAX_HAPPENINGS) break
    const nodes = names.flatMap(name => numbers.get(name) ?? [])
    happenings.push({ atMs: event.atMs, line: i + 1, nodes, text: redacted(eventText(network, event)) })
  }
  return happenings
}
