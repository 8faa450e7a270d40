/** `test-network clean`: removes what runs have left whose harness was killed: processes, folders, containers, pods; and only that. */
import { printable } from '../printable.ts'
import { hasTestcontainers } from '../runners/container/require-testcontainers.ts'
import type { ClusterChoice } from '../runners/kubernetes/cluster/cluster.ts'
import { requireClient } from '../runners/kubernetes/cluster/require-client.ts'
import type { Cleaned, LeftRun } from '../runners/leftovers.ts'
import { formatOwner, stateOf } from '../runners/processes/owner.ts'
import type { Usage } from './usage/usages.ts'

type CleanUsage = Extract<Usage, { kind: 'clean' }>

/**
 * Removes what is left of every run whose harness is gone, or all of one run, and prints what it did.
 *
 * @throws with what to do about it, if the container engine that DOCKER_HOST names does not answer, or the cluster
 */
export async function clean({ runId, place }: Omit<CleanUsage, 'kind'>): Promise<void> {
  tell(place === undefined ? await hereCleaned(runId) : [await clusterCleaned(runId, place)])
}

function tell(cleaned: readonly Cleaned[]): void {
  const removed = cleaned.flatMap(each => each.removed)
  // What a harness that runs has of several kinds is told once.
  const left = cleaned.flatMap(each => each.left)
  const runs = new Map(left.map(run => [run.owner === undefined ? run.runId : formatOwner(run.owner), run]))
  const summary = removed.length === 0 ? 'nothing to remove' : `removed ${removed.join(', ')}`
  process.stdout.write(`${[summary, ...[...runs.values()].map(whyLeft)].join('\n')}\n`)
}

async function clusterCleaned(runId: string | undefined, place: ClusterChoice): Promise<Cleaned> {
  requireClient()
  const { connectCluster } = await import('../runners/kubernetes/cluster/connect.ts')
  const { cleanCluster, cleanClusterOf } = await import('../runners/kubernetes/leftovers/clean-cluster.ts')
  const cluster = await connectCluster(place)
  return runId === undefined ? await cleanCluster(cluster) : await cleanClusterOf(cluster, runId)
}

async function hereCleaned(runId: string | undefined): Promise<Cleaned[]> {
  const { cleanProcesses, cleanProcessesOf } = await import('../runners/processes/clean-processes.ts')
  const { cleanScratch, cleanScratchOf } = await import('../runners/scratch.ts')
  const processes = runId === undefined ? await cleanProcesses() : await cleanProcessesOf(runId)
  // Only then, as a process may still write there.
  const folders = runId === undefined ? cleanScratch() : cleanScratchOf(runId)
  const containers = await containersCleaned(runId)
  return [processes, folders, ...(containers === undefined ? [] : [containers])]
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
