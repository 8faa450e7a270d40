/** The script and the style sheet of a page, as they are written into it. */
import { hash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { bundle } from '../../bundle.ts'
import { cacheFolder } from '../../cache-folder.ts'
import { charts } from './style/charts.ts'
import { grid } from './style/grid.ts'
import { print } from './style/print.ts'
import { sections } from './style/sections.ts'
import { theme } from './style/theme.ts'

/** System fonts, light and dark, nothing loaded from anywhere. */
const style = [theme, sections, grid, charts, print].join('')

export interface PageAssets {
  readonly script: string
  readonly style: string
}

/** Each page by the entry of its script, `browser/<name>.ts`; the built package has it as `dist/<name>-page.js`. */
export const PAGES = ['report', 'live', 'sweep', 'comparison'] as const
export type PageName = (typeof PAGES)[number]

/**
 * The built package has the script ready-made; a checkout makes it from the sources.
 *
 * @throws {Error} when it is not there, or cannot be made
 */
export async function pageAssets(page: PageName): Promise<PageAssets> {
  let found = made.get(page)
  if (found === undefined) {
    found = makeAssets(page)
    made.set(page, found)
  }
  return await found
}

/** Looked for once a process. BOUNDED by the number of pages. */
const made = new Map<PageName, Promise<PageAssets>>()

async function makeAssets(page: PageName): Promise<PageAssets> {
  const isSource = import.meta.url.endsWith('.ts')
  const script = await readFile(await (isSource ? bundledPage(page) : builtPage(page)), 'utf8')
  return { script, style }
}

/** As a Content-Security-Policy names a script or a style sheet. */
export function sourceHash(text: string): string {
  return `'sha256-${hash('sha256', text, 'base64')}'`
}

/** The simulator of the built package is one file at another place, so the way to the script starts at the package. */
async function builtPage(page: PageName): Promise<string> {
  const path = fileURLToPath(new URL(`dist/${page}-page.js`, packageUrl()))
  if (!existsSync(path)) throw new Error(`${path} is not there; run \`npm run build\``)
  return path
}

async function bundledPage(page: PageName): Promise<string> {
  const root = fileURLToPath(new URL('..', packageUrl()))
  const alsoRead = ['node_modules/.package-lock.json', 'harness/package.json', 'harness/src/bundle.ts']
  return await bundle({
    entry: fileURLToPath(new URL(`browser/${page}.ts`, import.meta.url)),
    kind: 'page',
    alsoRead: alsoRead.map(file => join(root, file)),
    cacheFolder: cacheFolder(),
    onBuild: () => {}
  })
}

function packageUrl(): string {
  return import.meta.resolve('@gossip-discovery/testbed/package.json')
}
