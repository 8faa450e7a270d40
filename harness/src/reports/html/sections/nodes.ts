/** What the nodes cost, what was wrong with their lines, and the last words of those that died. */

import type { Network } from '../../../history/observed.ts'
import type { Metrics, NodeMetrics } from '../../../judge/metrics.ts'
import { howItEnded } from '../../../judge/rules/processes.ts'
import { amountText, count, duration, mebibytes, nameList } from '../../../judge/wording.ts'
import { type Markup, markup, nothing, textLines } from '../markup.ts'

const MAX_ROWS = 200

export function renderCosts({ nodes }: Network, { joinVisibilityMs, nodes: metrics }: Metrics): Markup {
  const visible =
    joinVisibilityMs === undefined
      ? nothing
      : markup`<p>From the moment that both were ready until one listed the other, over ${count(joinVisibilityMs.pairs, 'pair')}:
p50 <strong>${duration(joinVisibilityMs.p50)}</strong>, p95 <strong>${duration(joinVisibilityMs.p95)}</strong>, p99 <strong>${duration(joinVisibilityMs.p99)}</strong>, max <strong>${duration(joinVisibilityMs.max)}</strong>.</p>`
  const measured = metrics.filter(({ cpuMs }) => cpuMs !== undefined).slice(0, MAX_ROWS)
  if (measured.length === 0 && joinVisibilityMs === undefined) return nothing
  const rows = measured.map(node => renderCost(node, nodes.get(node.node)?.at(-1)?.stats?.rejected ?? {}))
  const table = markup`<div class="scroll" tabindex="0" role="region" aria-label="Figures of each node"><table class="plain"><caption>As the nodes say themselves, in their last stats line.</caption>
<thead><tr><th scope="col">Node</th><th scope="col" class="figure">CPU</th><th scope="col" class="figure">Memory, most</th><th scope="col" class="figure">Received</th><th scope="col" class="figure">Sent</th><th scope="col" class="figure">Event loop late, most</th><th scope="col">Refused</th></tr></thead>
<tbody>
${rows}</tbody></table></div>`
  return markup`<section><h2>Figures</h2>${visible}${measured.length > 0 ? table : nothing}</section>`
}

function renderCost(
  { node, cpuMs, rssBytes, rx, tx, loopLagMs }: NodeMetrics,
  rejected: Record<string, number>
): Markup {
  const refused = Object.entries(rejected).map(([reason, times]) => `${reason} ${amountText(times)}`)
  return markup`<tr><th scope="row">${node}</th><td class="figure">${duration(cpuMs ?? 0)}</td><td class="figure">${mebibytes(rssBytes ?? 0)}</td><td class="figure">${amountText(rx ?? 0)}</td><td class="figure">${amountText(tx ?? 0)}</td><td class="figure">${duration(loopLagMs ?? 0)}</td><td class="text">${refused.join(', ')}</td></tr>
`
}

export function renderBadLines({ breaches: { findings } }: Network): Markup {
  if (findings.length === 0) return nothing
  const rows = findings.slice(0, MAX_ROWS).map(
    ({
      run,
      finding
    }) => markup`<tr><th scope="row">${run.node}</th><td class="figure">${finding.lineNumber}</td><td class="text">${finding.fault}</td><td class="text"><code>${finding.text}</code></td></tr>
`
  )
  return markup`<section><h2>Lines that break the contract</h2>
<div class="scroll"><table class="plain"><thead><tr><th scope="col">Node</th><th scope="col" class="figure">Line</th><th scope="col">Fault</th><th scope="col">It begins with</th></tr></thead>
<tbody>${rows}</tbody></table></div>${findings.length > MAX_ROWS ? markup`<p>And ${findings.length - MAX_ROWS} more.</p>` : nothing}</section>`
}

export function renderLastWords({ breaches }: Network): Markup {
  if (breaches.deaths.length === 0) return nothing
  const same = Map.groupBy(
    breaches.deaths.map(({ run }) => run),
    ({ exit }) => JSON.stringify([howItEnded(exit!), exit!.stderrTail])
  )
  const ends = [...same.values()].slice(0, MAX_ROWS).map(runs => {
    const { exit } = runs[0]!
    const words =
      exit!.stderrTail.length === 0
        ? markup`<p class="soft">Nothing on stderr.</p>`
        : markup`<pre>${textLines(exit!.stderrTail)}</pre>`
    return markup`<h3>${nameList(runs.map(run => run.node))} ${howItEnded(exit!)}</h3>
${words}`
  })
  return markup`<section><h2>Last lines of stderr</h2>${ends}</section>`
}
