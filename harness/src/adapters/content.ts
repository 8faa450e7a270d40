/** What an adapter is made from, as one text. */
import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { dirname, join, relative } from 'node:path'
import type { Adapter } from './shipped.ts'

const FOREIGN = ['node_modules', 'target', 'package-lock.json', 'Cargo.lock']

/** What installers and compilers leave in a folder where somebody has tried an adapter. */
export function isForeign(name: string): boolean {
  return FOREIGN.includes(name)
}

/** The same for the same files, on the same kind of machine: 16 hexadecimal digits. */
export async function contentKey(adapter: Adapter): Promise<string> {
  const all = dirname(adapter.folder)
  const hash = createHash('sha256').update(`${process.platform} ${process.arch} ${process.versions.modules}\n`)
  for (const part of [adapter.name, ...(adapter.build.with ?? [])]) {
    for (const path of await filesIn(join(all, part))) {
      const content = await readFile(path)
      hash.update(`${relative(all, path)} ${content.length}\n`).update(content)
    }
  }
  return hash.digest('hex').slice(0, 16)
}

async function filesIn(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true })
  const wanted = entries.filter(({ name }) => !isForeign(name)).sort((a, b) => (a.name < b.name ? -1 : 1))
  const paths = wanted.map(async entry => {
    const path = join(folder, entry.name)
    return entry.isDirectory() ? await filesIn(path) : [path]
  })
  return (await Promise.all(paths)).flat()
}
