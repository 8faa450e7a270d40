/** report.html: one file that needs nothing else, and in which nothing that a node wrote can do anything. */
import type { Judged } from '../judged.ts'
import { type PageAssets, sourceHash } from './assets.ts'
import { renderSection, renderSections, type SectionName } from './content.ts'
import { reportDataOf } from './data/of-run.ts'
import { pack } from './data/packed.ts'
import type { ReportData } from './data/report-data.ts'
import { type Markup, markup } from './markup.ts'

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
  const main = Object.entries(sections).map(([name, content]) => renderSection(name as SectionName, content, outcome))
  const title = `${outcome.toUpperCase()} ${scenario}, ${judged.network.nodes.size} nodes`
  return renderDocument({ title, main, data: pack(data), assets })
}

interface Document {
  readonly title: string
  readonly main: readonly Markup[]
  /** JSON in which nothing ends the element that it stands in. */
  readonly data: string
  readonly assets: PageAssets
}

/** A whole file around what a page says. */
export function renderDocument({ title, main, data, assets }: Document): string {
  return markup`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policyOf(assets)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<title>${title}</title>
<style>${{ markup: assets.style }}</style>
</head>
<body>
<main>
${main}
</main>
<script type="application/json" id="data">${{ markup: data }}</script>
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
