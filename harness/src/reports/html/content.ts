/** What a page says of a run, section by section. Imports nothing of Node: the live page renders the same in the browser. */
import { metricsOf } from '../../judge/metrics.ts'
import type { Judged } from '../judged.ts'
import type { ReportData } from './data/report-data.ts'
import { type Markup, markup, nothing } from './markup.ts'
import { renderFilters } from './sections/filters.ts'
import { renderHeader } from './sections/header.ts'
import { renderChecks, renderFindings } from './sections/judgement.ts'
import { renderLogs } from './sections/logs.ts'
import { renderWhoMissesWhom } from './sections/missing.ts'
import { renderBadLines, renderFigures } from './sections/nodes.ts'
import { renderStory } from './sections/story.ts'

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

export function renderSection(name: SectionName, content: Markup, outcome: string): Markup {
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
