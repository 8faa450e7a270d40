/** The last lines that each node wrote to stderr, with their place in the run where they tell the time. */
import type { NodeName } from '../../../contract.ts'
import type { Network } from '../../../history/observed.ts'
import { printable } from '../../../printable.ts'
import { redacted } from '../redacted.ts'

export interface LogLine {
  /** By the time that the line begins with; undefined if it begins with none. */
  readonly atMs?: number
  /** Printable, without secrets. */
  readonly text: string
}

/** Of one node. */
const MAX_LINES = 20
const MAX_LENGTH = 300

/** Of each node that wrote any. */
export function logsOf({ started, nodes }: Network): Map<NodeName, LogLine[]> {
  const startedMs = Date.parse(started?.startedAt ?? '')
  const logs = [...nodes].map(([node, runs]) => {
    const lines = runs.flatMap(run => (run.exit ?? run.takingDown.exit)?.stderrTail ?? [])
    return [node, lines.slice(-MAX_LINES).map(text => logLineOf(text, startedMs))] as const
  })
  return new Map(logs.filter(([, lines]) => lines.length > 0))
}

function logLineOf(text: string, startedMs: number): LogLine {
  const writtenMs = Date.parse(ISO_TIME.exec(text)?.[1] ?? '')
  const atMs = writtenMs - startedMs
  return { text: printable(redacted(text), MAX_LENGTH), ...(atMs >= 0 && { atMs }) }
}

/** As most programs begin a line of their log. */
const ISO_TIME = /^\W{0,2}(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:Z|[+-]\d\d:\d\d))/
