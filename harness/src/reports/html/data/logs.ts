/** The last lines that each node wrote to stderr, with their place in the run where they tell the time. */
import type { Network } from '../../../history/observed.ts'
import { printable } from '../../../printable.ts'
import type { LogLine, NodeLog, NodeNumber } from './report-data.ts'

/** Of one node. */
const MAX_LINES = 20
const MAX_LENGTH = 300

/** Of all nodes together: the node at fault comes first, and a page of a large run stays small. */
const MAX_NODES = 200

export function logsOf(network: Network, numbers: ReadonlyMap<string, NodeNumber>): NodeLog[] {
  const startedMs = Date.parse(network.started?.startedAt ?? '')
  return [...network.nodes]
    .flatMap(([node, runs]) => {
      const lines = runs.flatMap(run => (run.exit ?? run.takingDown.exit)?.stderrTail ?? [])
      if (lines.length === 0) return []
      return [{ node: numbers.get(node)!, lines: lines.slice(-MAX_LINES).map(text => logLineOf(text, startedMs)) }]
    })
    .slice(0, MAX_NODES)
}

function logLineOf(text: string, startedMs: number): LogLine {
  const writtenMs = Date.parse(ISO_TIME.exec(text)?.[0] ?? '')
  const atMs = writtenMs - startedMs
  return { text: printable(redacted(text), MAX_LENGTH), ...(atMs >= 0 && { atMs }) }
}

/** As most programs begin a line of their log. */
const ISO_TIME = /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)/

/** What a program should not have written, and a report that is handed on should not show. */
export function redacted(text: string): string {
  return text.replace(SECRET, '$1[redacted]')
}

const SECRET =
  /((?:token|secret|password|passwd|api[-_]?key|authorization|private[-_]?key)["']?\s*(?:[=:]\s*|\s)(?:bearer\s+)?["']?)[^\s"',;]+/gi
