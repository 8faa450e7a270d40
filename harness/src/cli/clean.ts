/** `test-network clean`: removes what runs have left whose harness was killed: processes, folders, containers; and only that. */
import { printable } from '../printable.ts'
import { hasTestcontainers } from '../runners/container/require-testcontainers.ts'
import type { Cleaned, LeftRun } from '../runners/leftovers.ts'
import { formatOwner, stateOf } from '../runners/processes/owner.ts'

/**
 * Removes what is left of every run whose harness is gone, or all of one run, and prints what it did.
 *
 * @throws with what to do about it, if the container engine that DOCKER_HOST names does not answer
 */
export async function clean(runId: string | undefined): Promise<void> {
  const { cleanProcesses, cleanProcessesOf } = await import('../runners/processes/clean-processes.ts')
  const { cleanScratch, cleanScratchOf } = await import('../runners/scratch.ts')
  const processes = runId === undefined ? await cleanProcesses() : await cleanProcessesOf(runId)
  // Only then, as a process may still write there.
  const folders = runId === undefined ? cleanScratch() : cleanScratchOf(runId)
  const containers = await containersCleaned(runId)
  const removed = [processes, folders, containers].flatMap(cleaned => cleaned?.removed ?? [])
  // What a harness that runs has of several kinds is told once.
  const left = [processes, folders, containers].flatMap(cleaned => cleaned?.left ?? [])
  const runs = new Map(left.map(run => [run.owner === undefined ? run.runId : formatOwner(run.owner), run]))
  const summary = removed.length === 0 ? 'nothing to remove' : `removed ${removed.join(', ')}`
  process.stdout.write(`${[summary, ...[...runs.values()].map(whyLeft)].join('\n')}\n`)
}

/** Undefined where no run can have had containers. Where an engine may be, but does not answer, that is said. */
async function containersCleaned(runId: string | undefined): Promise<Cleaned | undefined> {
  if (!hasTestcontainers()) return undefined
  const { cleanContainers, cleanContainersOf } = await import('../runners/container/leftovers/clean-containers.ts')
  try {
    return runId === undefined ? await cleanContainers() : await cleanContainersOf(runId)
  } catch (error) {
    if (process.env.DOCKER_HOST !== undefined) throw error
    process.stderr.write(`containers, if there are any, were left alone: ${(error as Error).message}\n`)
    return undefined
  }
}

function whyLeft({ runId, owner }: LeftRun): string {
  const run = `left: run ${printable(runId, 40)}`
  if (owner !== undefined && stateOf(owner) === 'lives')
    return `${run}, whose harness is running (process ${owner.pid})`
  return `${run}, of which this host cannot tell whether it is running; if not: test-network clean --run ${printable(runId, 40)}`
}
