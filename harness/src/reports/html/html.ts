/** report.html: one file that needs nothing else, and in which nothing that a node wrote can do anything. */
import { metricsOf } from '../../judge/metrics.ts'
import type { Judged } from '../judged.ts'
import { type PageAssets, sourceHash } from './assets.ts'
import { reportDataOf } from './data/of-run.ts'
import { pack } from './data/packed.ts'
import type { ReportData } from './data/report-data.ts'
import { type Markup, markup, nothing } from './markup.ts'
import { renderFilters } from './sections/filters.ts'
import { renderHeader } from './sections/header.ts'
import { renderChecks, renderFindings } from './sections/judgement.ts'
import { renderLogs } from './sections/logs.ts'
import { renderWhoMissesWhom } from './sections/missing.ts'
import { renderBadLines, renderFigures } from './sections/nodes.ts'
import { renderStory } from './sections/story.ts'

/** @param folder - of the run, as commands are to name it */
export function renderHtml(judged: Judged, assets: PageAssets, folder = 'runs/latest'): string {
  const data = reportDataOf(judged)
  return renderPage({ judged, data, assets, folder })
}

interface PageParts {
  readonly judged: Judged
  readonly data: ReportData
  readonly assets: PageAssets
  readonly folder: string
}

function renderPage({ judged, data, assets, folder }: PageParts): string {
  const { outcome, scenario } = data
  const sections = renderSections(judged, data, folder)
  return markup`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policyOf(assets)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<title>${`${outcome.toUpperCase()} ${scenario}, ${judged.network.nodes.size} nodes`}</title>
<style>${{ markup: assets.style }}</style>
</head>
<body>
<main>
${Object.entries(sections).map(([name, content]) => renderSection(name as SectionName, content, outcome))}
</main>
<script type="application/json" id="data">${{ markup: pack(data) }}</script>
<script>${{ markup: assets.script }}</script>
</body>
</html>
`.markup
}

/** This script and this style sheet; no other script, no address, no form, whatever finds its way into the page. */
export function policyOf({ script, style }: PageAssets, more: readonly string[] = []): string {
  const sources = [`script-src ${sourceHash(script)}`, `style-src ${sourceHash(style)}`, 'img-src data: blob:', ...more]
  return `default-src 'none'; ${sources.join('; ')}; base-uri 'none'; form-action 'none'`
}

/** Parts of a page, in the order in which they are read. */
export const SECTIONS = [
  'verdict',
  'filters',
  'story',
  'findings',
  'missing',
  'timeline',
  'completeness',
  'overlay',
  'distributions',
  'costs',
  'logs',
  'lines',
  'figures',
  'checks'
] as const
export type SectionName = (typeof SECTIONS)[number]

/** The content of each section; one that has nothing to say is empty. */
export function renderSections(judged: Judged, data: ReportData, folder: string): Record<SectionName, Markup> {
  const { network, judgement } = judged
  const numbers = new Map([...network.nodes.keys()].map((node, i) => [node, i]))
  const isWhole = !data.isDigest
  const chart = (name: ChartName) => (isWhole || name === 'completeness' ? renderChart(name) : nothing)
  return {
    verdict: renderHeader(judged, folder),
    filters: isWhole ? renderFilters(data) : DIGEST_NOTE,
    story: renderStory(judged),
    findings: renderFindings(judged, numbers),
    missing: isWhole ? renderWhoMissesWhom(network, numbers) : nothing,
    timeline: chart('timeline'),
    completeness: chart('completeness'),
    overlay: data.links.atMs.length > 0 ? chart('overlay') : nothing,
    distributions: data.delays.length > 0 ? chart('distributions') : nothing,
    costs: data.costs.some(each => each.cpuMs.atMs.length > 0 || each.receivedBytes.atMs.length > 0)
      ? chart('costs')
      : nothing,
    logs: isWhole ? renderLogs(judged, numbers, data.happenings) : nothing,
    lines: renderBadLines(network, numbers),
    figures: renderFigures(judged, isWhole ? metricsOf(network).nodes : [], numbers),
    checks: renderChecks(judgement)
  }
}

function renderSection(name: SectionName, content: Markup, outcome: string): Markup {
  if (content === nothing) return nothing
  const kind = name === 'verdict' ? markup` class="verdict ${outcome}"` : nothing
  return markup`<section id="${name}"${kind}>${content}</section>
`
}

type ChartName = keyof typeof CHARTS

const CHARTS = {
  timeline: { title: 'Time line', about: 'What each node did when. A shaded band is a fault.' },
  completeness: {
    title: 'Completeness',
    about: 'Share of the listings that should be there at each moment, and are.'
  },
  overlay: { title: 'Overlay', about: 'Who was connected to whom at a moment, as the nodes say.' },
  distributions: {
    title: 'How long pairs took',
    about: 'To see each other, to notice that the other was gone, and to list it again once a fault was healed.'
  },
  costs: { title: 'Costs over time', about: 'What each node used, and what it received and sent.' }
} as const

function renderChart(name: ChartName): Markup {
  const { title, about } = CHARTS[name]
  return markup`<h2>${title}</h2>
<p class="soft">${about}</p>
<div class="mount" id="${name}-chart"></div><p class="without-script">This chart needs the script of the page.</p>`
}

const DIGEST_NOTE = markup`<p>The network was too large to keep every event: its history is a digest, and this page has neither books nor links nor costs.
The seed in the command gives all of it again; fewer nodes show who lists whom.</p>`
