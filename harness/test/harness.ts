import { type ChildProcess, spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import type { HistoryEvent } from '../src/history.ts'
import { nodePath } from './nodes.ts'

const cliPath = fileURLToPath(new URL('../src/cli.ts', import.meta.url))

export interface Ended {
  code: number | null
  stdout: string
  stderr: string
}

export interface Harness {
  readonly child: ChildProcess
  readonly ended: Promise<Ended>
  /** The ids of the first processes that nodes said they are, once there are so many. */
  nodePids(count: number): Promise<number[]>
  /** What history.ndjson holds so far. */
  history(): Promise<HistoryEvent[]>
  until(condition: () => Promise<boolean>): Promise<void>
}

export interface HarnessOptions {
  nodeArgs?: readonly string[]
  /** Added to the environment. */
  env?: Record<string, string>
  uid?: number
  gid?: number
}

/** Runs the command line as a user does, in `folder`. */
export function startHarness(folder: string, argv: string[], options: HarnessOptions = {}): Harness {
  const { nodeArgs = [], env: more, ...user } = options
  const pidFile = join(tmpdir(), `pids-${randomUUID()}`)
  const env = { ...process.env, NODE_OPTIONS: '', PID_FILE: pidFile, CI: '', ...more }
  const args = ['--conditions=@gossip/source', ...nodeArgs, cliPath, ...argv]
  const child = spawn(process.execPath, args, { cwd: folder, env, ...user })
  const ended = Promise.all([textOf(child.stdout), textOf(child.stderr), codeOf(child)])
  const linesOf = async (path: string) => (await readFile(path, 'utf8').catch(() => '')).split('\n').slice(0, -1)
  const until = async (condition: () => Promise<boolean>) => {
    while (!(await condition())) await delay(10)
  }
  return {
    child,
    ended: ended.then(async ([stdout, stderr, code]) => {
      await rm(pidFile, { force: true })
      return { stdout, stderr, code }
    }),
    until,
    async nodePids(count) {
      await until(async () => (await linesOf(pidFile)).length >= count)
      return (await linesOf(pidFile)).map(Number)
    },
    history: async () => (await linesOf(join(folder, 'runs/latest/history.ndjson'))).map(line => JSON.parse(line))
  }
}

/** Flags that put a program of test/nodes/ under test. */
export function nodeCommand(program: string, ...args: string[]): string[] {
  return ['--node-command', [process.execPath, nodePath(program), ...args].map(word => `'${word}'`).join(' ')]
}

async function textOf(stream: NodeJS.ReadableStream): Promise<string> {
  let text = ''
  stream.on('data', chunk => {
    text += chunk
  })
  return await new Promise(resolve => stream.once('close', () => resolve(text)))
}

async function codeOf(child: ChildProcess): Promise<number | null> {
  return await new Promise(resolve => child.once('exit', code => resolve(code)))
}
