/** The page that shows a run while it goes on: the one of report.html, without a run in it. */
import { pageAssets } from '../html/assets.ts'
import { policyOf } from '../html/html.ts'
import { markup } from '../html/markup.ts'

export interface ServedPage {
  readonly html: string
  /** Its Content-Security-Policy: it may ask its own server for the run, and nobody for anything else. */
  readonly policy: string
}

/** @throws {Error} when its script is not there, or cannot be made */
export async function livePage(): Promise<ServedPage> {
  const assets = await pageAssets('live')
  const policy = policyOf(assets, ["connect-src 'self'", "frame-ancestors 'none'"])
  const html = markup`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<title>test-network</title>
<link rel="icon" href="data:,">
<style>${{ markup: assets.style }}</style>
</head>
<body>
<main>
<p>This page shows a run while it goes on, and needs JavaScript for that.</p>
</main>
<script>${{ markup: assets.script }}</script>
</body>
</html>
`.markup
  return { html, policy }
}
