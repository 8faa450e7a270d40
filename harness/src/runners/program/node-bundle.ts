/** The node program as one minified file, which starts in a quarter of the time that loading its modules takes. */
import { existsSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { bundle } from '../../bundle.ts'
import { cacheFolder } from '../../cache-folder.ts'
import type { OwnProgram } from '../../scenario/plan.ts'

export interface NodeProgram {
  /** To be run by `process.execPath`. */
  path: string
  /** Where more can be kept that is made from it. */
  cacheFolder: string
}

/** Our program by its libp2p, and the one that is many nodes: the source that it is made from, and its file in the built package. */
const ownPrograms = {
  'libp2p-3': { entry: 'main.ts', built: 'node.cjs' },
  'libp2p-2': { entry: 'main-libp2p-2.ts', built: 'node-libp2p-2.cjs' },
  shared: { entry: 'main-shared.ts', built: 'node-shared.cjs' }
} as const satisfies Record<OwnProgram | 'shared', { entry: string; built: string }>

/** The built package has the program beside it; a checkout makes it from the sources, which `onBuild` is told of. */
export async function nodeProgram(
  onBuild: () => void,
  program: keyof typeof ownPrograms = 'libp2p-3'
): Promise<NodeProgram> {
  const { entry, built } = ownPrograms[program]
  const here = fileURLToPath(import.meta.url)
  if (here.endsWith('.js')) {
    const path = join(dirname(here), '../..', built)
    if (!existsSync(path)) throw new Error(`${path} is not there; run \`npm run build\``)
    return { path, cacheFolder: cacheFolder() }
  }
  const root = resolve(dirname(here), '../../../..')
  const folder = cacheFolder()
  const alsoRead = [
    'node_modules/.package-lock.json',
    'lib/package.json',
    'harness/package.json',
    'harness/src/bundle.ts',
    'harness/src/lean-modules.ts'
  ]
  const path = await bundle({
    entry: join(root, 'harness/src/node', entry),
    kind: 'node',
    alsoRead: [here, ...alsoRead.map(file => join(root, file))],
    cacheFolder: folder,
    onBuild
  })
  return { path, cacheFolder: folder }
}
