/** Package managers other than npm: each installs both packages, and two nodes meet. */
import { join } from 'node:path'
import type { Tarball } from '../pack.ts'
import { Project } from '../project.ts'
import { run } from '../run.ts'
import { meet } from './runtimes.ts'
import { attempt, tool } from './tools.ts'

interface Manager {
  name: string
  package: string
  /** Its program, inside of node_modules; Node runs it. */
  program: string
  install: string[]
  /** What stands before a file for Node, and before a program of the project. */
  node: string[]
  run: string[]
  /** Its settings, for the registry that npm has. */
  settings?: (registry: string) => { file: string; content: string }
}

const yarn4 = (linker: string): Omit<Manager, 'name'> => ({
  package: '@yarnpkg/cli-dist@4',
  program: '@yarnpkg/cli-dist/bin/yarn.js',
  install: ['install'],
  node: ['node'],
  run: ['run'],
  settings: registry => ({
    file: '.yarnrc.yml',
    content: [
      `nodeLinker: ${linker}`,
      `npmRegistryServer: ${JSON.stringify(registry)}`,
      'networkConcurrency: 8',
      // In CI, Yarn refuses to write a lock file.
      'enableImmutableInstalls: false',
      'enableTelemetry: false\n'
    ].join('\n')
  })
})

const MANAGERS: Manager[] = [
  {
    name: 'pnpm',
    package: 'pnpm@12',
    program: 'pnpm/bin/pnpm.mjs',
    install: ['install', '--no-frozen-lockfile'],
    node: ['exec', 'node'],
    run: ['exec']
  },
  {
    name: 'Yarn 1',
    package: 'yarn@1',
    program: 'yarn/bin/yarn.js',
    install: ['install', '--non-interactive'],
    node: ['--silent', 'node'],
    run: ['--silent', 'run']
  },
  { name: "Yarn 4, npm's node_modules", ...yarn4('node-modules') },
  { name: "Yarn 4, Plug'n'Play", ...yarn4('pnp') }
]

/** @param host - what a node needs besides the library, by name with its range */
export async function checkManagers(tarballs: Tarball[], host: Record<string, string>, folder: string): Promise<void> {
  const registry = (await run('npm', ['config', 'get', 'registry'], folder)).trim()
  const packages = Object.fromEntries(tarballs.map(({ manifest, path }) => [manifest.name, `file:${path}`]))
  const dependencies = { ...host, ...packages }
  // One after another: a registry that is asked by several at once drops connections.
  for (const manager of MANAGERS) {
    await attempt(manager.name, async () => await checkManager(manager, { dependencies, registry, folder }))
  }
}

async function checkManager(
  manager: Manager,
  { dependencies, registry, folder }: { dependencies: Record<string, string>; registry: string; folder: string }
): Promise<string> {
  const program = await tool(join(folder, manager.package), [manager.package], manager.program)
  const project = await Project.empty(join(folder, manager.name), { dependencies })
  const settings = manager.settings?.(registry)
  if (settings !== undefined) {
    await project.write(settings.file, settings.content)
    // An empty lock file tells Yarn that the folders above are not the project.
    await project.write('yarn.lock', '')
  }
  const env = cachesIn(join(folder, 'caches'))
  const call = async (...args: string[]) => await project.run(process.execPath, [program, ...args], env)
  await call(...manager.install)
  const met = await meet(project, async file => await call(...manager.node, file))
  const verdict = await call(...manager.run, 'test-network', '2', '30')
  return `${met}; test-network 2 30: ${verdict.match(/^PASS.*/m)?.[0]}`
}

/** What they keep for next time belongs into no home. */
function cachesIn(folder: string): Record<string, string> {
  return {
    XDG_CACHE_HOME: folder,
    XDG_DATA_HOME: folder,
    XDG_STATE_HOME: folder,
    YARN_GLOBAL_FOLDER: folder,
    YARN_CACHE_FOLDER: join(folder, 'yarn')
  }
}
