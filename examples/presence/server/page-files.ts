/** The files of the page, as the web server sends them: the program is bundled when the server starts. */
import { readFile } from 'node:fs/promises'
import { build } from 'esbuild'
import type { WebFile } from './web.ts'

const folder = new URL('../page/', import.meta.url)

/** By path. */
export async function pageFiles(): Promise<ReadonlyMap<string, WebFile>> {
  const [html, style, program] = await Promise.all([textOf('index.html'), textOf('style.css'), bundle()])
  return new Map<string, WebFile>([
    ['/', { type: 'text/html; charset=utf-8', content: html }],
    ['/style.css', { type: 'text/css; charset=utf-8', content: style }],
    ['/page.js', { type: 'text/javascript; charset=utf-8', content: program }]
  ])
}

async function textOf(name: string): Promise<string> {
  return await readFile(new URL(name, folder), 'utf8')
}

async function bundle(): Promise<Uint8Array> {
  const { outputFiles } = await build({
    entryPoints: [new URL('main.ts', folder).pathname],
    bundle: true,
    minify: true,
    format: 'esm',
    platform: 'browser',
    // Of the library its sources, so that the page shows what is in the checkout.
    conditions: ['@gossip/source'],
    write: false
  })
  return outputFiles[0]!.contents
}
