/** The published harness has no sources to bundle a node from: its node program is made here, beside the compiled CLI. */
import { writeFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { build } from '../src/node-bundle.ts'

const { code } = await build(fileURLToPath(new URL('../src/node/main.ts', import.meta.url)))
await writeFile(new URL('../dist/node.js', import.meta.url), code)
