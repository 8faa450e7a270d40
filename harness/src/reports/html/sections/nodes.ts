/** Every figure of the run and of its nodes, and what was wrong with their lines. */

import type { Network, NodeRun } from '../../../history/observed.ts'
import type { NodeMetrics } from '../../../judge/metrics.ts'
import { amountText, duration, mebibytes, seconds, statusText } from '../../../judge/wording.ts'
import type { Judged } from '../../judged.ts'
import { FIGURES, figuresOf } from '../../words/figures/figures.ts'
import { type Markup, markup, nothing } from '../markup.ts'
import { folded, forNodes, type Numbers } from './filtered.ts'

const MAX_ROWS = 200

/** Rows before the fold. */
const SHOWN_FIGURES = 16

/** The table of more nodes is folded as a whole. */
const MAX_OPEN_NODES = 12

/** @param metrics - of each node; of a digest there are none */
export function renderFigures(judged: Judged, metrics: readonly NodeMetrics[], numbers: Numbers): Markup {
  const { nodes } = judged.network
  const figures = figuresOf(judged).map(
    ({ name, label, text, boundText }) =>
      markup`<tr><th scope="row">${label}</th><td class="figure">${text}</td><td class="figure">${boundText ?? ''}</td><td class="text soft">${FIGURES[name].about}</td></tr>
`
  )
  const rows = metrics
    .slice(0, MAX_ROWS)
    .map(node => renderNode(node, nodes.get(node.node)?.at(-1), { network: judged.network, numbers }))
  const shown = rows.length <= MAX_OPEN_NODES ? rows.length : 0
  return markup`<h2>Figures</h2>
${folded(figures, SHOWN_FIGURES, figureTable, 'figures')}
${folded(rows, shown, nodeTable, 'nodes with their figures')}${metrics.length > rows.length ? markup`<p>And ${metrics.length - rows.length} more nodes, in result.json.</p>` : nothing}`
}

function figureTable(rows: readonly Markup[]): Markup {
  return markup`<div class="scroll" tabindex="0" role="region" aria-label="Figures of the run"><table class="plain"><thead><tr><th scope="col">Of the run</th><th scope="col" class="figure">Figure</th><th scope="col" class="figure">Bound</th><th scope="col">What it is</th></tr></thead>
<tbody>
${rows}</tbody></table></div>`
}

function nodeTable(rows: readonly Markup[]): Markup {
  if (rows.length === 0) return nothing
  const columns = [
    'Ready',
    'First contact',
    'Book full',
    'CPU',
    'Memory, most',
    'Received',
    'Sent',
    'Event loop late, most'
  ]
  return markup`<div class="scroll" tabindex="0" role="region" aria-label="Figures of each node"><table class="plain"><caption>Of each node; costs as the node says itself, in its last stats line.</caption>
<thead><tr><th scope="col">Node</th><th scope="col">In the end</th>${columns.map(column => markup`<th scope="col" class="figure">${column}</th>`)}<th scope="col">Refused</th></tr></thead>
<tbody>
${rows}</tbody></table></div>`
}

function renderNode(
  metrics: NodeMetrics,
  run: NodeRun | undefined,
  { network, numbers }: { network: Network; numbers: Numbers }
): Markup {
  const { node, readyMs, firstContactMs, bookFullMs, cpuMs, rssBytes, rx, tx, loopLagMs } = metrics
  const refused = Object.entries(run?.stats?.rejected ?? {}).map(([reason, times]) => `${reason} ${amountText(times)}`)
  const cells = [
    [readyMs, seconds],
    [firstContactMs, seconds],
    [bookFullMs, seconds],
    [cpuMs, duration],
    [rssBytes, mebibytes],
    [rx, amountText],
    [tx, amountText],
    [loopLagMs, duration]
  ] as const
  const figures = cells.map(
    ([value, text]) => markup`<td class="figure">${value === undefined ? '–' : text(value)}</td>`
  )
  return markup`<tr${forNodes(numbers, [node])}><th scope="row">${node}</th><td>${statusText(network, run)}${run?.exit === undefined ? '' : ` at ${seconds(run.exit.atMs)}`}</td>${figures}<td class="text">${refused.join(', ')}</td></tr>
`
}

export function renderBadLines({ breaches: { findings } }: Network, numbers: Numbers): Markup {
  if (findings.length === 0) return nothing
  const rows = findings.slice(0, MAX_ROWS).map(
    ({
      run,
      finding
    }) => markup`<tr${forNodes(numbers, [run.node])}><th scope="row">${run.node}</th><td class="figure">${finding.lineNumber}</td><td class="text">${finding.fault}</td><td class="text"><code>${finding.text}</code></td></tr>
`
  )
  return markup`<h2>Lines that break the contract</h2>
<div class="scroll"><table class="plain"><thead><tr><th scope="col">Node</th><th scope="col" class="figure">Line</th><th scope="col">Fault</th><th scope="col">It begins with</th></tr></thead>
<tbody>${rows}</tbody></table></div>${findings.length > MAX_ROWS ? markup`<p>And ${findings.length - MAX_ROWS} more.</p>` : nothing}`
}
