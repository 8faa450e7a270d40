/** What runs have in a cluster, by their labels, and its removal. */
import { setTimeout as delay } from 'node:timers/promises'
import { type Owner, parseOwner } from '../../processes/owner.ts'
import type { Cluster } from '../cluster/cluster.ts'
import { CLUSTER_RUN_LABEL, OWNER_ANNOTATION } from '../run.ts'

/** The cluster removes what belongs to a job after the job; pods may take their grace period. */
const GONE_WITHIN_MS = 40_000

/** Pods that are there after this are on a machine that is lost: nobody waits for its word. */
const DROP_AFTER_MS = 20_000
const LOOK_EVERY_MS = 250

export interface ClusterRun {
  readonly runId: string
  /** Undefined if its annotation makes no sense. */
  readonly owner: Owner | undefined
}

export async function findClusterRuns(cluster: Cluster): Promise<ClusterRun[]> {
  const jobs = await cluster.jobs(CLUSTER_RUN_LABEL)
  const runs = new Map<string, ClusterRun>()
  for (const { metadata } of jobs) {
    const runId = metadata?.labels?.[CLUSTER_RUN_LABEL] ?? ''
    runs.set(runId, { runId, owner: parseOwner(metadata?.annotations?.[OWNER_ANNOTATION]) })
  }
  return [...runs.values()]
}

/**
 * Resolves when nothing of the run is left, with what there was.
 *
 * @throws {Error} if the cluster refuses, or something is left
 */
export async function removeClusterRun(cluster: Cluster, runId: string): Promise<string[]> {
  const selector = `${CLUSTER_RUN_LABEL}=${runId}`
  const had = new Set(await cluster.remains(selector))
  const beganMs = performance.now()
  for (;;) {
    // A harness that was killed may have asked for one more.
    for (const { metadata } of await cluster.jobs(selector)) await cluster.deleteJob(metadata?.name ?? '')
    const left = await cluster.remains(selector)
    for (const each of left) had.add(each)
    if (left.length === 0) return [...had]
    const tookMs = performance.now() - beganMs
    if (tookMs > DROP_AFTER_MS)
      for (const { metadata } of await cluster.pods(selector)) await cluster.dropPod(metadata?.name ?? '')
    if (tookMs > GONE_WITHIN_MS)
      throw new Error(`after ${GONE_WITHIN_MS / 1_000} s the cluster still has ${left.slice(0, 3).join(', ')}`)
    await delay(LOOK_EVERY_MS)
  }
}
