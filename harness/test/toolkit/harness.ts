import { type ChildProcess, spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Test } from 'tap'
import { settled, until } from '../../../scripts/tests/until.ts'
import type { HistoryEvent } from '../../src/history/history.ts'
import { nodePath } from './nodes.ts'

/** A run takes up to its own deadline, of a minute in most tests, and then writes its reports. */
const RUN_PATIENCE_MS = 180_000

const MAX_RUNS = 5

/** The tests themselves may run in a job of GitHub. */
const NO_CI = { CI: '', GITHUB_ACTIONS: '', GITHUB_STEP_SUMMARY: '' }

export const cliPath = fileURLToPath(new URL('../../src/cli/bin.ts', import.meta.url))

export interface Ended {
  code: number | null
  stdout: string
  stderr: string
}

export interface Harness {
  readonly child: ChildProcess
  /** Rejects with all that was written, when the harness does not end in time. */
  readonly ended: Promise<Ended>
  /** The ids of the first processes that nodes said they are, once there are so many. */
  nodePids(count: number): Promise<number[]>
  /** What history.ndjson holds so far. */
  history(): Promise<HistoryEvent[]>
  /**
   * Resolves when the condition holds.
   *
   * @throws {Error} with all that was written, when it does not hold in time, or not when the harness has ended
   */
  until(condition: () => Promise<boolean>): Promise<void>
}

export interface HarnessOptions {
  nodeArgs?: readonly string[]
  /** Added to the environment. */
  env?: Record<string, string>
  uid?: number
  gid?: number
}

/** Runs the command line as a user does, in `folder`. Whatever becomes of the test, the harness and its nodes end with it. */
export function startHarness(t: Test, folder: string, argv: string[], options: HarnessOptions = {}): Harness {
  const { nodeArgs = [], env: more, ...user } = options
  const pidFile = join(tmpdir(), `pids-${randomUUID()}`)
  const env = { ...process.env, PID_FILE: pidFile, ...NO_CI, ...more }
  const args = ['--conditions=@gossip/source', ...nodeArgs, cliPath, ...argv]
  // tap puts itself into NODE_OPTIONS of whatever is spawned, and writes where another user may not.
  const child = spawn('env', ['NODE_OPTIONS=', process.execPath, ...args], { cwd: folder, env, ...user })
  t.teardown(async () => {
    // Its guardian, or the end of their stdin, takes the nodes along.
    child.kill('SIGKILL')
    await rm(pidFile, { force: true })
  })
  const written = { stdout: '', stderr: '' }
  for (const name of ['stdout', 'stderr'] as const) {
    child[name]!.on('data', chunk => {
      written[name] += chunk
    })
  }
  const ended = Promise.all([once(child, 'exit'), closed(child.stdout!), closed(child.stderr!)])
  const untilHere = async (condition: () => Promise<boolean>) => {
    await until(
      async () => {
        const isOver = child.exitCode !== null || child.signalCode !== null
        if (await condition()) return true
        if (isOver) throw new Error(`the harness ended before: ${JSON.stringify(written)}`)
        return false
      },
      () => written
    )
  }
  return {
    child,
    ended: settled(ended, () => written, RUN_PATIENCE_MS).then(([[code]]) => ({ code, ...written })),
    until: untilHere,
    async nodePids(count) {
      await untilHere(async () => (await linesOf(pidFile)).length >= count)
      return (await linesOf(pidFile)).map(Number)
    },
    history: async () => (await linesOf(join(folder, 'runs/latest/history.ndjson'))).map(line => JSON.parse(line))
  }
}

/** A run that a busy host keeps from telling (exit code 3) is made again, a few times. */
export async function untilTold(start: () => Harness): Promise<Ended> {
  for (let runs = 1; ; runs++) {
    const ended = await start().ended
    if (ended.code !== 3 || runs === MAX_RUNS) return ended
  }
}

/** Wrong usage: exit code 2 and a message on stderr, and nothing is begun. */
export async function expectRefusal(t: Test, argv: string, message: RegExp): Promise<void> {
  const folder = t.testdir()
  const { code, stdout, stderr } = await startHarness(t, folder, argv.split(' ')).ended
  t.same([code, stdout], [2, ''])
  t.match(stderr, message)
  t.same(await readdir(folder), [])
}

/** Flags that put a program of test/nodes/ under test. */
export function nodeCommand(program: string, ...args: string[]): string[] {
  return ['--node-command', [process.execPath, nodePath(program), ...args].map(word => `'${word}'`).join(' ')]
}

async function closed(stream: NodeJS.ReadableStream): Promise<void> {
  await new Promise(resolve => stream.once('close', resolve))
}

async function linesOf(path: string): Promise<string[]> {
  return (await readFile(path, 'utf8').catch(() => '')).split('\n').slice(0, -1)
}
