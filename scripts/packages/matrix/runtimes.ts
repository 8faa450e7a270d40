/** Versions of Node, Bun and Deno: on each, two nodes meet. */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Project } from '../project.ts'
import { attempt, tool } from './tools.ts'

/** @param project - has both packages and what a node needs besides, installed by npm */
export async function checkRuntimes(project: Project, folder: string): Promise<void> {
  const node = `npm:node-${process.platform}-${process.arch}`
  const runtimes: [name: string, spec: string, program: string, ...args: string[]][] = [
    ['Node 22', `node@${node}@22`, 'node/bin/node'],
    ['Node 24', `node@${node}@24`, 'node/bin/node'],
    ['newest Node', `node@${node}@latest`, 'node/bin/node'],
    ['Bun', 'bun', '.bin/bun'],
    ['Deno', 'deno', '.bin/deno', 'run', '--allow-all']
  ]
  await project.write('require.cjs', await readFile(join(import.meta.dirname, 'require.cjs'), 'utf8'))
  for (const [name, spec, file, ...args] of runtimes) {
    await attempt(name, async () => {
      const program = await tool(join(folder, name), [spec], file)
      const version = await project.run(program, ['--version'])
      const met = await meet(project, async script => await project.run(program, [...args, script]))
      await project.run(program, [...args, 'require.cjs'])
      return `${version.split('\n')[0]}, ${met}, and require() finds the library`
    })
  }
}

/** Two nodes in one program. Resolves to what it says. */
export async function meet(project: Project, run: (file: string) => Promise<string>): Promise<string> {
  await project.write('meet.js', await readFile(join(import.meta.dirname, 'meet.js'), 'utf8'))
  const output = await run('meet.js')
  if (!output.includes('bob and alice have met')) throw new Error(`the two nodes have not met:\n${output}`)
  return 'two nodes have met'
}
