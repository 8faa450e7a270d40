/** Bundlers: each makes a browser page with the library, which then meets a node. */
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { build } from 'esbuild'
import { noBrowser } from '../../tests/chromium.ts'
import type { Project } from '../project.ts'
import { Browser } from './browser.ts'
import { attempt } from './tools.ts'

interface Bundler {
  name: string
  packages: string[]
  config: { file: string; content: string } | undefined
  /** `npx ...`; leaves what it makes in the folder. */
  command: (folder: string) => string[]
}

const BUNDLERS: Bundler[] = [
  {
    name: 'esbuild',
    packages: ['esbuild'],
    config: undefined,
    command: folder => ['esbuild', 'page.js', '--bundle', '--minify', '--format=esm', `--outdir=${folder}`]
  },
  {
    name: 'vite',
    packages: ['vite'],
    config: {
      file: 'vite.config.js',
      content: "export default { build: { target: 'es2022', rollupOptions: { input: 'page.js' } } }"
    },
    command: folder => ['vite', 'build', '--logLevel', 'error', '--outDir', folder]
  },
  {
    name: 'webpack',
    packages: ['webpack', 'webpack-cli'],
    config: {
      file: 'webpack.config.js',
      content: "export default { mode: 'production', entry: './page.js', performance: false }"
    },
    command: folder => ['webpack', '--output-path', folder]
  },
  {
    name: 'rollup',
    packages: ['rollup', '@rollup/plugin-node-resolve', '@rollup/plugin-commonjs'],
    config: {
      file: 'rollup.config.js',
      content: [
        "import commonjs from '@rollup/plugin-commonjs'",
        "import { nodeResolve } from '@rollup/plugin-node-resolve'",
        'const plugins = [nodeResolve({ browser: true, preferBuiltins: false }), commonjs()]',
        "export default { input: 'page.js', plugins, output: { inlineDynamicImports: true } }"
      ].join('\n')
    },
    command: folder => ['rollup', '--config', '--silent', '--dir', folder]
  }
]

/** @param project - has the library and what a page needs besides, installed by npm */
export async function checkBundlers(project: Project): Promise<void> {
  await project.install(BUNDLERS.flatMap(({ packages }) => packages))
  for (const file of ['page.js', 'host.js']) {
    await project.write(file, await readFile(join(import.meta.dirname, file), 'utf8'))
  }
  const browser = await Browser.start(project)
  try {
    for (const bundler of BUNDLERS) {
      await attempt(bundler.name, async () => {
        const code = await bundle(bundler, project)
        await browser?.meetIn(bundler.name, code)
        const met = browser === undefined ? `page SKIPPED, ${noBrowser}` : 'its page has met a node'
        return `nothing of Node is left to import; ${met}`
      })
    }
  } finally {
    await browser?.close()
  }
}

async function bundle({ name, config, command }: Bundler, project: Project): Promise<string> {
  if (config !== undefined) await project.write(config.file, config.content)
  const folder = join(project.folder, `made-by-${name}`)
  await project.run('npx', command(folder))
  const files = (await readdir(folder, { recursive: true })).filter(file => file.endsWith('.js'))
  const [file] = files
  if (file === undefined || files.length > 1) throw new Error(`one file was expected, not ${files.join(', ')}`)
  const code = await readFile(join(folder, file), 'utf8')
  const imports = await importsOf(join(folder, file))
  if (imports.length > 0) throw new Error(`left to import: ${imports.join(', ')}`)
  return code
}

/** What a finished bundle still imports; vite puts an empty module in place of a module of Node's. */
async function importsOf(file: string): Promise<string[]> {
  const { metafile } = await build({
    entryPoints: [file],
    bundle: true,
    format: 'esm',
    packages: 'external',
    write: false,
    metafile: true
  })
  const imports = Object.values(metafile.outputs).flatMap(({ imports }) => imports.map(({ path }) => path))
  const isEmptied = (await readFile(file, 'utf8')).includes('externalized for browser compatibility')
  return isEmptied ? [...imports, 'a module of Node that vite has emptied'] : imports
}
