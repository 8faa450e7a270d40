/**
 * Makes the pictures of the README: a real run of ten processes, one of which crashes, as the terminal and as report.html show it.
 *
 * `npm run docs:pictures` needs Chromium (another one than Debian's is named by CHROMIUM) and `script` of util-linux, which lends the
 * run a terminal.
 */
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { build } from 'esbuild'
import type { Browser } from 'playwright-core'
import { root } from '../packages/run.ts'
import { startChromium } from '../tests/chromium.ts'
import { recorded } from './recorded.ts'
import { terminalPage } from './terminal-page.ts'

/** Where they are, for the README. */
const FOLDER = join(root, 'docs/pictures')

/** A page that shows them loads as fast as before. */
const MAX_BYTES = 1_000_000

/** Of WebP: below this, letters have shadows. */
const QUALITY = 0.85

/** What a reader would type. */
const COMMAND = "npx test-network 10 60 --node-command 'node my-node.cjs'"

/** As much of the report as explains itself. */
const REPORT_SIZE = { width: 1_100, height: 900 }

const folder = await mkdtemp(join(tmpdir(), 'pictures-'))
const browser = await startChromium()
try {
  await build({
    entryPoints: [join(import.meta.dirname, 'node-with-a-bug.ts')],
    outfile: join(folder, 'my-node.cjs'),
    ...{ bundle: true, minify: true, platform: 'node', format: 'cjs', conditions: ['@gossip/source'] }
  })
  const screen = await recorded(COMMAND, folder)
  await Promise.all([pictureOfTerminal(browser, screen), pictureOfReport(browser, join(folder, 'runs/latest'))])
} finally {
  await browser.close()
  await rm(folder, { recursive: true })
}

async function pictureOfTerminal(browser: Browser, screen: string): Promise<void> {
  const page = await browser.newPage({ viewport: { width: 1_100, height: 800 } })
  await page.setContent(terminalPage(COMMAND, screen))
  await save('terminal.webp', await webp(browser, await page.locator('#terminal').screenshot()))
}

async function pictureOfReport(browser: Browser, run: string): Promise<void> {
  const page = await browser.newPage({ viewport: REPORT_SIZE, colorScheme: 'light', reducedMotion: 'reduce' })
  await page.setContent(await readFile(join(run, 'report.html'), 'utf8'), { waitUntil: 'load' })
  await save('report.webp', await webp(browser, await page.screenshot()))
}

/** A third of the bytes, and letters as sharp. */
async function webp(browser: Browser, png: Uint8Array): Promise<Uint8Array> {
  const page = await browser.newPage()
  const url = `data:image/png;base64,${Buffer.from(png).toString('base64')}`
  await page.setContent(`<img src="${url}">`)
  const made = await page.locator('img').evaluate((image, quality) => {
    const { naturalWidth: width, naturalHeight: height } = image as HTMLImageElement
    const canvas = Object.assign(document.createElement('canvas'), { width, height })
    canvas.getContext('2d')!.drawImage(image as HTMLImageElement, 0, 0)
    return canvas.toDataURL('image/webp', quality)
  }, QUALITY)
  return Buffer.from(made.slice(made.indexOf(',') + 1), 'base64')
}

/** @throws {Error} when the picture is too large */
async function save(name: string, picture: Uint8Array): Promise<void> {
  if (picture.byteLength > MAX_BYTES) throw new Error(`${name} has ${picture.byteLength} > ${MAX_BYTES} bytes`)
  const path = join(FOLDER, name)
  await writeFile(path, picture)
  console.log(`docs/pictures/${name}: ${(await stat(path)).size} bytes`)
}
