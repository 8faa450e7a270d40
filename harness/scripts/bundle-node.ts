/**
 * The published harness has no sources to bundle from, and no library of ours beside it: its node program and its
 * simulator are made here, each in one file beside the compiled CLI.
 */
import { writeFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { build } from '../src/node-bundle.ts'

for (const [entry, file] of Object.entries({ 'node/main.ts': 'node.js', 'simulate.ts': 'simulate.js' })) {
  const { code } = await build(fileURLToPath(new URL(`../src/${entry}`, import.meta.url)))
  await writeFile(new URL(`../dist/${file}`, import.meta.url), code)
}
