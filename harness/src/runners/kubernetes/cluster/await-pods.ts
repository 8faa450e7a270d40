/** Waits for pods, and tells in the cluster's own words why they will not run. */
import type { V1Pod } from '@kubernetes/client-node'
import { printable } from '../../../printable.ts'
import type { Cluster } from './cluster.ts'

const LOOK_EVERY_MS = 300

/** A cluster that makes no progress for so long is given up: it may have to pull an image, or to find room. */
const PROGRESS_WITHIN_MS = 90_000

/** What a kubelet says of a container that it will not be able to start. */
const HOPELESS = new Set([
  'CreateContainerConfigError',
  'CreateContainerError',
  'ErrImageNeverPull',
  'ErrImagePull',
  'ImageInspectError',
  'ImagePullBackOff',
  'InvalidImageName',
  'RunContainerError'
])

export interface Awaited {
  /** Selects the pods. */
  readonly selector: string
  /** By name, the jobs that make them, and how many each. */
  readonly jobs: ReadonlyMap<string, number>
  /** How far it is; more is better. All is well when it returns `enough`. */
  readonly progress: (pods: readonly V1Pod[]) => number
  readonly enough: number
  /** Nobody waits any more. */
  readonly signal?: AbortSignal
}

/**
 * Resolves with the pods when there is enough progress.
 *
 * @throws {Error} with the cluster's own words
 */
export async function awaitPods(cluster: Cluster, awaited: Awaited): Promise<V1Pod[]> {
  let best = -1
  let bestAtMs = performance.now()
  for (;;) {
    awaited.signal?.throwIfAborted()
    const pods = await cluster.pods(awaited.selector)
    const progress = awaited.progress(pods)
    if (progress >= awaited.enough) return pods
    if (progress > best) [best, bestAtMs] = [progress, performance.now()]
    const hopeless = pods.map(hopelessReason).find(why => why !== undefined)
    if (hopeless !== undefined) throw new Error(hopeless)
    await requireMade(cluster, awaited, pods)
    if (performance.now() - bestAtMs > PROGRESS_WITHIN_MS) throw new Error(whyStuck(pods, awaited))
    await new Promise(resolve => setTimeout(resolve, LOOK_EVERY_MS))
  }
}

/** Why a container of the pod will not run; undefined if it may. */
function hopelessReason(pod: V1Pod): string | undefined {
  const { metadata, status } = pod
  const containers = [...(status?.initContainerStatuses ?? []), ...(status?.containerStatuses ?? [])]
  for (const { state, image } of containers) {
    const { reason, message } = state?.waiting ?? {}
    if (reason === undefined || !HOPELESS.has(reason)) continue
    const words = message === undefined ? reason : `${reason}: ${message}`
    return `the pod ${metadata?.name} cannot run the image ${printable(image, 200)}: ${printable(words, 400)}`
  }
  // A pod of ours runs as long as the run does.
  return status?.phase === 'Failed' ? `the pod ${metadata?.name} has failed: ${causeOfEnd(status)}` : undefined
}

/** How the cluster says that a pod or its container has ended. */
export function causeOfEnd(status: V1Pod['status']): string {
  const ended = [...(status?.initContainerStatuses ?? []), ...(status?.containerStatuses ?? [])]
    .map(({ state }) => state?.terminated)
    .find(each => each !== undefined && each.exitCode !== 0)
  const said = [status?.reason, status?.message, ended?.reason, ended?.message].filter(each => each !== undefined)
  const code = ended === undefined ? [] : [`exit code ${ended.exitCode}`]
  return printable([...said, ...code].join(': ') || 'it does not say why', 400)
}

/** Quotas, limits and security admission refuse pods when their job asks for them: only events tell. */
async function requireMade(cluster: Cluster, { jobs }: Awaited, pods: readonly V1Pod[]): Promise<void> {
  for (const [job, wanted] of jobs) {
    const made = pods.filter(({ metadata }) => metadata?.ownerReferences?.some(({ name }) => name === job)).length
    if (made >= wanted) continue
    // Who may not read events waits for the time to be over.
    const said = (await cluster.warnings('Job', job).catch(() => [])).at(-1)
    if (said !== undefined) throw new Error(`the cluster makes no more than ${made} of ${wanted} pods: ${said}`)
  }
}

function whyStuck(pods: readonly V1Pod[], { enough, progress }: Awaited): string {
  const unscheduled = pods
    .flatMap(({ status }) => status?.conditions ?? [])
    .find(({ type, status }) => type === 'PodScheduled' && status === 'False')
  const words = unscheduled?.message ?? 'they are scheduled, and do not run'
  return `${progress(pods)} of ${enough} pods were ready, and no other one within ${PROGRESS_WITHIN_MS / 1_000} s: ${printable(words, 400)}`
}
