/**
 * Makes the program of an adapter in a folder of the cache, whose name is made from what it is made from: it is made once, and
 * again when something in its folder has changed.
 */
import { randomUUID } from 'node:crypto'
import { existsSync } from 'node:fs'
import { cp, readdir, rename, rm, stat, utimes } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { execa } from 'execa'
import { printable } from '../printable.ts'
import { contentKey, isForeign } from './content.ts'
import type { Tool } from './schema.ts'
import type { Adapter } from './shipped.ts'

/** From nothing, and with one core: programs of Rust take five minutes of two cores (iroh 0.35, measured). */
const COMMAND_WITHIN_MS = 30 * 60_000

const UNUSED_FOR_MS = 24 * 60 * 60_000

export interface BuildOptions {
  /** Where everything that is made is kept. */
  readonly cacheFolder: string
  /** Tells the user what takes its time. */
  readonly say: (line: string) => void
  /** Ends the command that runs. */
  readonly interrupt?: AbortSignal
}

/** A program that can be started, or one line that says why there is none. */
export type Built =
  | { readonly command: readonly [program: string, ...args: string[]]; readonly version: string; missing?: undefined }
  | { readonly missing: string; command?: undefined; version?: undefined }

/** @throws {Error} when interrupted */
export async function buildAdapter(adapter: Adapter, options: BuildOptions): Promise<Built> {
  const { say, interrupt } = options
  const folder = join(options.cacheFolder, 'adapters', `${adapter.name}-${await contentKey(adapter)}`)
  if (!existsSync(folder)) {
    const lacking = await lackingTool(adapter.build.tools)
    if (lacking !== undefined) return { missing: `${lacking} is not installed, and ${adapter.title} is built with it` }
    say(`building ${adapter.title}`)
    const fault = await make(adapter, folder, options)
    interrupt?.throwIfAborted()
    if (fault !== undefined) return { missing: `cannot be built here: ${fault}` }
  }
  await removeUnused(folder, adapter.name)
  const built = join(folder, adapter.name)
  const version = await versionOf(adapter, built)
  return { command: commandOf(adapter.command, built), version }
}

/** In a folder beside it, which takes its name when all is there: another harness may build the same. */
async function make(adapter: Adapter, folder: string, options: BuildOptions): Promise<string | undefined> {
  const making = `${folder}.${randomUUID()}.tmp`
  try {
    for (const part of [adapter.name, ...(adapter.build.with ?? [])]) {
      const from = join(dirname(adapter.folder), part)
      await cp(from, join(making, part), { recursive: true, filter: path => !isForeign(basename(path)) })
    }
    const cwd = join(making, adapter.name)
    for (const command of adapter.build.commands) {
      const fault = await carryOut(commandOf(command, cwd), cwd, options)
      if (fault !== undefined) return fault
    }
    const lost = adapter.build.makes.find(file => !existsSync(join(cwd, file)))
    if (lost !== undefined) return `its commands have not made ${lost}`
    await rename(making, folder).catch(error => {
      if (!existsSync(folder)) throw error
    })
    return undefined
  } finally {
    await rm(making, { recursive: true, force: true })
  }
}

/** What went wrong, in one line, in the words of the command. */
async function carryOut(
  [program, ...args]: readonly [program: string, ...args: string[]],
  cwd: string,
  { cacheFolder, interrupt }: BuildOptions
): Promise<string | undefined> {
  const late = AbortSignal.timeout(COMMAND_WITHIN_MS)
  const end = AbortSignal.any(interrupt === undefined ? [late] : [interrupt, late])
  end.throwIfAborted()
  const command = execa(program, args, {
    cwd,
    // Crates that two adapters have in common are compiled once.
    env: { CARGO_TARGET_DIR: join(cacheFolder, 'adapters', 'cargo-target') },
    all: true,
    reject: false,
    detached: true
  })
  // Compilers are children of cargo and npm, which do not take them along.
  const endGroup = () => killGroup(command.pid)
  end.addEventListener('abort', endGroup)
  const { failed, all, shortMessage } = await command
  end.removeEventListener('abort', endGroup)
  if (!failed) return undefined
  if (late.aborted) return `${program} took more than ${COMMAND_WITHIN_MS / 60_000} minutes`
  return printable(`${program}: ${lastWords(all) ?? shortMessage}`, 300)
}

/** A group that is gone is what was wanted. */
function killGroup(pid: number | undefined): void {
  if (pid === undefined) return
  try {
    process.kill(-pid, 'SIGKILL')
  } catch {}
}

/** The last line that says what is wrong, else the last one. */
function lastWords(output: string): string | undefined {
  const lines = output
    .split('\n')
    .map(line => line.trim())
    .filter(line => line !== '')
  return lines.findLast(line => /\berror\b/i.test(line)) ?? lines.at(-1)
}

async function lackingTool(tools: readonly Tool[]): Promise<Tool | undefined> {
  for (const tool of tools) {
    const { code } = await execa(tool, ['--version'], { reject: false, stdio: 'ignore' })
    if (code === 'ENOENT') return tool
  }
  return undefined
}

async function versionOf({ version }: Adapter, built: string): Promise<string> {
  if (typeof version === 'string') return version
  const [program, ...args] = commandOf(version, built)
  const { stdout = '', failed } = await execa(program, args, { reject: false, cwd: built, timeout: 10_000 })
  return failed ? 'of an unknown version' : printable(stdout.split('\n')[0] ?? '', 80)
}

/** `node` is the Node that runs the harness, `./` the folder where the adapter was built. */
function commandOf(argv: readonly string[], built: string): [program: string, ...args: string[]] {
  const [program = '', ...args] = argv.map(word => (word.startsWith('./') ? join(built, word) : word))
  return [program === 'node' ? process.execPath : program, ...args]
}

/** What was made of an earlier content of the folder, and by a build that was killed; a younger one may be in use. */
async function removeUnused(used: string, name: string): Promise<void> {
  const folder = dirname(used)
  const nowS = Date.now() / 1_000
  await utimes(used, nowS, nowS).catch(() => {})
  const ofAdapter = new RegExp(`^${name}-[0-9a-f]{16}(\\..+\\.tmp)?$`)
  for (const other of (await readdir(folder)).filter(other => ofAdapter.test(other) && other !== basename(used))) {
    const found = await stat(join(folder, other)).catch(() => undefined)
    if (found === undefined || found.mtimeMs > Date.now() - UNUSED_FOR_MS) continue
    await rm(join(folder, other), { recursive: true, force: true })
  }
}
