/** The first screen: verdict, the node at fault, what shows it, and what to do next. */
import type { Exit } from '../../../history/observed.ts'
import type { Finding } from '../../../judge/judgement.ts'
import { seconds } from '../../../judge/wording.ts'
import { printable } from '../../../printable.ts'
import type { Judged } from '../../judged.ts'
import { type Figure, figuresOf } from '../../words/figures/figures.ts'
import { causeText, ruleText } from '../../words/findings.ts'
import { doubtsOf, headline } from '../../words/headline.ts'
import { logName, type NextStep, nextStepsOf, nodeToLookAt } from '../../words/next-steps.ts'
import { sharingText } from '../../words/sharing.ts'
import { END_WORDS } from '../../words/story/event-words.ts'
import { logsOf } from '../data/logs.ts'
import { type Markup, markup, nothing, textLines } from '../markup.ts'
import { renderEvidence } from './evidence.ts'

/** Doubts of an unknown run; the rest stands at the checks. */
const MAX_DOUBTS = 5

/** Last lines of the log of the node at fault. */
const MAX_LOG_LINES = 4

/** @param folder - of the run, as commands are to name it */
export function renderHeader(judged: Judged, folder: string): Markup {
  const { network, judgement } = judged
  const { outcome } = judgement
  return markup`<h1><span class="badge ${outcome}">${outcome.toUpperCase()}</span> ${headline(judged)}</h1>
<p class="soft">${aboutText(judged)}</p>
${renderSharing(judged)}
${outcome === 'unknown' ? renderDoubts(judged) : renderCause(judged, judgement.findings[0])}
${renderLastWords(judged)}
${renderNext(judged, folder)}
${renderFigures(figuresOf(judged))}
${network.ended === undefined ? markup`<p>The history was cut off before the end of the run.</p>` : nothing}`
}

function aboutText({ network }: Judged): string {
  const { started, ended, nodes } = network
  const scenario = printable(started?.scenario ?? 'unknown', 64)
  const when =
    started === undefined ? '' : `, started ${started.startedAt.replace('T', ' ').replace(/\.\d+Z$/, ' UTC')}`
  const end = ended === undefined ? '' : `; ${END_WORDS[ended.reason]} after ${seconds(ended.atMs)}`
  return `Scenario ${scenario}, ${nodes.size} nodes${when}${end}.`
}

function renderSharing({ network }: Judged): Markup {
  const shared = sharingText(network)
  return shared === undefined ? nothing : markup`<p class="soft"><strong>Shared</strong> ${shared}.</p>`
}

function renderCause(judged: Judged, finding: Finding | undefined): Markup {
  if (finding === undefined) return nothing
  const told = headline(judged).includes(finding.message) ? '.' : `: ${finding.message}`
  return markup`<div class="cause"><p><strong>Why</strong> ${causeText(finding)}. It breaks rule ${ruleText(finding.rule)}${told}</p>
${renderEvidence(judged, finding, 'open')}</div>`
}

function renderDoubts({ judgement }: Judged): Markup {
  const doubts = doubtsOf(judgement)
  const shown = doubts.slice(0, MAX_DOUBTS).map(doubt => markup`<li>${doubt}</li>`)
  const more =
    doubts.length > MAX_DOUBTS ? markup`<li>and ${doubts.length - MAX_DOUBTS} more, at the checks</li>` : nothing
  return markup`<div class="cause"><p><strong>What could not be told</strong></p><ul class="messages">${[...shown, more]}</ul></div>`
}

/** The last lines of the log of the node that one should look at. */
function renderLastWords(judged: Judged): Markup {
  const node = nodeToLookAt(judged)
  const run = node === undefined ? undefined : judged.network.nodes.get(node)?.at(-1)
  const exit: Exit | undefined = run?.exit ?? run?.takingDown.exit
  if (node === undefined || exit === undefined || exit.stderrTail.length === 0) return nothing
  const lines = exit.stderrTail.slice(-MAX_LOG_LINES)
  return markup`<div class="cause"><p><strong>Last lines of ${logName(node)}</strong></p><pre>${textLines(lines)}</pre></div>`
}

const STEP_TITLES: Readonly<Record<NextStep['kind'], string>> = {
  report: 'This page',
  log: 'Log of the node',
  explain: 'Its story',
  repeat: 'Repeat it',
  smaller: 'Repeat it smaller'
}

function renderNext(judged: Judged, folder: string): Markup {
  const rows = nextStepsOf(judged, folder)
    .filter(({ kind }) => kind !== 'report')
    .map(
      ({
        kind,
        text
      }) => markup`<dt>${STEP_TITLES[kind]}</dt><dd>${kind === 'log' ? renderLogStep(judged, text) : renderCommand(text)}</dd>
`
    )
  return markup`<h2 class="small">What to look at next</h2>
<dl class="next">${rows}</dl>`
}

function renderCommand(command: string): Markup {
  return markup`<code>${command}</code> <button type="button" class="copy with-script" data-copy="${command}">Copy</button>`
}

function renderLogStep({ network }: Judged, path: string): Markup {
  const isShown = logsOf(network).size > 0
  return markup`<code>${path}</code>${isShown ? markup`, and <a href="#logs">its last lines beside the events</a>` : nothing}`
}

/** The figures that one asks for first; all others stand in their sections. */
function renderFigures(figures: readonly Figure[]): Markup {
  const shown = figures.filter(({ name }) => FIRST_FIGURES.has(name)).slice(0, MAX_FIGURES)
  return markup`<dl class="figures">
${shown.map(
  ({
    label,
    text,
    boundText
  }) => markup`<div><dt>${label}</dt><dd>${text}${boundText === undefined ? nothing : markup` <small>of ${boundText}</small>`}</dd></div>
`
)}</dl>`
}

const MAX_FIGURES = 9

const FIRST_FIGURES: ReadonlySet<string> = new Set([
  'start',
  'first-contact',
  'full',
  'noticed',
  'whole',
  'changed',
  'held',
  'end',
  'complete',
  'visible-p95'
])
