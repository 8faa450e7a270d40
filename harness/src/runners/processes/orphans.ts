/** Processes of runs whose harness is gone, found by their mark. */
import { readMark } from './mark.ts'
import { signalProcess } from './owned.ts'
import { stateOf } from './owner.ts'
import { processIds } from './stat.ts'

/** One that is being killed may be starting another one. */
const MAX_PASSES = 5

/** Kills them all, and returns how many. Processes of a harness that lives, or that cannot be seen from here, are left alone. */
export function killOrphans(): number {
  const killed = new Set<number>()
  for (let pass = 0; pass < MAX_PASSES; pass++) {
    const found = (processIds() ?? []).filter(pid => !killed.has(pid) && isOrphan(pid))
    if (found.length === 0) break
    for (const pid of found) {
      killed.add(pid)
      signalProcess(pid, 'SIGKILL')
    }
  }
  return killed.size
}

function isOrphan(pid: number): boolean {
  const owner = readMark(pid)?.owner
  return owner !== undefined && stateOf(owner) === 'gone'
}
