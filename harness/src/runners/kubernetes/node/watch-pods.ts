/** Notices that a pod or its machine is lost while a node runs in it, and says so in the cluster's own words. */
import type { V1Pod } from '@kubernetes/client-node'
import { causeOfEnd } from '../cluster/await-pods.ts'
import type { Cluster } from '../cluster/cluster.ts'
import type { KubernetesNode } from './kubernetes-node.ts'
import type { Pod, Pods } from './pods.ts'

const LOOK_EVERY_MS = 1_000

/** Agents are heard twice a second. One that was not heard for so long is asked for at the cluster. */
const SILENT_AFTER_MS = 10_000

/** SIGKILL, by which the kernel ends what needs more memory than it may have: 128 and its number. */
const KILLED_CODE = 137

export interface WatchOptions {
  readonly cluster: Cluster
  readonly pods: Pods
  /** Of all pods of nodes. */
  readonly selector: string
  /** The node that runs in the pod, or has run there last. */
  readonly nodeIn: (pod: Pod) => KubernetesNode | undefined
  /** Since when no fault cuts it off, by `performance.now()`; undefined while one does: that it is silent is wanted. */
  readonly reachableSinceMs: (pod: Pod) => number | undefined
}

export function watchPods(options: WatchOptions): { stop(): void } {
  let isLooking = false
  const timer = setInterval(() => {
    if (isLooking) return
    isLooking = true
    // A cluster that does not answer now may answer the next time; if its API is gone the side channel tells.
    void look(options)
      .catch(() => {})
      .finally(() => {
        isLooking = false
      })
  }, LOOK_EVERY_MS)
  return { stop: () => clearInterval(timer) }
}

async function look({ cluster, pods, selector, nodeIn, reachableSinceMs }: WatchOptions): Promise<void> {
  const running = pods.all.filter(pod => nodeIn(pod) !== undefined && reachableSinceMs(pod) !== undefined)
  if (running.length === 0) return
  const found = new Map((await cluster.pods(selector)).map(pod => [pod.metadata?.name ?? '', pod]))
  for (const pod of running) {
    const node = nodeIn(pod)
    const known = found.get(pod.name)
    if (known?.status?.phase === 'Failed') await node?.containerEnded(endOfContainer(known))
    else if (pods.silentForMs(pod, reachableSinceMs(pod) ?? 0) > SILENT_AFTER_MS)
      await node?.lose(await whySilent(cluster, pod, known))
  }
}

/** The agent has not told of it: it ended with its node. */
function endOfContainer({ status }: V1Pod): Parameters<KubernetesNode['containerEnded']>[0] {
  const ended = status?.containerStatuses?.map(({ state }) => state?.terminated).find(each => each !== undefined)
  const remark = `[its container ended: ${causeOfEnd(status)}]`
  if (ended === undefined || ended.exitCode === KILLED_CODE) return { code: null, signal: 'SIGKILL', remark }
  return { code: ended.exitCode, signal: null, remark }
}

async function whySilent(cluster: Cluster, { name, machine }: Pod, known: V1Pod | undefined): Promise<string> {
  const silence = `nothing came from ${machine} for ${SILENT_AFTER_MS / 1_000} s`
  if (known === undefined) return `${silence}, and the cluster has no pod ${name} any more`
  const state = await cluster.machineState(machine).catch((error: Error) => error.message)
  return `${silence}; the cluster says of it: ${state}`
}
