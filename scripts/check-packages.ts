/**
 * `npm run check:packages`: both packages as npm would publish them, and what a user meets who installs them. Packs them,
 * lints the tarballs, installs each into an empty project outside the repository, and uses it there.
 */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { checkContents } from './packages/contents.ts'
import { checkHarness } from './packages/harness-project.ts'
import { checkLibrary } from './packages/library-project.ts'
import { lint } from './packages/lint.ts'
import { pack } from './packages/pack.ts'

const folder = await mkdtemp(join(tmpdir(), 'check-packages-'))
try {
  for (const name of ['lib', 'harness'] as const) {
    const tarball = await pack(name, folder)
    console.log(
      `\n${tarball.manifest.name}: ${tarball.files.length} files, ${kB(tarball.packedBytes)} packed, ${kB(tarball.unpackedBytes)} unpacked`
    )
    await lint(tarball)
    await checkContents(tarball)
    await (name === 'lib' ? checkLibrary : checkHarness)(tarball, join(folder, `uses-${name}`))
  }
} catch (error) {
  console.error(`check-packages: ${(error as Error).message}`)
  process.exitCode = 1
} finally {
  await rm(folder, { recursive: true, force: true })
}

function kB(bytes: number): string {
  return `${Math.round(bytes / 1_000)} kB`
}
