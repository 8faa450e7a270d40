/** What shows a finding: the lines of the history, in words and as they stand there. */
import type { Finding } from '../../../judge/judgement.ts'
import { seconds } from '../../../judge/wording.ts'
import type { Judged } from '../../judged.ts'
import { evidenceOf } from '../../words/story/stories.ts'
import { type Markup, markup, nothing } from '../markup.ts'

/** Of one finding; the others are named by their numbers. */
const MAX_LINES = 5
const MAX_LENGTH = 400

/** @param state - `open`: its lines are read without a click */
export function renderEvidence(judged: Judged, finding: Finding, state: 'open' | 'closed'): Markup {
  const lines = evidenceOf(judged, finding)
  if (lines.length === 0) return nothing
  const shown = lines.slice(0, MAX_LINES).map(({ atMs, line, text }) => {
    const raw = JSON.stringify(judged.history[line - 1]).slice(0, MAX_LENGTH)
    return markup`<li><span class="time">${seconds(atMs)}</span> ${text} <details class="raw"><summary>line ${line}</summary><code>${raw}</code></details></li>
`
  })
  const more =
    lines.length > MAX_LINES ? markup`<p class="soft">And ${lines.length - MAX_LINES} more lines.</p>` : nothing
  const list = markup`<ul class="evidence">${shown}</ul>${more}`
  if (state === 'open') return markup`<p class="soft">What was seen, in history.ndjson:</p>${list}`
  return markup`<details><summary>Evidence</summary>${list}</details>`
}
