/** What each node did when. */
import type { History, HistoryEvent } from '../../history/history.ts'
import type { Network, NodeRun } from '../../history/observed.ts'
import type { Metrics, NodeMetrics } from '../../judge/metrics.ts'
import { seconds, statusText } from '../../judge/wording.ts'
import { type Markup, markup, nothing } from './markup.ts'

/** The drawing's units from the start of the run to its end; it is stretched to the width that there is. */
const UNITS = 1_000

const MAX_NODES = 200

type Scale = (ms: number) => number

export function renderTimeline(history: History, network: Network, metrics: Metrics): Markup {
  if (network.nodes.size === 0) return nothing
  const { endMs } = metrics.phases
  const scale: Scale = ms => Math.round((10 * UNITS * Math.min(ms, endMs)) / Math.max(1, endMs)) / 10
  const faults = faultsOf(history, endMs)
  const rows = [...network.nodes].slice(0, MAX_NODES).map(([node, runs], i) => {
    const drawn = runs.map(run =>
      renderRun(run, run === runs.at(-1) ? metrics.nodes[i]?.bookFullMs : undefined, scale, endMs)
    )
    const hits = faults
      .filter(fault => fault.nodes.includes(node))
      .map(fault => band(scale(fault.fromMs), scale(fault.untilMs), 'fault'))
    return renderRow(network, runs.at(-1), metrics.nodes[i]!, [...hits, ...drawn])
  })
  const more = network.nodes.size - rows.length
  return markup`<section><h2>Time line</h2>
<ul class="legend"><li><span class="key wait"></span>starting</li><li><span class="key search"></span>ready</li><li><span class="key full"></span>book full to the end</li>${
    faults.length > 0
      ? markup`<li><span class="key fault"></span>hit by a fault: ${[...new Set(faults.map(fault => fault.fault))].slice(0, 5).join(', ')}</li>`
      : nothing
  }<li>notch: first contact</li>${network.breaches.deaths.length > 0 ? markup`<li>red line: death</li>` : nothing}</ul>
<div class="scroll" tabindex="0" role="region" aria-label="Time line of each node"><table class="timeline">
<thead><tr><th scope="col">Node</th><th scope="col" class="bar"><span class="axis">${axisOf(endMs)}</span></th><th scope="col" class="figure">Ready</th><th scope="col" class="figure">First contact</th><th scope="col" class="figure">Book full</th><th scope="col">In the end</th></tr></thead>
<tbody>
${rows}</tbody></table></div>${more > 0 ? markup`<p>And ${more} more nodes, in result.json.</p>` : nothing}</section>`
}

/** Five moments, the first and the last included. */
export function axisOf(endMs: number): Markup[] {
  return [0, 0.25, 0.5, 0.75, 1].map(share => markup`<span>${seconds(share * endMs)}</span>`)
}

function renderRow(network: Network, run: NodeRun | undefined, metrics: NodeMetrics, drawn: Markup[]): Markup {
  const moment = (ms: number | undefined) => markup`<td class="figure">${ms === undefined ? '–' : seconds(ms)}</td>`
  return markup`<tr><th scope="row">${metrics.node}</th><td class="bar"><svg viewBox="0 0 ${UNITS} 15" preserveAspectRatio="none" aria-hidden="true"><rect class="track" x="0" y="4" width="${UNITS}" height="11"/>${drawn}</svg></td>${moment(metrics.readyMs)}${moment(metrics.firstContactMs)}${moment(metrics.bookFullMs)}<td>${statusText(network, run)}${run?.exit === undefined ? '' : ` at ${seconds(run.exit.atMs)}`}</td></tr>
`
}

function renderRun(run: NodeRun, bookFullMs: number | undefined, scale: Scale, endMs: number): Markup {
  const { spawnedAtMs, readyAtMs, firstContactAtMs, exit } = run
  const overMs = exit?.atMs ?? endMs
  if (spawnedAtMs === undefined) return nothing
  const at = (ms: number) => scale(Math.min(ms, overMs))
  const parts = [band(at(spawnedAtMs), at(readyAtMs ?? overMs), 'wait')]
  if (readyAtMs !== undefined) parts.push(band(at(readyAtMs), at(bookFullMs ?? overMs), 'search'))
  if (bookFullMs !== undefined) parts.push(band(at(Math.max(bookFullMs, readyAtMs ?? 0)), at(overMs), 'full'))
  if (firstContactAtMs !== undefined) parts.push(moment(scale(firstContactAtMs), 'contact'))
  if (exit?.expected === false) parts.push(moment(scale(exit.atMs), 'death'))
  return markup`${parts}`
}

function band(from: number, until: number, kind: string): Markup {
  const [y, height] = kind === 'fault' ? [0, 3] : [4, 11]
  return markup`<rect class="${kind}" x="${from}" y="${y}" width="${Math.max(0, Math.round(10 * (until - from)) / 10)}" height="${height}"/>`
}

function moment(x: number, kind: string): Markup {
  return markup`<line class="${kind}" x1="${x}" x2="${x}" y1="3" y2="15"/>`
}

interface FaultTime {
  fault: string
  nodes: readonly string[]
  fromMs: number
  untilMs: number
}

function faultsOf(history: History, endMs: number): FaultTime[] {
  const faults: FaultTime[] = []
  for (const event of history as readonly HistoryEvent[]) {
    if (event.type === 'fault-injected') {
      faults.push({ fault: event.fault, nodes: event.nodes, fromMs: event.atMs, untilMs: endMs })
    } else if (event.type === 'fault-healed') {
      const open = faults.findLast(({ fault, untilMs }) => fault === event.fault && untilMs === endMs)
      if (open !== undefined) open.untilMs = event.atMs
    }
  }
  return faults
}
