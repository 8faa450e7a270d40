/** Programs that are run to the end, as a user of the packages would run them. */
import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { dirname, resolve } from 'node:path'
import { createInterface } from 'node:readline'
import { promisify } from 'node:util'

export const root = resolve(import.meta.dirname, '../..')

const TIMEOUT_MS = 180_000

// npm tells the programs that it runs where it was called; a project outside the repository must not hear of this one.
export const userEnv = Object.fromEntries(
  Object.entries(process.env).filter(([name]) => !/^npm_|^NODE_OPTIONS$|^INIT_CWD$/i.test(name))
)

/**
 * Resolves to stdout.
 *
 * @throws {Error} with everything that the program wrote, when it does not end with 0
 */
export async function run(
  program: string,
  args: string[],
  cwd: string,
  env: Record<string, string> = {}
): Promise<string> {
  try {
    const path = `${dirname(process.execPath)}:${process.env.PATH}`
    const options = { cwd, env: { ...userEnv, PATH: path, ...env }, timeout: TIMEOUT_MS, maxBuffer: 2 ** 26 }
    return (await promisify(execFile)(program, args, options)).stdout
  } catch (error) {
    const { stdout, stderr, code } = error as { stdout: string; stderr: string; code: unknown }
    throw new Error(`${program} ${args.join(' ')} ended with ${code}\n${stdout}${stderr}`, { cause: error })
  }
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
