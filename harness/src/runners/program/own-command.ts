/** How a node of ours is started on this host: with the code that V8 compiled while other nodes met. */

import { existsSync, readFileSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { bundleName, removeOld } from '../../bundle.ts'
import type { NodeName } from '../../contract.ts'
import { createNetwork, observe } from '../../history/network.ts'
import { createRecord } from '../../history/record.ts'
import type { OwnProgram } from '../../scenario/plan.ts'
import { createProcessRunner, type ProcessRunnerOptions } from '../process.ts'
import { nodeProgram } from './node-bundle.ts'

/** Ten times what a step of it takes. Whoever has no time for it starts without a cache. */
const WARM_UP_STEP_MS = 5_000

/** @param say - tells the user what takes longer than usual */
export async function ownCommand(
  say: (line: string) => void,
  program: OwnProgram = 'libp2p-3'
): Promise<ProcessRunnerOptions['command']> {
  const { path, cacheFolder } = await nodeProgram(() => say('bundling the node program'), program)
  const name = bundleName(readFileSync(path), 'node')
  // Of one program and one V8.
  const codeCache = join(cacheFolder, `${name}.${process.versions.v8}-${process.arch}.code-cache`)
  const command = [process.execPath, startPath(), path, codeCache] as const
  if (!existsSync(codeCache)) {
    // What was compiled by nodes that did not meet in time is not worth keeping: the next command tries again.
    if (!(await warmUp(command))) await rm(codeCache, { force: true })
    await removeOld(cacheFolder, name)
  }
  return command
}

/** Of a process that is many nodes. There are few of them, and each compiles for many: code of earlier processes would save little. */
export async function sharedCommand(say: (line: string) => void): Promise<readonly [string, string]> {
  const { path } = await nodeProgram(() => say('bundling the node program'), 'shared')
  return [process.execPath, path]
}

function startPath(): string {
  const isSource = import.meta.url.endsWith('.ts')
  return fileURLToPath(new URL(isSource ? '../../node/start.cjs' : '../../start.cjs', import.meta.url))
}

/** Three nodes meet, of which one dials and is dialled: it ends last, and leaves what it needed as the cache. Whether they met. */
async function warmUp(command: ProcessRunnerOptions['command']): Promise<boolean> {
  const runner = createProcessRunner({ command, env: { GOSSIP_TESTBED_CODE_CACHE: 'write' } })
  const network = createNetwork()
  const record = createRecord(event => observe(network, event))
  const runOf = (node: NodeName) => network.nodes.get(node)?.[0]
  const addrsOf = async (node: NodeName) => {
    await record.until(() => runOf(node)?.ready !== undefined || runOf(node)?.exit !== undefined, WARM_UP_STEP_MS)
    return runOf(node)?.ready?.addrs ?? []
  }
  const start = (node: NodeName, index: number, ...args: string[]) =>
    runner.start({ node, run: 1, index, args: ['--name', node, ...args] }, record.add)
  const dialled = start('dialled', 0)
  const dialling = start('dialling', 1)
  const bootstrap = (await addrsOf('dialled')).flatMap(addr => ['--bootstrap', addr])
  const both = start('both', 2, ...bootstrap)
  dialling.send({ type: 'dial', addrs: await addrsOf('both') })
  const haveMet = await record.until(() => runOf('both')?.book.size === 2, WARM_UP_STEP_MS)
  for (const node of [dialled, dialling, both]) await node.stop()
  await runner.close()
  return haveMet
}
