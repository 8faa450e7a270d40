/** report.html: one file that needs nothing else, and in which nothing that a node wrote can do anything. */
import { type Metrics, metricsOf } from '../../judge/metrics.ts'
import type { Judged } from '../judged.ts'
import { matrixOf } from '../matrix.ts'
import { type PageAssets, sourceHash } from './assets.ts'
import { reportDataOf } from './data/of-run.ts'
import { pack } from './data/packed.ts'
import { type Markup, markup } from './markup.ts'
import { renderHeader } from './sections/header.ts'
import { renderChecks, renderFindings } from './sections/judgement.ts'
import { renderGroups, renderMissing } from './sections/missing.ts'
import { renderBadLines, renderCosts, renderLastWords } from './sections/nodes.ts'

export function renderHtml(judged: Judged, assets: PageAssets): string {
  const { network, judgement } = judged
  const metrics = metricsOf(network)
  const data = reportDataOf(judged)
  const title = `${judgement.outcome.toUpperCase()} ${network.started?.scenario ?? ''}, ${network.nodes.size} nodes`
  return markup`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy(assets)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<title>${title}</title>
<style>${{ markup: assets.style }}</style>
</head>
<body>
<main>
${renderHeader(judged, metrics)}
${renderFindings(judgement)}
${data.isDigest ? DIGEST_NOTE : renderBooks(judged, metrics)}
${renderChecks(judgement)}
</main>
<script type="application/json" id="data">${{ markup: pack(data) }}</script>
<script>${{ markup: assets.script }}</script>
</body>
</html>
`.markup
}

const DIGEST_NOTE = markup`<section><h2>Books</h2><p>The network was too large to keep every event: its history is a digest. Its seed gives all of it again;
fewer nodes show who lists whom.</p></section>`

/** Who lists whom, since when, and what the nodes cost. */
function renderBooks({ network }: Judged, metrics: Metrics): Markup {
  return markup`${renderMissing(matrixOf(network))}
${renderGroups(network)}
${CHARTS.map(({ id, title, about }) => renderMount(id, title, about))}
${renderCosts(network, metrics)}
${renderBadLines(network)}
${renderLastWords(network)}`
}

const CHARTS = [
  { id: 'timeline', title: 'Time line', about: 'What each node did when. A band is a fault.' },
  {
    id: 'completeness',
    title: 'Completeness',
    about: 'Share of the listings due at each moment, of each node by each other one, that were in the books and right.'
  },
  { id: 'overlay', title: 'Overlay', about: 'Who said that it was connected to whom, at any moment.' },
  {
    id: 'distributions',
    title: 'Distributions',
    about: 'How long pairs took to see each other, to notice, and to heal.'
  },
  { id: 'costs', title: 'Costs over time', about: 'What each node used, and what it received and sent.' }
] as const

function renderMount(id: string, title: string, about: string): Markup {
  return markup`<section id="${id}-section"><h2>${title}</h2>
<p class="soft">${about}</p>
<div class="mount" id="${id}"></div></section>
`
}

/** This script and this style sheet; no other script, no address, no form, whatever finds its way into the page. */
function policy({ script, style }: PageAssets): string {
  const sources = [`script-src ${sourceHash(script)}`, `style-src ${sourceHash(style)}`, 'img-src data: blob:']
  return `default-src 'none'; ${sources.join('; ')}; base-uri 'none'; form-action 'none'`
}
