/** What the library adds to a page that has libp2p and gossipsub already. */
import { gzipSync } from 'node:zlib'
import { build } from 'esbuild'
import type { Project } from '../project.ts'

/** All of it is code of this library: what it depends on, libp2p brings. Measured: docs/PERFORMANCE.md. */
const MAX_ADDED_BYTES = 64_000

const PAGE = [
  "export { gossipsub } from '@libp2p/gossipsub'",
  "export { identify } from '@libp2p/identify'",
  "export { noise } from '@libp2p/noise'",
  "export { webSockets } from '@libp2p/websockets'",
  "export { yamux } from '@libp2p/yamux'",
  "export { createLibp2p } from 'libp2p'"
]
const LIBRARY = "export { gossipDiscovery } from '@gossip-discovery/libp2p'"

/** @param project - has the library and what a page needs besides */
export async function checkWeight(project: Project): Promise<void> {
  const without = await bundled(project, PAGE)
  const added = (await bundled(project, [...PAGE, LIBRARY])) - without
  const text = `adds ${kB(added)} to the ${kB(without)} of libp2p and gossipsub, minified and compressed by gzip`
  if (added > MAX_ADDED_BYTES) throw new Error(`the library ${text}; at most ${kB(MAX_ADDED_BYTES)} are allowed`)
  console.log(`  the library ${text}`)
}

/** Bytes of a page's program, minified by esbuild and compressed by gzip. */
async function bundled({ folder }: Project, lines: string[]): Promise<number> {
  const { outputFiles } = await build({
    stdin: { contents: lines.join('\n'), resolveDir: folder },
    bundle: true,
    minify: true,
    format: 'esm',
    platform: 'browser',
    target: 'es2022',
    write: false
  })
  return gzipSync(outputFiles[0]!.contents, { level: 9 }).length
}

function kB(bytes: number): string {
  return `${(bytes / 1_000).toFixed(1)} kB`
}
