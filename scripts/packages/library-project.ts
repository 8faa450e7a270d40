/** The library in an empty project: what it brings along, its types under every module resolution, and two nodes. */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import ts from 'typescript'
import type { Manifest, Tarball } from './pack.ts'
import { nameOf, Project } from './project.ts'
import { root, runUntil } from './run.ts'

const HOST = ['libp2p', '@libp2p/gossipsub', '@libp2p/identify', '@libp2p/noise', '@libp2p/tcp', '@libp2p/yamux']

/** From the names that package.json gives them beside those of libp2p 3. */
const HOST_2 = [
  'libp2p-2',
  'libp2p-2-gossipsub',
  'libp2p-2-identify',
  'libp2p-2-multiaddr',
  'libp2p-2-noise',
  'libp2p-2-tcp',
  'libp2p-2-yamux'
]

const RESOLUTIONS = [
  { module: 'NodeNext', moduleResolution: 'NodeNext' },
  { module: 'ESNext', moduleResolution: 'Bundler' },
  // TypeScript 6 calls it outdated. It reads `main`, `types` and `typesVersions` in place of `exports`.
  { module: 'ESNext', moduleResolution: 'node10', ignoreDeprecations: '6.0' }
]

const ENTRY_POINTS = [
  { path: '@gossip-discovery/libp2p', name: 'gossipDiscovery' },
  { path: '@gossip-discovery/libp2p/core', name: 'Discovery' },
  { path: '@gossip-discovery/libp2p/libp2p-2', name: 'gossipDiscovery' }
]

export async function checkLibrary(tarball: Tarball, folder: string): Promise<void> {
  const { manifest } = tarball
  const host = HOST.map(name => `${name}@${manifest.devDependencies[name]}`)
  const without = await Project.create(join(folder, 'without'), host)
  const project = await Project.create(join(folder, 'with'), [...host, tarball.path])
  await project.run('npm', ['ls', '--all'])
  await reportOwnWeight(
    await Project.create(join(folder, 'alone'), ['--omit=peer', '--legacy-peer-deps', tarball.path])
  )
  await reportAddedWeight(manifest, await without.installed(), project)
  await checkTypes(project)
  await checkTwoNodes(project)
  await checkLibp2p2(tarball, join(folder, 'libp2p-2'))
}

async function reportOwnWeight(alone: Project): Promise<void> {
  const installed = await alone.installed()
  console.log(`  with all that it depends on: ${installed.length} packages, ${await alone.kilobytes(installed)} kB`)
}

/** What the library adds to a project that has libp2p already. */
async function reportAddedWeight(manifest: Manifest, before: string[], project: Project): Promise<void> {
  const after = await project.installed()
  const added = after.filter(path => !before.includes(path))
  console.log('  added to a project with libp2p and gossipsub:')
  for (const path of added) {
    console.log(`    ${nameOf(path)}: ${await project.kilobytes([path])} kB`)
  }
  const duplicates = added.filter(path => before.some(other => nameOf(other) === nameOf(path)))
  if (duplicates.length > 0) throw new Error(`installed twice because of ${manifest.name}: ${duplicates.join(', ')}`)
  const foreign = await harnessPackages()
  const strays = added.map(nameOf).filter(name => foreign.includes(name))
  if (strays.length > 0) throw new Error(`of the harness in the tree of the library: ${strays.join(', ')}`)
  console.log('    no package twice, nothing of the harness')
}

async function harnessPackages(): Promise<string[]> {
  const { name, dependencies } = JSON.parse(await readFile(join(root, 'harness/package.json'), 'utf8')) as Manifest
  return [name, ...Object.keys(dependencies)]
}

async function checkTypes(project: Project): Promise<void> {
  await project.install(await compiler())
  await project.write('two-nodes.ts', await twoNodes())
  await project.write('entry-points.ts', ENTRY_POINTS.map(imported).join('\n'))
  await project.write('required.cts', ENTRY_POINTS.map(required).join('\n'))
  for (const resolution of RESOLUTIONS) {
    for (const file of ['two-nodes.ts', 'entry-points.ts']) await project.compile(resolution, file)
    console.log(`  types: strict, moduleResolution ${resolution.moduleResolution}`)
  }
  await project.compile(RESOLUTIONS[0]!, 'required.cts')
  console.log('  types: strict, in a CommonJS module')
}

function imported({ path, name }: (typeof ENTRY_POINTS)[number], index: number): string {
  return `export { ${name} as name${index} } from '${path}'`
}

function required({ path, name }: (typeof ENTRY_POINTS)[number], index: number): string {
  return `import module${index} = require('${path}')\nmodule${index}.${name}`
}

async function checkTwoNodes(project: Project): Promise<void> {
  await project.write('two-nodes.js', plainJavaScript(await twoNodes()))
  for (const file of ['two-nodes.ts', 'two-nodes.js']) {
    const lines = await runUntil(/^bob joined/, file, project.folder)
    console.log(`  ${file}: ${lines.join('; ')}`)
  }
}

async function checkLibp2p2({ manifest, path }: Tarball, folder: string): Promise<void> {
  const host = HOST_2.map(name => manifest.devDependencies[name]!.replace(/^npm:/, ''))
  const project = await Project.create(folder, [...host, ...(await compiler()), path])
  await project.write('two-nodes.js', await readFile(join(import.meta.dirname, 'two-nodes-libp2p-2.js'), 'utf8'))
  await project.compile({ ...RESOLUTIONS[0], allowJs: true, checkJs: true, skipLibCheck: true }, 'two-nodes.js')
  await project.run(process.execPath, ['two-nodes.js'])
  console.log('  libp2p 2 with gossipsub 14: installs without complaint, types fit, two nodes found each other')
}

/** What a project in TypeScript has besides. */
async function compiler(): Promise<string[]> {
  const { devDependencies } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as Manifest
  return ['typescript', '@types/node'].map(name => `${name}@${devDependencies[name]}`)
}

function plainJavaScript(code: string): string {
  const { ESNext: target } = ts.ScriptTarget
  return ts.transpileModule(code, { compilerOptions: { target, module: ts.ModuleKind.ESNext } }).outputText
}

async function twoNodes(): Promise<string> {
  return await readFile(join(root, 'examples/two-nodes.ts'), 'utf8')
}
