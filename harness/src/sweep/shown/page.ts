/** sweep.html: one file that needs nothing else: a chart and a table for each figure, how it grows, and what failed. */
import type { PageAssets } from '../../reports/html/assets.ts'
import { renderDocument } from '../../reports/html/html.ts'
import { type Markup, markup, nothing } from '../../reports/html/markup.ts'
import type { Sweep } from '../document.ts'
import { hostText } from '../host.ts'
import { type CellSummary, cellSummaries } from '../summary.ts'
import { type FigureChart, sweepPageData } from './page-data.ts'
import { methodText, reasonLines } from './text.ts'

export function renderSweepPage(sweep: Sweep, assets: PageAssets): string {
  const { plan, runs, host, startedAt, complete } = sweep
  const data = sweepPageData(sweep)
  const cells = cellSummaries(plan, runs)
  const reasons = reasonLines(sweep)
  const title = `Sweep of ${plan.scenario}: ${plan.nodes.join(', ')} nodes`
  const failed = reasons.map(line => markup`<li>${line}</li>`)
  const about = markup`<section id="sweep"><h1>${title}</h1>
<p>${`runner ${plan.runner}, ${plan.repeat} runs a cell, seed ${plan.seed}; ${hostText(host)}; begun ${startedAt.slice(0, 16).replace('T', ' ')} UTC`}</p>
${complete ? nothing : markup`<p><strong>It is not complete: it was stopped, and can go on.</strong></p>`}
${outcomeTable(cells)}
<p class="soft">${data.charts.length === 0 ? 'no figure was measured' : methodText(cells)}</p></section>`
  const main = [
    about,
    ...data.charts.map(figureSection),
    ...(failed.length === 0
      ? []
      : [
          markup`<section id="reasons"><h2>What failed</h2>
<ul>${failed}</ul></section>`
        ])
  ]
  return renderDocument({ title, main, data: embedded(data), assets })
}

/** Nothing in it can end the element that it stands in. */
function embedded(data: object): string {
  return JSON.stringify(data).replaceAll('<', '\\u003c')
}

function outcomeTable(cells: readonly CellSummary[]): Markup {
  const rows = cells.map(({ nodes, lossPercent, passed, failed, unknown }) => {
    const loss = lossPercent === undefined ? 'as the scenario has it' : `${lossPercent} %`
    return markup`<tr><th scope="row">${nodes}</th><td>${loss}</td><td class="figure">${passed}</td><td class="figure">${failed}</td><td class="figure">${unknown}</td></tr>`
  })
  return table('Runs of each cell', ['nodes', 'loss', 'passed', 'failed', 'unknown'], rows)
}

function figureSection({ name, title, about, lines }: FigureChart): Markup {
  const growths = lines.flatMap(({ growth }) => (growth === '' ? [] : [markup`<li>${growth}</li>`]))
  const rows = lines.flatMap(({ label, points }) =>
    points.map(
      ({ nodes, text }) =>
        markup`<tr><th scope="row">${nodes}</th><td>${label}</td><td class="figure">${text}</td></tr>`
    )
  )
  return markup`<section id="${name}"><h2>${title}</h2>
<p class="soft">${about}</p>
<div class="mount" id="${`${name}-chart`}"><p class="soft">This chart needs the script of the page.</p></div>
${growths.length === 0 ? nothing : markup`<ul>${growths}</ul>`}
${table(`${title} of each cell`, ['nodes', 'links', 'median'], rows)}</section>
`
}

/** Set to the right, as their cells are. */
const FIGURE_COLUMNS = ['passed', 'failed', 'unknown', 'median']

function table(label: string, head: readonly string[], rows: readonly Markup[]): Markup {
  const columns = head.map(column => {
    return FIGURE_COLUMNS.includes(column)
      ? markup`<th scope="col" class="figure">${column}</th>`
      : markup`<th scope="col">${column}</th>`
  })
  return markup`<div class="scroll" tabindex="0" role="region" aria-label="${label}"><table class="plain"><thead><tr>${columns}</tr></thead><tbody>${rows}</tbody></table></div>`
}
