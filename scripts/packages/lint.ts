/** What publint and arethetypeswrong say of a tarball; nothing is the only right answer. */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { publint } from 'publint'
import { formatMessage } from 'publint/utils'
import type { Tarball } from './pack.ts'
import { root, run } from './run.ts'

export async function lint(tarball: Tarball): Promise<void> {
  const { buffer } = new Uint8Array(await readFile(tarball.path))
  const { messages, pkg } = await publint({ pack: { tarball: buffer as ArrayBuffer }, strict: true })
  if (messages.length > 0) {
    throw new Error(`publint: ${messages.map(message => formatMessage(message, pkg)).join('\n')}`)
  }
  console.log('  publint: clean')
  // The packages are ESM only, as libp2p is: Node's `require` loads them, the programs that it cannot be told of do not.
  const args = ['--no-emoji', '--ignore-rules', 'cjs-resolves-to-esm', '--', tarball.path]
  await run(join(root, 'node_modules/.bin/attw'), args, root)
  console.log('  arethetypeswrong: clean')
}
