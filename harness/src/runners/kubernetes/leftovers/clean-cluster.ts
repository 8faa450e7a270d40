/** Removes from a cluster what runs have left whose harness is gone, and only that. */
import { setTimeout as delay } from 'node:timers/promises'
import { type Cleaned, counted } from '../../leftovers.ts'
import { stateOf } from '../../processes/owner.ts'
import type { Cluster } from '../cluster/cluster.ts'
import { findClusterRuns, removeClusterRun } from './leftovers.ts'

/** @throws with the cluster's words */
export async function cleanCluster(cluster: Cluster): Promise<Cleaned> {
  const runs = await findClusterRuns(cluster)
  const gone = runs.filter(({ owner }) => owner !== undefined && stateOf(owner) === 'gone')
  const removed = await Promise.all(gone.map(({ runId }) => removeClusterRun(cluster, runId)))
  return { removed: removedOf(removed.flat()), left: runs.filter(run => !gone.includes(run)) }
}

/** What a cluster is still asked to make when its harness is killed appears within this. */
const QUIET_MS = 2_000

/** All that one run has, whoever owns it. @throws with the cluster's words */
export async function cleanClusterOf(cluster: Cluster, runId: string): Promise<Cleaned> {
  const removed = await removeClusterRun(cluster, runId)
  await delay(QUIET_MS)
  removed.push(...(await removeClusterRun(cluster, runId)))
  return { removed: removedOf([...new Set(removed)]), left: [] }
}

function removedOf(remains: readonly string[]): string[] {
  const count = (kind: string) => remains.filter(each => each.startsWith(`${kind} `)).length
  return [
    ...counted(count('pod'), 'pod'),
    ...counted(count('job'), 'job'),
    ...counted(count('service'), 'service'),
    ...counted(count('network policy'), 'network policy', 'network policies')
  ]
}
