/**
 * Many modules as one minified file: a program for Node, or the script of a page. In a checkout it is kept, and made again only
 * when one of its sources has changed; the built package carries it ready-made.
 */
import { createHash, randomUUID } from 'node:crypto'
import { existsSync, statSync } from 'node:fs'
import { readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { basename, join, resolve } from 'node:path'
import type { BuildOptions } from 'esbuild'
import { leanModules } from './lean-modules.ts'

/** What a bundle is for: the first word of its file's name. */
export type BundleKind = 'node' | 'page'

export interface BundleOptions {
  entry: string
  kind: BundleKind
  /** Files that decide about the result, but are not part of it; those that do not exist are passed over. */
  alsoRead: readonly string[]
  cacheFolder: string
  onBuild: () => void
}

/** What the cache knows of the last build. */
interface BundleIndex {
  entry: string
  output: string
  inputs: Record<string, InputState>
}

interface InputState {
  size: number
  mtimeMs: number
  sha256: string
}

/** The path of the bundle, which stays valid while others build theirs: its name is made from its content. */
export async function bundle(options: BundleOptions): Promise<string> {
  const indexPath = join(options.cacheFolder, `${basename(options.entry, '.ts')}.json`)
  const index = await readIndex(indexPath)
  if (index !== undefined && index.entry === options.entry && (await isCurrent(index, options.cacheFolder))) {
    return join(options.cacheFolder, index.output)
  }
  options.onBuild()
  const { code, inputs } = await build(options.entry, { format: formats[options.kind] })
  const output = bundleName(code, options.kind)
  await replaceFile(join(options.cacheFolder, output), code)
  const states = await Promise.all(
    [...inputs, ...options.alsoRead].map(async path => [path, await stateOf(path)] as const)
  )
  const known = Object.fromEntries(states.filter(([, state]) => state !== undefined))
  await replaceFile(indexPath, JSON.stringify({ entry: options.entry, output, inputs: known }))
  await removeOld(options.cacheFolder, output)
  return join(options.cacheFolder, output)
}

/** Made from the content, so that two never share one. */
export function bundleName(code: Uint8Array, kind: BundleKind): string {
  return `${kind}-${sha256(code).slice(0, 16)}.${kind === 'node' ? 'cjs' : 'js'}`
}

const formats = { node: 'cjs', page: 'page' } as const satisfies Record<BundleKind, Format>

/** `page` is a classic script for a browser. */
type Format = 'cjs' | 'esm' | 'page'

/** Builds the bundle of `entry`; `inputs` are the files that it was made from. Packages that are `external` stay imports. */
export async function build(
  entry: string,
  { format, external = [] }: { format: Format; external?: string[] }
): Promise<{ code: Uint8Array; inputs: string[] }> {
  const esbuild = await import('esbuild').catch(() => {
    throw new Error(`${basename(entry)} cannot be bundled: esbuild is not installed; run \`npm ci\``)
  })
  const { outputFiles, metafile } = await esbuild.build({
    entryPoints: [entry],
    bundle: true,
    external,
    minify: true,
    conditions: ['@gossip/source'],
    ...targets[format],
    write: false,
    metafile: true,
    logLevel: 'silent'
  })
  return { code: outputFiles[0]!.contents, inputs: Object.keys(metafile.inputs).map(path => resolve(path)) }
}

/** CommonJS packages among the dependencies call `require` for Node's own modules. */
const REQUIRE = "import{createRequire as __cr}from'node:module';const require=__cr(import.meta.url);"

const forNode = { platform: 'node', target: 'node22.18' } as const

const targets = {
  cjs: { ...forNode, format: 'cjs', supported: { 'dynamic-import': false }, plugins: [leanModules] },
  esm: { ...forNode, format: 'esm', banner: { js: REQUIRE } },
  page: { platform: 'browser', target: 'es2022', format: 'iife' }
} as const satisfies Record<Format, BuildOptions>

/** A few ms for hundreds of inputs: contents are read only where size or time of change differ. */
async function isCurrent(index: BundleIndex, cacheFolder: string): Promise<boolean> {
  if (!existsSync(join(cacheFolder, index.output))) return false
  for (const [path, known] of Object.entries(index.inputs)) {
    const found = statSync(path, { throwIfNoEntry: false })
    if (found === undefined) return false
    if (found.size !== known.size) return false
    if (found.mtimeMs !== known.mtimeMs && sha256(await readFile(path)) !== known.sha256) return false
  }
  return true
}

async function readIndex(path: string): Promise<BundleIndex | undefined> {
  try {
    return JSON.parse(await readFile(path, 'utf8'))
  } catch {
    return undefined
  }
}

async function stateOf(path: string): Promise<InputState | undefined> {
  try {
    const { size, mtimeMs } = await stat(path)
    return { size, mtimeMs, sha256: sha256(await readFile(path)) }
  } catch {
    return undefined
  }
}

/** Another harness may read or write the same file at any moment: it sees the old one or the new one. */
async function replaceFile(path: string, content: Uint8Array | string): Promise<void> {
  const temporary = `${path}.${randomUUID()}.tmp`
  await writeFile(temporary, content)
  await rename(temporary, path)
}

/** Of one kind, bundles of yesterday and what was compiled of them: a younger one may belong to a harness that is still starting nodes. */
export async function removeOld(folder: string, keep: string): Promise<void> {
  const yesterdayMs = Date.now() - 24 * 60 * 60_000
  const kind = keep.slice(0, keep.indexOf('-') + 1)
  for (const name of await readdir(folder)) {
    if (!name.startsWith(kind) || name.startsWith(keep)) continue
    const found = await stat(join(folder, name)).catch(() => undefined)
    if (found !== undefined && found.mtimeMs < yesterdayMs)
      await rm(join(folder, name), { recursive: true, force: true })
  }
}

function sha256(content: Uint8Array): string {
  return createHash('sha256').update(content).digest('hex')
}
