/**
 * `npm run check:packages`: both packages as npm would publish them, and what a user meets who installs them. Packs them,
 * lints the tarballs, installs each into an empty project outside the repository, and uses it there: with every package
 * manager, runtime and bundler that npm has.
 */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { checkContents } from './packages/contents.ts'
import { checkHarness } from './packages/harness-project.ts'
import { checkLibrary } from './packages/library-project.ts'
import { lint } from './packages/lint.ts'
import { checkMatrix } from './packages/matrix/matrix.ts'
import { pack, type Tarball } from './packages/pack.ts'

const folder = await mkdtemp(join(tmpdir(), 'check-packages-'))
try {
  const lib = await checkTarball('lib')
  await checkLibrary(lib, join(folder, 'uses-lib'))
  const harness = await checkTarball('harness')
  await checkHarness(harness, join(folder, 'uses-harness'))
  await checkMatrix(lib, harness, join(folder, 'matrix'))
} catch (error) {
  console.error(`check-packages: ${(error as Error).message}`)
  process.exitCode = 1
} finally {
  await rm(folder, { recursive: true, force: true })
}

async function checkTarball(workspace: string): Promise<Tarball> {
  const tarball = await pack(workspace, folder)
  const { manifest, files, packedBytes, unpackedBytes } = tarball
  console.log(`\n${manifest.name}: ${files.length} files, ${kB(packedBytes)} packed, ${kB(unpackedBytes)} unpacked`)
  await lint(tarball)
  await checkContents(tarball)
  return tarball
}

function kB(bytes: number): string {
  return `${Math.round(bytes / 1_000)} kB`
}
