/** comparison.html: one file that needs nothing else: the table, where ours loses, and a chart for each figure. */
import type { PageAssets } from '../../reports/html/assets.ts'
import { renderDocument } from '../../reports/html/html.ts'
import { type Markup, markup } from '../../reports/html/markup.ts'
import type { Comparison } from '../document.ts'
import { type ComparedChart, comparisonPageData } from './page-data.ts'
import { type ComparedTable, comparedTables } from './tables.ts'
import { aboutText, absentLines, lossLines, methodLines, settingLines } from './words.ts'

const TITLE = 'Beside the others'

export function renderComparisonPage(comparison: Comparison, assets: PageAssets): string {
  const data = comparisonPageData(comparison)
  const absent = absentLines(comparison)
  const main = [
    markup`<section id="comparison"><h1>${TITLE}</h1>
<p>${aboutText(comparison)}</p>
<ul>${items(methodLines(comparison))}</ul></section>`,
    markup`<section id="table"><h2>The table</h2>
${comparedTables(comparison).map(tableOf)}</section>`,
    markup`<section id="losses"><h2>Where ours loses</h2>
<ul>${items(lossLines(comparison))}</ul></section>`,
    ...(absent.length === 0
      ? []
      : [
          markup`<section id="absent"><h2>Not in the table</h2>
<ul>${items(absent)}</ul></section>`
        ]),
    ...data.charts.map(chartSection),
    markup`<section id="systems"><h2>The systems and their settings</h2>
${settingLines(comparison).map(systemOf)}</section>`
  ]
  return renderDocument({ title: TITLE, main, data: embedded(data), assets })
}

/** Nothing in it can end the element that it stands in. */
function embedded(data: object): string {
  return JSON.stringify(data).replaceAll('<', '\\u003c')
}

function items(lines: readonly string[]): Markup[] {
  return lines.map(line => markup`<li>${line}</li>`)
}

function tableOf({ title, nodes, head, rows, right }: ComparedTable): Markup {
  const label = `${title}, ${nodes} nodes`
  const classOf = (column: number) => (right[column] ? 'figure' : 'text')
  const columns = head.map((text, column) => markup`<th scope="col" class="${classOf(column)}">${text}</th>`)
  const body = rows.map(([system = '', ...cells]) => {
    const others = cells.map((text, index) => markup`<td class="${classOf(index + 1)}">${text}</td>`)
    return markup`<tr><th scope="row">${system}</th>${others}</tr>`
  })
  return markup`<h3>${label}</h3>
<div class="scroll" tabindex="0" role="region" aria-label="${label}"><table class="plain"><thead><tr>${columns}</tr></thead><tbody>${body}</tbody></table></div>
`
}

function chartSection({ name, title, about }: ComparedChart): Markup {
  return markup`<section id="${name}"><h2>${title}</h2>
<p class="soft">${about}</p>
<div class="mount" id="${`${name}-chart`}"><p class="soft">This chart needs the script of the page; its figures stand in the table.</p></div></section>
`
}

function systemOf({ title, version, lines }: ReturnType<typeof settingLines>[number]): Markup {
  return markup`<h3>${title} <span class="soft">${version}</span></h3>
<ul>${items(lines)}</ul>
`
}
