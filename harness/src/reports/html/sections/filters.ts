/** What the reader can narrow the page to: a node, a group of nodes that hold the same book, what one rule found. */
import { RULES } from '../../../judge/rules.ts'
import { nameList } from '../../../judge/wording.ts'
import type { ReportData } from '../data/report-data.ts'
import { type Markup, markup, nothing } from '../markup.ts'

export function renderFilters({ nodes, checks }: ReportData): Markup {
  const groups = Map.groupBy(
    nodes.filter(({ group }) => group !== undefined),
    ({ group }) => group!
  )
  const choices = [...groups].toSorted(([a], [b]) => a - b)
  const broken = checks.filter(({ status }) => status === 'fail' || status === 'unknown')
  return markup`<form class="filters with-script" id="filter" aria-label="Filters">
<label>Node <select id="filter-node"><option value="">all</option>${nodes.map((node, i) => markup`<option value="${i}">${node.name}</option>`)}</select></label>
${
  choices.length < 2
    ? nothing
    : markup`<label>Group by book <select id="filter-group"><option value="">all</option>${choices.map(
        ([group, members]) => markup`<option value="${group}">${nameList(members.map(({ name }) => name))}</option>`
      )}</select></label>
`
}<label>Check <select id="filter-rule"><option value="">all</option>${broken.map(({ rule }) => markup`<option value="${rule}">${RULES[rule].number} ${rule}</option>`)}</select></label>
<button type="reset">Show all</button> <output id="filter-shown" aria-live="polite"></output></form>`
}
