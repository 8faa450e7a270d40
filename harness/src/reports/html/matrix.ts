/** Who misses whom, and which nodes hold the same book. */

import type { Network } from '../../history/observed.ts'
import { amountText, count, nameList } from '../../judge/wording.ts'
import { type Cell, causeLetters, type Matrix, missedText, missingGroupsOf } from '../matrix.ts'
import { groupsOf, groupTexts } from '../words/book-groups.ts'
import { type Markup, markup, nothing } from './markup.ts'

/** A larger table is slow to show and says less than the list below it. */
const MAX_NODES = 100
const MAX_LINES = 50

/** Nodes for which there is room for large cells. */
const LARGE_UP_TO = 20

export function renderMatrix(matrix: Matrix): Markup {
  const { subjects, missing } = matrix
  if (subjects.length === 0) return nothing
  const whole = count(subjects.length * (subjects.length - 1), 'listing')
  const summary =
    missing.length === 0
      ? 'No node that is alive misses another one.'
      : `${amountText(missing.length)} of ${whole} missing.`
  return markup`<section><h2>Who misses whom</h2>
<p class="soft">${summary} A row is the book of a node, a column the node that should be listed in it.</p>
${missing.length > 0 ? renderCauses(matrix) : nothing}
${subjects.length > MAX_NODES ? nothing : renderTable(matrix)}
</section>`
}

function renderTable({ subjects, rows, causes }: Matrix): Markup {
  return markup`<div class="scroll" tabindex="0" role="region" aria-label="Matrix of who misses whom">
<table class="matrix${subjects.length <= LARGE_UP_TO ? ' large' : ''}">
<thead><tr><td class="absent"></td>${subjects.map(name => markup`<th scope="col"><span>${name}</span></th>`)}</tr></thead>
<tbody>
${rows.map(
  ({ observer, cells }) => markup`<tr><th scope="row">${observer}</th>${cells.map(renderCell)}</tr>
`
)}</tbody>
</table></div>
<ul class="legend"><li><span class="key listed">·</span>listed</li>${causes.map(
    cause => markup`<li><span class="key missing">${causeLetters[cause] ?? '?'}</span>${cause}</li>`
  )}${rows.some(row => row.cells.includes('absent')) ? markup`<li>blank: ended, or without a book</li>` : nothing}</ul>`
}

function renderCell(cell: Cell): Markup {
  if (cell === 'self') return markup`<td class="self"></td>`
  if (cell === 'listed') return markup`<td>·</td>`
  if (cell === 'absent') return markup`<td class="absent"></td>`
  const { observer, subject, cause, detail } = cell
  const evidence = detail === undefined ? '' : ` (${detail})`
  return markup`<td class="missing" title="${`${observer} misses ${subject}: ${cause.code}${evidence}`}">${causeLetters[cause.code] ?? '?'}</td>`
}

function renderCauses({ missing }: Matrix): Markup {
  const groups = missingGroupsOf(missing)
  const rows = groups.slice(0, MAX_LINES).map(group => {
    const { observers, cause, detail } = group
    const why = detail === undefined ? cause : `${cause} (${detail})`
    return markup`<tr><td class="names">${nameList(observers)}</td><td class="names">${missedText(group)}</td><td class="text">${why}</td></tr>
`
  })
  return markup`<div class="scroll"><table class="plain"><thead><tr><th scope="col">Nodes</th><th scope="col">miss</th><th scope="col">because</th></tr></thead>
<tbody>${rows}</tbody></table></div>${groups.length > MAX_LINES ? markup`<p>And ${groups.length - MAX_LINES} more.</p>` : nothing}`
}

export function renderGroups(network: Network): Markup {
  const groups = groupTexts(network)
  if (groups.length === 0) return nothing
  const rows = groups.slice(0, MAX_LINES).map(
    ({
      nodes,
      lists
    }) => markup`<tr><td class="figure">${nodes.length}</td><td class="names">${nameList(nodes)}</td><td class="names">${lists}</td></tr>
`
  )
  const same = groupsOf(network).length === 1
  const summary = same
    ? 'All live nodes list the same nodes.'
    : 'The books differ: each line is a group of nodes that list the same nodes.'
  return markup`<section><h2>Groups by book</h2>
<p class="soft">${summary}</p>
<div class="scroll"><table class="plain groups"><thead><tr><th scope="col" class="figure">Size</th><th scope="col">Nodes</th><th scope="col">list</th></tr></thead>
<tbody>${rows}</tbody></table></div>${groups.length > MAX_LINES ? markup`<p>And ${groups.length - MAX_LINES} smaller groups.</p>` : nothing}</section>`
}
