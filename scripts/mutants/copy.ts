/** A copy of the repository with all mutants in its sources, each behind a switch. */
import { cp, mkdir, mkdtemp, readdir, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'

const COPIED = ['lib', 'harness', 'scripts', 'package.json', 'tsconfig.json']

/** What builds, runs and tests leave in folders. */
const LEFT_OUT = ['dist', 'runs', '.tap']

/** The scope of this repository's own packages, which have to lead to the copy. */
const OWN_SCOPE = '@gossip-discovery'

/**
 * The path of the copy.
 *
 * @param sources - the instrumented ones, by path from the root
 */
export async function copyOf(root: string, sources: ReadonlyMap<string, string>): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'mutants-'))
  const filter = (path: string) => !LEFT_OUT.includes(basename(path))
  for (const each of COPIED) await cp(join(root, each), join(folder, each), { recursive: true, filter })
  for (const [file, source] of sources) await writeFile(join(folder, file), source)
  const packages = join(root, 'node_modules')
  await mkdir(join(folder, 'node_modules', OWN_SCOPE), { recursive: true })
  for (const each of await readdir(packages)) {
    if (each !== OWN_SCOPE) await symlink(join(packages, each), join(folder, 'node_modules', each))
  }
  await symlink('../../lib', join(folder, 'node_modules', OWN_SCOPE, 'libp2p'))
  await symlink('../../harness', join(folder, 'node_modules', OWN_SCOPE, 'testbed'))
  return folder
}

export async function removeCopy(folder: string): Promise<void> {
  await rm(folder, { recursive: true, force: true })
}
