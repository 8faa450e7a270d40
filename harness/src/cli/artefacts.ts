/** The folder that a run leaves behind: its history, a log for each node, and the reports. */
import { createWriteStream } from 'node:fs'
import { mkdir, rename, rm, stat, symlink, writeFile } from 'node:fs/promises'
import { homedir } from 'node:os'
import { basename, dirname, join, resolve } from 'node:path'
import type { NodeName } from '../contract.ts'
import type { History, HistoryEvent } from '../history/history.ts'

const HISTORY_FILE = 'history.ndjson'

export interface RunFolder {
  /** Absolute. */
  readonly path: string
  logPathOf(node: NodeName): string
  append(event: HistoryEvent): void
  /** In place of what was appended; nothing may be appended afterwards. */
  replaceHistory(history: History): Promise<void>
  write(file: string, content: string): Promise<void>
  /** Writes what is left; the reason why something is missing, such as a full disk, if so. */
  close(): Promise<string | undefined>
}

/**
 * Makes `<out>/<time>-<scenario>/` and points `<out>/latest` at it. Without `out` that is `runs/` in the working folder, or,
 * where that cannot be written, the folder for states of the XDG base directories.
 *
 * @throws if no folder can be made
 */
export async function createRunFolder(out: string | undefined, scenario: string, startedAt: Date): Promise<RunFolder> {
  const path = await makeDatedFolder(out, scenario, startedAt)
  const historyFile = createWriteStream(join(path, HISTORY_FILE))
  let problem: string | undefined
  const noteProblem = (error: Error) => {
    problem ??= error.message
  }
  historyFile.on('error', noteProblem)
  const write = async (file: string, content: string) => await writeFile(join(path, file), content).catch(noteProblem)
  const lineOf = (event: HistoryEvent) => `${JSON.stringify(event)}\n`
  const endHistory = async () =>
    await new Promise<void>(settle => (historyFile.closed ? settle() : historyFile.end(() => settle())))
  return {
    path,
    logPathOf: node => join(path, `${node}.log`),
    append: event => {
      historyFile.write(lineOf(event))
    },
    async replaceHistory(history) {
      await endHistory()
      await write(HISTORY_FILE, history.map(lineOf).join(''))
    },
    write,
    async close() {
      await endHistory()
      return problem
    }
  }
}

/** The same without a history in it: its absolute path. */
export async function makeDatedFolder(out: string | undefined, what: string, startedAt: Date): Promise<string> {
  const name = `${startedAt.toISOString().slice(0, 19).replaceAll(':', '-')}-${what}`
  const path = out === undefined ? await makeInDefault(name) : await makeIn(resolve(out), name)
  await pointLatestAt(path)
  return path
}

async function makeInDefault(name: string): Promise<string> {
  const [here, states] = runsFolders()
  try {
    return await makeIn(here, name)
  } catch {
    return await makeIn(states, name)
  }
}

/** Where runs are kept if the user names no folder: in the working folder, else among the states of programs. */
export function runsFolders(): [here: string, states: string] {
  const stateHome = process.env.XDG_STATE_HOME || join(homedir(), '.local/state')
  return [resolve('runs'), join(stateHome, 'gossip-testbed')]
}

/** Two runs may start in the same second: the later one's name gets a number. */
async function makeIn(out: string, name: string): Promise<string> {
  await makeFolders(out)
  for (let count = 1; ; count++) {
    const path = join(out, count === 1 ? name : `${name}-${count}`)
    try {
      await mkdir(path)
      return path
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
    }
  }
}

/** With those above it. Not mkdir's own `recursive`, which never ends where nothing can be made, as in /proc. */
async function makeFolders(path: string): Promise<void> {
  const make = async () => await mkdir(path)
  try {
    await make().catch(async (error: NodeJS.ErrnoException) => {
      if (error.code !== 'ENOENT' || dirname(path) === path) throw error
      await makeFolders(dirname(path))
      await make()
    })
  } catch (error) {
    const isThere = (await stat(path).catch(() => undefined))?.isDirectory() === true
    if (!isThere) throw error
  }
}

async function pointLatestAt(path: string): Promise<void> {
  const link = join(dirname(path), 'latest')
  const temporary = `${link}.${process.pid}`
  try {
    await symlink(basename(path), temporary)
    await rename(temporary, link)
  } catch {
    // A file system without links, or a folder of that name: the run is found by its time as well.
    await rm(temporary, { force: true })
  }
}
