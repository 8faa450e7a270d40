/** Every way to install the packages and to run them: package managers, runtimes, test runners, bundlers. */
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { checkNetwork } from '../network/network.ts'
import type { Tarball } from '../pack.ts'
import { Project } from '../project.ts'
import { checkBundlers } from './bundlers.ts'
import { checkManagers } from './managers.ts'
import { checkRuntimes } from './runtimes.ts'
import { checkWeight } from './weight.ts'

/** What a node in Node and one in a page need besides the library. */
const HOST = [
  'libp2p',
  '@libp2p/gossipsub',
  '@libp2p/identify',
  '@libp2p/noise',
  '@libp2p/tcp',
  '@libp2p/websockets',
  '@libp2p/yamux'
]

export async function checkMatrix(lib: Tarball, harness: Tarball, folder: string): Promise<void> {
  await mkdir(folder)
  const host = Object.fromEntries(HOST.map(name => [name, lib.manifest.devDependencies[name]!]))
  console.log('\npackage managers')
  await checkManagers([lib, harness], host, folder)
  const packages = Object.entries(host).map(([name, range]) => `${name}@${range}`)
  const project = await Project.create(join(folder, 'npm'), [...packages, lib.path, harness.path])
  console.log('\nruntimes')
  await checkRuntimes(project, folder)
  console.log('\ntest runners')
  await checkNetwork(harness, folder)
  console.log('\nbundlers')
  await checkWeight(project)
  await checkBundlers(project)
}
