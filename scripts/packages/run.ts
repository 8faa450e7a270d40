/** Programs that are run to the end, as a user of the packages would run them. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { dirname, resolve } from 'node:path'
import { createInterface } from 'node:readline'

export const root = resolve(import.meta.dirname, '../..')

/** Longer than any of them takes on a busy host, and shorter than a test file may take. */
const TIMEOUT_MS = 480_000

// npm tells the programs that it runs where it was called; a project outside the repository must not hear of this one. tap
// tells the tests that it runs that they report to it; the tests that a command runs report to a person.
export const userEnv = Object.fromEntries(
  Object.entries(process.env).filter(([name]) => !/^npm_|^NODE_OPTIONS$|^INIT_CWD$|^_?TAP/i.test(name))
)

/**
 * Resolves to stdout.
 *
 * @throws {Error} with everything that the program wrote, when it does not end with 0, or not in time
 */
export async function run(
  program: string,
  args: string[],
  cwd: string,
  env: Record<string, string> = {}
): Promise<string> {
  const path = `${dirname(process.execPath)}:${process.env.PATH}`
  // A process group of its own: what the program has started is killed with it.
  const options = { cwd, env: { ...userEnv, PATH: path, ...env }, detached: true }
  const child = spawn(program, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'] })
  const timeout = setTimeout(() => killGroup(child.pid), TIMEOUT_MS)
  const written = { stdout: '', stderr: '' }
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].setEncoding('utf8').on('data', text => {
      written[name] += text
    })
  }
  const [code, signal] = await once(child, 'close').finally(() => clearTimeout(timeout))
  if (code === 0) return written.stdout
  throw new Error(`${program} ${args.join(' ')} ended with ${code ?? signal}\n${written.stdout}${written.stderr}`)
}

/**
 * Runs a program that goes on until Ctrl-C, which it gets once it prints the line that is expected. Resolves to its lines.
 *
 * @throws {Error} with its lines, when it does not print that line or does not end with 0
 */
export async function runUntil(expected: RegExp, file: string, cwd: string): Promise<string[]> {
  const program = spawn(process.execPath, [file], { cwd, env: userEnv, stdio: ['ignore', 'pipe', 'inherit'] })
  const timeout = setTimeout(() => program.kill('SIGKILL'), TIMEOUT_MS)
  const exited = once(program, 'exit')
  const lines: string[] = []
  for await (const line of createInterface({ input: program.stdout })) {
    lines.push(line)
    if (expected.test(line)) program.kill('SIGINT')
  }
  const [code] = await exited
  clearTimeout(timeout)
  if (code !== 0 || !lines.some(line => expected.test(line)))
    throw new Error([`${file} ended with ${code}`, ...lines].join('\n'))
  return lines
}

function killGroup(pid: number | undefined): void {
  try {
    if (pid !== undefined) process.kill(-pid, 'SIGKILL')
  } catch {
    // It has ended in the meantime.
  }
}
