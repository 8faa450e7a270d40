/** Versions of Node, Bun and Deno: on each, two nodes meet. */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Project } from '../project.ts'
import { attempt, nodeOf, tool } from './tools.ts'

/** @param project - has both packages and what a node needs besides, installed by npm */
export async function checkRuntimes(project: Project, folder: string): Promise<void> {
  const npmTool = (name: string) => async () => await tool(join(folder, name), [name], `.bin/${name}`)
  const runtimes: [name: string, program: () => Promise<string>, ...args: string[]][] = [
    ...['22', '24', 'latest'].map((version): [string, () => Promise<string>] => [
      `Node ${version}`,
      () => nodeOf(version, folder)
    ]),
    ['Bun', npmTool('bun')],
    ['Deno', npmTool('deno'), 'run', '--allow-all']
  ]
  await project.write('require.cjs', await readFile(join(import.meta.dirname, 'require.cjs'), 'utf8'))
  for (const [name, install, ...args] of runtimes) {
    await attempt(name, async () => {
      const program = await install()
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
