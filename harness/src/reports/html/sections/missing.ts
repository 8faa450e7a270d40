/** Who misses whom, grouped where it is much, and which nodes hold the same book. */
import type { Network } from '../../../history/observed.ts'
import { amountText, count, nameList } from '../../../judge/wording.ts'
import { causeLetters, type Matrix, type MissingGroup, matrixOf, missedText, missingGroupsOf } from '../../matrix.ts'
import { groupsOf, groupTexts } from '../../words/book-groups.ts'
import { completenessOf } from '../../words/completeness.ts'
import { shareText } from '../../words/figures/figures.ts'
import { type Markup, markup, nothing } from '../markup.ts'
import { forNodes, type Numbers } from './filtered.ts'
import { renderGrid } from './grid.ts'

const MAX_LINES = 50

/** A larger grid says less than the list beside it. */
const MAX_NODES = 200

export function renderWhoMissesWhom(network: Network, numbers: Numbers): Markup {
  const matrix = matrixOf(network)
  const { subjects, missing } = matrix
  if (subjects.length === 0) return nothing
  const { listed, expected, share } = completenessOf(network)
  const there = `Complete: ${shareText(share)}, ${amountText(listed)} of ${count(expected, 'listing')}.`
  const lacking = missing.length === 0 ? 'No node that is alive misses another one.' : lackingText(missing)
  return markup`<h2>Who misses whom</h2>
<p class="soft">${there} ${lacking}</p>
${missing.length > 0 ? renderCauses(matrix, numbers) : nothing}
${subjects.length > MAX_NODES ? markup`<p class="soft">${count(subjects.length, 'node')}: a grid of them all would not be readable.</p>` : renderPairs(matrix)}
${renderBookGroups(network, numbers)}`
}

function lackingText(missing: Matrix['missing']): string {
  const never = missing.filter(({ cause: { code } }) => code === 'never-started' || code === 'never-ready').length
  const more = never === 0 ? '' : `, with ${amountText(never)} of nodes that were never ready`
  return `${count(missing.length, 'listing is', 'listings are')} missing${more}.`
}

function renderPairs(matrix: Matrix): Markup {
  return markup`<p class="soft">A row is the book of a node, a column the node that should be listed in it.<span class="with-script"> Point at a cell to read what happened between the two; with the keyboard, move by the arrow keys and hold by Enter.</span></p>
<div class="pairs"><div class="scroll" id="pairs" tabindex="0" role="application" aria-label="Grid of who misses whom: the arrow keys choose a pair" aria-describedby="pair-story">
${renderGrid(matrix)}</div>
<div class="story with-script" id="pair-story" role="region" tabindex="0" aria-label="Story of the chosen pair" aria-live="polite"><p class="soft">No pair is chosen.</p></div></div>
${renderLegend(matrix)}`
}

function renderLegend({ rows, causes }: Matrix): Markup {
  return markup`<ul class="legend"><li><span class="key listed"></span>listed</li>${causes.map(
    cause => markup`<li><span class="key missing ${cause}">${causeLetters[cause] ?? '?'}</span>${cause}</li>`
  )}${rows.some(row => row.cells.includes('absent')) ? markup`<li><span class="key"></span>blank: ended, or without a book</li>` : nothing}</ul>`
}

function renderCauses({ missing }: Matrix, numbers: Numbers): Markup {
  const groups = missingGroupsOf(missing)
  const rows = groups.slice(0, MAX_LINES).map(group => renderCause(group, numbers))
  return markup`<div class="scroll"><table class="plain"><thead><tr><th scope="col">Nodes</th><th scope="col">miss</th><th scope="col">because</th></tr></thead>
<tbody>${rows}</tbody></table></div>${groups.length > MAX_LINES ? markup`<p>And ${groups.length - MAX_LINES} more.</p>` : nothing}`
}

function renderCause(group: MissingGroup, numbers: Numbers): Markup {
  const { observers, subjects, cause, detail } = group
  const why = detail === undefined ? cause : `${cause} (${detail})`
  return markup`<tr${forNodes(numbers, [...observers, ...subjects])}><td class="names">${nameList(observers)}</td><td class="names">${missedText(group)}</td><td class="text">${why}</td></tr>
`
}

function renderBookGroups(network: Network, numbers: Numbers): Markup {
  const groups = groupTexts(network)
  if (groups.length === 0) return nothing
  const rows = groups.slice(0, MAX_LINES).map(
    ({ nodes, lists }) =>
      markup`<tr${forNodes(numbers, nodes)}><td class="figure">${nodes.length}</td><td class="names">${nameList(nodes)}</td><td class="names">${lists}</td></tr>
`
  )
  const summary =
    groupsOf(network).length === 1
      ? 'All live nodes list the same nodes.'
      : 'The books differ: each line is a group of nodes that list the same nodes.'
  return markup`<h3>Groups by book</h3>
<p class="soft">${summary}</p>
<div class="scroll"><table class="plain groups"><thead><tr><th scope="col" class="figure">Size</th><th scope="col">Nodes</th><th scope="col">list</th></tr></thead>
<tbody>${rows}</tbody></table></div>${groups.length > MAX_LINES ? markup`<p>And ${groups.length - MAX_LINES} smaller groups.</p>` : nothing}`
}
