/** The log of each node beside what happened to it: what it wrote to stderr last, at most 20 lines of a node. */
import type { Network } from '../../../history/observed.ts'
import { count, seconds } from '../../../judge/wording.ts'
import type { Judged } from '../../judged.ts'
import { logName, nodeToLookAt } from '../../words/next-steps.ts'
import { type LogLine, logsOf } from '../data/logs.ts'
import type { NodeHappening } from '../data/report-data.ts'
import { type Markup, markup, nothing } from '../markup.ts'
import { forNodes, type Numbers } from './filtered.ts'

/** Of all nodes together; those that findings name come first. */
const MAX_NODES = 200
const MAX_LENGTH = 400_000

/** Of one node, beside its log. */
const MAX_HAPPENINGS = 30

/** @param happenings - of the whole run */
export function renderLogs(judged: Judged, numbers: Numbers, happenings: readonly NodeHappening[]): Markup {
  const { network } = judged
  const first = nodeToLookAt(judged)
  const logs = logsOf(network)
  const sorted = [...logs.keys()].toSorted((a, b) => rank(judged, a, first) - rank(judged, b, first))
  const parts: Markup[] = []
  let length = 0
  for (const node of sorted.slice(0, MAX_NODES)) {
    const own = happenings.filter(({ nodes }) => nodes.includes(numbers.get(node)!)).slice(0, MAX_HAPPENINGS)
    const part = renderLog(node, { lines: logs.get(node)!, own, numbers, isOpen: node === first })
    length += part.markup.length
    if (length > MAX_LENGTH) break
    parts.push(part)
  }
  if (parts.length === 0) return nothing
  const more = logs.size - parts.length
  return markup`<h2>Logs beside events</h2>
<p class="soft">What each node wrote to stderr last, at most 20 lines, beside what happened to it. The whole of it is in a file of its own in the folder of the run.</p>
${parts}${more > 0 ? markup`<p>And the logs of ${count(more, 'more node')}, in the folder of the run.</p>` : nothing}`
}

/** The node at fault, those that findings blame, those that ended by themselves, all others. */
function rank({ network, judgement }: Judged, node: string, first: string | undefined): number {
  if (node === first) return 0
  if (judgement.findings.some(finding => finding.node === node)) return 1
  return hasDied(network, node) ? 2 : 3
}

function hasDied({ nodes }: Network, node: string): boolean {
  return nodes.get(node)?.some(({ exit }) => exit?.expected === false) === true
}

interface Log {
  readonly lines: readonly LogLine[]
  readonly own: readonly NodeHappening[]
  readonly numbers: Numbers
  readonly isOpen: boolean
}

function renderLog(node: string, { lines, own, numbers, isOpen }: Log): Markup {
  const events = own.map(({ atMs, text, line }) => ({ atMs, row: eventRow(atMs, text, line) }))
  // A line that tells no time stands with the one before it: the first of them behind all that happened.
  let atMs = Number.POSITIVE_INFINITY
  const written = lines.map(line => {
    atMs = line.atMs ?? atMs
    return { atMs, row: logRow(line) }
  })
  const rows = [...events, ...written].toSorted((a, b) => (a.atMs === b.atMs ? 0 : a.atMs - b.atMs))
  return markup`<details class="log"${forNodes(numbers, [node])}${isOpen ? markup` open` : nothing}><summary>${logName(node)}: ${count(lines.length, 'line')}</summary><ul class="log">
${rows.map(({ row }) => row)}</ul></details>
`
}

function eventRow(atMs: number, text: string, line: number): Markup {
  return markup`<li class="event"><span class="time">${seconds(atMs)}</span> ${text} <span class="soft">line ${line}</span></li>
`
}

function logRow({ atMs, text }: LogLine): Markup {
  return markup`<li><span class="time">${atMs === undefined ? '' : seconds(atMs)}</span> <code>${text}</code></li>
`
}
