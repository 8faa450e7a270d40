/** The run as a story of phases, each with its figure and bound. */
import { seconds } from '../../../judge/wording.ts'
import type { Judged } from '../../judged.ts'
import { type Chapter, chaptersOf } from '../../words/story/chapters.ts'
import { type Markup, markup, nothing } from '../markup.ts'
import { folded } from './filtered.ts'

/** A fault that comes and goes has many. */
const MAX_CHAPTERS = 200

/** Those before the fold. */
const SHOWN = 14

const STATE_WORDS = { done: 'done', late: 'too late', open: 'did not come to an end' } as const

export function renderStory(judged: Judged): Markup {
  const chapters = chaptersOf(judged)
  const items = chapters.slice(0, MAX_CHAPTERS).map(renderChapter)
  const more = chapters.length - items.length
  return markup`<h2>The story of the run</h2>
${folded(items, SHOWN, items => markup`<ol class="chapters">${items}</ol>`, 'steps')}${more > 0 ? markup`<p>And ${more} more.</p>` : nothing}`
}

function renderChapter({ kind, state, fromMs, toMs, title, text }: Chapter): Markup {
  const when = toMs === undefined || toMs === fromMs ? seconds(fromMs) : `${seconds(fromMs)} – ${seconds(toMs)}`
  const mark = state === 'done' ? nothing : markup` <span class="state">${STATE_WORDS[state]}</span>`
  return markup`<li class="${kind} ${state}"><span class="time">${when}</span> <strong>${title}</strong>${mark}<br>${text}</li>
`
}
