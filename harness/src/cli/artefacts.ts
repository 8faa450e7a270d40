/** The folder that a run leaves behind: its history, a log for each node, and the reports. */
import { createWriteStream } from 'node:fs'
import { mkdir, rename, rm, symlink, writeFile } from 'node:fs/promises'
import { homedir } from 'node:os'
import { basename, dirname, join, resolve } from 'node:path'
import type { HistoryEvent, NodeName } from '../history/history.ts'

export interface RunFolder {
  /** Absolute. */
  readonly path: string
  logPathOf(node: NodeName): string
  append(event: HistoryEvent): void
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
  const name = `${startedAt.toISOString().slice(0, 19).replaceAll(':', '-')}-${scenario}`
  const path = out === undefined ? await makeInDefault(name) : await makeIn(resolve(out), name)
  await pointLatestAt(path)
  const historyFile = createWriteStream(join(path, 'history.ndjson'))
  let problem: string | undefined
  const noteProblem = (error: Error) => {
    problem ??= error.message
  }
  historyFile.on('error', noteProblem)
  return {
    path,
    logPathOf: node => join(path, `${node}.log`),
    append: event => {
      historyFile.write(`${JSON.stringify(event)}\n`)
    },
    write: async (file, content) => await writeFile(join(path, file), content).catch(noteProblem),
    close: async () => {
      await new Promise<void>(settle => (historyFile.closed ? settle() : historyFile.end(() => settle())))
      return problem
    }
  }
}

async function makeInDefault(name: string): Promise<string> {
  try {
    return await makeIn(resolve('runs'), name)
  } catch {
    const stateHome = process.env.XDG_STATE_HOME || join(homedir(), '.local/state')
    return await makeIn(join(stateHome, 'gossip-testbed'), name)
  }
}

/** Two runs may start in the same second: the later one's name gets a number. */
async function makeIn(out: string, name: string): Promise<string> {
  await mkdir(out, { recursive: true })
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
