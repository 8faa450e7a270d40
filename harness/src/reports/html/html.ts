/** report.html: one file that needs nothing else, and in which nothing that a node wrote can do anything. */
import { hash } from 'node:crypto'
import type { Network } from '../../history/observed.ts'
import { type Metrics, metricsOf } from '../../judge/metrics.ts'
import { duration, seconds } from '../../judge/wording.ts'
import type { Judged } from '../judged.ts'
import { matrixOf } from '../matrix.ts'
import { headline } from '../words/headline.ts'
import { renderCurve } from './curve.ts'
import { renderChecks, renderFindings } from './judgement.ts'
import { type Markup, markup } from './markup.ts'
import { renderGroups, renderMatrix } from './matrix.ts'
import { renderBadLines, renderCosts, renderLastWords } from './nodes.ts'
import { style } from './style.ts'
import { renderTimeline } from './timeline.ts'

export function renderHtml(judged: Judged): string {
  const { network, judgement } = judged
  const metrics = metricsOf(network)
  const isDigest = network.started?.digest !== undefined
  const title = `${judgement.outcome.toUpperCase()} ${network.started?.scenario ?? ''}, ${network.nodes.size} nodes`
  return markup`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy()}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<title>${title}</title>
<style>${{ markup: style }}</style>
</head>
<body>
<main>
${renderHeader(judged, metrics)}
${renderFindings(judgement)}
${renderChecks(judgement)}
${isDigest ? DIGEST_NOTE : renderBooks(judged, metrics)}
</main>
</body>
</html>
`.markup
}

const DIGEST_NOTE = markup`<section><h2>Books</h2><p>The network was too large to keep every event: its history is a digest. Its seed gives all of it again;
fewer nodes show who lists whom.</p></section>`

/** Who lists whom, since when, and what the nodes cost. */
function renderBooks({ history, network }: Judged, metrics: Metrics): Markup {
  return markup`${renderMatrix(matrixOf(network))}
${renderGroups(network)}
${renderTimeline(history, network, metrics)}
${renderCurve(history, metrics.phases)}
${renderCosts(network, metrics)}
${renderBadLines(network)}
${renderLastWords(network)}`
}

/** Only this style sheet; no script, no address, no form, whatever finds its way into the page. */
function policy(): string {
  return `default-src 'none'; style-src 'sha256-${hash('sha256', style, 'base64')}'; base-uri 'none'; form-action 'none'`
}

function renderHeader(judged: Judged, { phases, joinVisibilityMs }: Metrics): Markup {
  const { network, judgement } = judged
  const { outcome } = judgement
  const { started } = network
  const moment = (ms: number | undefined) => (ms === undefined ? 'never' : seconds(ms))
  const visibility = joinVisibilityMs === undefined ? [] : [figure('Visible in, p95', duration(joinVisibilityMs.p95))]
  return markup`<header class="verdict ${outcome}">
<h1><span class="badge ${outcome}">${outcome.toUpperCase()}</span>${headline(judged)}</h1>
<p class="soft">Scenario ${started?.scenario ?? 'unknown'}, ${network.nodes.size} nodes, started ${started?.startedAt.replace('T', ' ') ?? 'at an unknown time'}, ${endText(network)}.
To repeat it: <code>${started?.command ?? ''}</code></p>
<dl class="figures">
${[
  ...(started?.digest === undefined
    ? [figure('Start', moment(phases.readyMs)), figure('First contact', moment(phases.firstContactMs))]
    : []),
  figure('Books full', moment(phases.firstFullMs)),
  ...(phases.firstFullMs === phases.booksFullMs ? [] : [figure('Right again', moment(phases.booksFullMs))]),
  figure('Settle', phases.settleMs === undefined ? 'never' : seconds(phases.settleMs)),
  figure('End', seconds(phases.endMs)),
  ...visibility
]}</dl>
</header>`
}

function endText({ ended }: Network): string {
  if (ended === undefined) return 'cut off before its end'
  const reasons = {
    settled: 'ended when all had held for the settle time',
    deadline: 'ended at its deadline',
    decided: 'ended early, because it could not pass any more',
    interrupted: 'interrupted'
  }
  return reasons[ended.reason]
}

function figure(name: string, value: string): Markup {
  return markup`<div><dt>${name}</dt><dd>${value}</dd></div>
`
}
