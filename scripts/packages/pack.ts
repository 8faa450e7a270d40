/** A package as `npm publish` would send it. */
import { mkdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { root, run } from './run.ts'

export interface Tarball {
  path: string
  /** What is in it, unpacked. */
  folder: string
  /** Paths inside the package. */
  files: string[]
  packedBytes: number
  unpackedBytes: number
  manifest: Manifest
}

export interface Manifest {
  name: string
  version: string
  dependencies: Record<string, string>
  devDependencies: Record<string, string>
  peerDependencies?: Record<string, string>
}

export async function pack(workspace: string, destination: string): Promise<Tarball> {
  const output = await run('npm', ['pack', '--json', '--pack-destination', destination], join(root, workspace))
  // npm 7 to 11 print a list, 12 an object by name; what the build prints comes before.
  const printed = JSON.parse(output.slice(output.search(/^[[{]$/m)))
  const [packed] = Object.values<{ filename: string; files: { path: string }[]; size: number; unpackedSize: number }>(
    printed
  )
  if (packed === undefined) throw new Error(`npm pack made nothing of ${workspace}`)
  const path = join(destination, packed.filename)
  const folder = join(destination, workspace)
  await mkdir(folder)
  await run('tar', ['-xf', path, '--strip-components=1', '-C', folder], destination)
  return {
    path,
    folder,
    files: packed.files.map(file => file.path),
    packedBytes: packed.size,
    unpackedBytes: packed.unpackedSize,
    manifest: JSON.parse(await readFile(join(folder, 'package.json'), 'utf8'))
  }
}
