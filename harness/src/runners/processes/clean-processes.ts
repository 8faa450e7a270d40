/**
 * Ends the processes that runs have left whose harness is gone, by their mark. Namespaces, bridges and rules need no look of their
 * own: the kernel takes them down with the last process in them.
 */
import { setTimeout as delay } from 'node:timers/promises'
import { type Cleaned, counted, type LeftRun } from '../leftovers.ts'
import { type Mark, readMark } from './mark.ts'
import { signalProcess } from './owned.ts'
import { stateOf } from './owner.ts'
import { processIds } from './stat.ts'

/** Until what was killed has ended; a process may start another one while it is being killed. */
const MAX_LOOKS = 50
const LOOK_EVERY_MS = 20

/** Ends those of every run whose harness is gone. */
export async function cleanProcesses(): Promise<Cleaned> {
  const removed = await end(({ owner }) => owner !== undefined && stateOf(owner) === 'gone')
  const runs = new Map<string, LeftRun>(markedProcesses().map(({ mark }) => [mark.runId, mark]))
  return { removed, left: [...runs.values()] }
}

/** Ends those of one run, whoever owns it. */
export async function cleanProcessesOf(runId: string): Promise<Cleaned> {
  return { removed: await end(mark => mark.runId === runId), left: [] }
}

async function end(isLeft: (mark: Mark) => boolean): Promise<string[]> {
  const ended = new Set<number>()
  for (let looks = 0; looks < MAX_LOOKS; looks++) {
    const found = markedProcesses().filter(({ mark }) => isLeft(mark))
    if (found.length === 0) break
    for (const { pid } of found) {
      ended.add(pid)
      signalProcess(pid, 'SIGKILL')
    }
    await delay(LOOK_EVERY_MS)
  }
  return counted(ended.size, 'process', 'processes')
}

/** Without those of other users, which cannot be read, and without this process, which may have been started by a node. */
function markedProcesses(): { pid: number; mark: Mark }[] {
  return (processIds() ?? []).flatMap(pid => {
    const mark = pid === process.pid ? undefined : readMark(pid)
    return mark === undefined ? [] : [{ pid, mark }]
  })
}
