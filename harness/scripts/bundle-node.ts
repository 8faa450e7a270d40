/**
 * The published harness has no sources to bundle from, and no library of ours beside it: its node program, its simulator
 * and the scripts of its pages are made here, each in one file beside the compiled CLI.
 */
import { copyFile, readFile, writeFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { build } from '../src/bundle.ts'
import { PAGES } from '../src/reports/html/assets.ts'

const manifest = JSON.parse(await readFile(new URL('../package.json', import.meta.url), 'utf8'))

// The simulator is part of the CLI and has its dependencies; a node is copied to where there are none.
const programs = [
  { entry: 'node/main.ts', file: 'node.cjs', format: 'cjs', external: [] },
  { entry: 'node/main-libp2p-2.ts', file: 'node-libp2p-2.cjs', format: 'cjs', external: [] },
  { entry: 'node/main-shared.ts', file: 'node-shared.cjs', format: 'cjs', external: [] },
  {
    entry: 'cli/simulate.ts',
    file: 'cli/simulate.js',
    format: 'esm',
    external: [...Object.keys(manifest.dependencies), 'esbuild']
  },
  ...PAGES.map(
    page =>
      ({ entry: `reports/html/browser/${page}.ts`, file: `${page}-page.js`, format: 'page', external: [] }) as const
  )
] as const
for (const { entry, file, format, external } of programs) {
  const { code } = await build(fileURLToPath(new URL(`../src/${entry}`, import.meta.url)), {
    format,
    external: [...external]
  })
  await writeFile(new URL(`../dist/${file}`, import.meta.url), code)
}
await copyFile(new URL('../src/node/start.cjs', import.meta.url), new URL('../dist/start.cjs', import.meta.url))
