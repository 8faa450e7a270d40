/** Nodes of the process runner, and the ids that they wrote down. */
import { readFile } from 'node:fs/promises'
import type { Test } from 'tap'
import { until } from '../../../scripts/tests/until.ts'
import { createProcessRunner } from '../../src/runners/process.ts'
import type { NodeHandle } from '../../src/runners/runner.ts'
import { nodePath } from './nodes.ts'
import { createRecorder, isLine } from './recorder.ts'

/** Starts n1, n2, ... of a program of test/nodes/, each ready. They end with the test. */
export async function startNodes(t: Test, program: string, count: number, env: Record<string, string> = {}) {
  const pidFile = `${t.testdir()}/pids`
  const command = [process.execPath, nodePath(program)] as const
  const runner = createProcessRunner({ command, env: { PID_FILE: pidFile, NODE_OPTIONS: '', ...env } })
  const seen = createRecorder()
  const handles = new Map<string, NodeHandle>()
  t.teardown(async () => {
    await Promise.all([...handles.values()].map(handle => handle.stop()))
    await runner.close()
  })
  for (let index = 0; index < count; index++) {
    const node = `n${index + 1}`
    handles.set(node, runner.start({ node, run: 1, index, args: ['--name', node] }, seen.observe))
    await seen.until(isLine('ready', node))
  }
  return { runner, handles, seen, pids: async () => await idsOf(pidFile) }
}

async function idsOf(pidFile: string): Promise<number[]> {
  const read = async () => (await readFile(pidFile, 'utf8').catch(() => '')).split('\n').slice(0, -1).map(Number)
  await until(async () => (await read()).length > 0)
  return await read()
}
