/** The harness in an empty project: no libp2p, no bundler and no repository, and a network all the same. */
import { chmod } from 'node:fs/promises'
import { join } from 'node:path'
import { runIn } from '../commands/proofs.ts'
import { pythonNode } from '../commands/python-node.ts'
import type { Tarball } from './pack.ts'
import { nameOf, Project } from './project.ts'

export async function checkHarness(tarball: Tarball, folder: string): Promise<void> {
  const project = await Project.create(folder, [tarball.path])
  await project.run('npm', ['ls', '--all'])
  const installed = await project.installed()
  const strays = installed.map(nameOf).filter(name => /libp2p|esbuild/.test(name))
  if (strays.length > 0) throw new Error(`what is bundled is installed as well: ${strays.join(', ')}`)
  console.log(`  with all that it depends on: ${installed.length} packages, ${await project.kilobytes(installed)} kB`)
  // A home of its own: whatever the repository's harness keeps is not there.
  const home = { HOME: folder, XDG_CACHE_HOME: '' }
  for (const args of [
    ['5', '30'],
    ['--runner', 'simulation', '20', '60'],
    ['run', 'crash', '6'],
    ['run', 'calm', '--runner', 'simulation'],
    ['explore', '--runner', 'simulation', '--minutes', '0.05']
  ]) {
    const output = await project.run('npx', ['test-network', ...args], home)
    console.log(`  npx test-network ${args.join(' ')}: ${output.match(/^(PASS|seed 1).*/im)?.[0]}`)
  }
  await checkHelp(tarball, project)
  await checkWithoutTestcontainers(tarball, project)
  await project.write('my_node.py', await pythonNode())
  await project.write('my-node', `#!/usr/bin/env python3\n${await pythonNode()}`)
  await chmod(join(folder, 'my-node'), 0o755)
  for (const [command, prints] of runIn('project')) {
    const output = await project.run('sh', ['-c', command], home)
    requireMatch(output, prints)
    console.log(`  ${command}: ${prints.exec(output)?.[0]}`)
  }
}

/** A file that the help names is one that its reader has. */
async function checkHelp({ files }: Tarball, project: Project): Promise<void> {
  const help = await project.run('npx', ['test-network', '--help'])
  const [, commands = ''] = /\nCommands:\n(.*?)\n\n/s.exec(help) ?? []
  const names = [...commands.matchAll(/^ {2}([a-z-]+)/gm)].map(([, name]) => name!)
  const pages = [help, ...(await Promise.all(names.map(name => project.run('npx', ['test-network', name, '--help']))))]
  // Examples name files of the user.
  const named = new Set(pages.flatMap(page => page.split('\nExamples:\n')[0]!.match(FILE_NAME) ?? []))
  const absent = [...named].filter(name => !files.includes(name))
  if (absent.length > 0) throw new Error(`the help names files that are not in the package: ${absent.join(', ')}`)
  console.log(`  help of test-network, ${names.join(', ')}: names ${[...named].join(', ')}, in the package`)
}

const FILE_NAME = /[\w./-]+\.(?:md|json|ya?ml|[cm]?[jt]s|html|xml|sh)\b/g

/** Who wants containers is told what to install; once it is, only an engine is missing. */
async function checkWithoutTestcontainers({ manifest }: Tarball, project: Project): Promise<void> {
  const fault = async () => {
    const env = { DOCKER_HOST: 'unix:///nowhere' }
    return await project.run('npx', ['test-network', '--runner', 'container', '2', '10'], env).catch(String)
  }
  requireMatch(await fault(), /ended with 3\n.*npm install --save-dev testcontainers/)
  await project.install([`testcontainers@${manifest.peerDependencies?.testcontainers}`])
  requireMatch(await fault(), /ended with 3\n.*no container engine answers/)
  const installed = await project.installed()
  console.log(`  with testcontainers: ${installed.length} packages, ${await project.kilobytes(installed)} kB`)
}

function requireMatch(text: string, pattern: RegExp): void {
  if (!pattern.test(text)) throw new Error(`${pattern} does not match:\n${text}`)
}
