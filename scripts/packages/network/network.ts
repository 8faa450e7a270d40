/** `network()` of the installed harness in the hands of three test runners, each on several versions of Node. */
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { attempt, nodeOf } from '../matrix/tools.ts'
import type { Manifest, Tarball } from '../pack.ts'
import { Project } from '../project.ts'
import { root } from '../run.ts'

const VERSIONS = ['22', '24']

/** The arguments of Node that run the file of that runner. */
const RUNNERS: Record<string, string[]> = {
  'node:test': ['--test', 'node.test.js'],
  vitest: ['node_modules/vitest/vitest.mjs', 'run', 'vitest.test.js'],
  tap: ['node_modules/tap/dist/esm/run.mjs', '--disable-coverage', 'tap.test.js']
}

/** A declaration that disposes at the end of its block, which Node 22 does not read. */
const USING = /^\s*(?:await )?using\s+[\w$]+\s*=/m

export async function checkNetwork(harness: Tarball, folder: string): Promise<void> {
  await checkSyntax(harness)
  const { devDependencies } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as Manifest
  const packages = [harness.path, 'vitest', `tap@${devDependencies.tap}`]
  const project = await Project.create(join(folder, 'network'), packages)
  const files = (await readdir(import.meta.dirname)).filter(file => file.endsWith('.test.js'))
  for (const file of files) await project.write(file, await readFile(join(import.meta.dirname, file), 'utf8'))
  for (const version of VERSIONS) {
    await attempt(`network() on Node ${version}`, async () => {
      const node = await nodeOf(version, folder)
      for (const args of Object.values(RUNNERS)) await project.run(node, args)
      return `used from ${Object.keys(RUNNERS).join(', ')}`
    })
  }
}

async function checkSyntax({ folder, files }: Tarball): Promise<void> {
  const code = files.filter(file => /^dist\/.*\.c?js$/.test(file))
  for (const file of code) {
    if (USING.test(await readFile(join(folder, file), 'utf8'))) throw new Error(`${file} declares by \`using\``)
  }
  console.log(`  no \`using\` in ${code.length} files of code`)
}
