/** The cluster that a kubeconfig names, or why there is none and what to do. */
import {
  BatchV1Api,
  CoreV1Api,
  type CoreV1Event,
  KubeConfig,
  NetworkingV1Api,
  PatchStrategy,
  setHeaderOptions
} from '@kubernetes/client-node'
import { printable } from '../../../printable.ts'
import type { Cluster, ClusterChoice } from './cluster.ts'
import { forwardPort } from './forward.ts'
import { clusterReasonOf, statusOf, withinTime } from './words.ts'

const NOT_FOUND = 404
const NO_FILE = 'loaded-context'
const OTHERWISE = 'Nodes as processes need no cluster: --runner process.'

/**
 * By the files that KUBECONFIG names, by ~/.kube/config, or from within a pod by its service account.
 *
 * @throws with what to do about it
 */
export async function connectCluster(choice: ClusterChoice): Promise<Cluster> {
  const config = readConfig(choice.context)
  const context = config.getCurrentContext()
  const server = printable(config.getCurrentCluster()?.server ?? '', 200)
  const namespace = choice.namespace ?? config.getContextObject(context)?.namespace ?? 'default'
  const cluster = clusterOf(config, context, namespace)
  const core = config.makeApiClient(CoreV1Api)
  await withinTime(core.listNamespacedPod({ namespace, limit: 1 })).catch((error: unknown) => {
    const what = statusOf(error) === undefined ? `does not answer at ${server}` : 'refuses to list pods'
    throw new Error(
      `the cluster of context ${printable(context, 100)} ${what}: ${clusterReasonOf(error)}. Name another one with --context, or correct ` +
        `the kubeconfig. ${OTHERWISE}`
    )
  })
  return cluster
}

function readConfig(context: string | undefined): KubeConfig {
  const config = new KubeConfig()
  try {
    config.loadFromDefault()
  } catch (error) {
    throw new Error(`the kubeconfig cannot be read: ${printable((error as Error).message, 300)}. ${OTHERWISE}`)
  }
  // What the client takes where it finds no file, and runs in no pod.
  if (config.getCurrentContext() === NO_FILE) {
    throw new Error(`there is no kubeconfig: let KUBECONFIG name one, or put it at ~/.kube/config. ${OTHERWISE}`)
  }
  const names = config.getContexts().map(({ name }) => name)
  const wanted = context ?? config.getCurrentContext()
  if (!names.includes(wanted) || config.getCurrentCluster() === null) {
    const known = names.length === 0 ? 'it has none' : `it has ${names.map(name => printable(name, 60)).join(', ')}`
    throw new Error(
      `the kubeconfig has no context ${JSON.stringify(printable(wanted ?? '', 100))}: ${known}. ${OTHERWISE}`
    )
  }
  config.setCurrentContext(wanted)
  return config
}

/** @param what - was to be done */
async function call<T>(what: string, answer: Promise<T>): Promise<T> {
  return await withinTime(answer).catch((error: unknown) => {
    throw new Error(`the cluster did not ${what}: ${clusterReasonOf(error)}`)
  })
}

function clusterOf(config: KubeConfig, context: string, namespace: string): Cluster {
  return {
    context,
    namespace,
    forward: async (pod, port) => await forwardPort(config, { namespace, pod, port }),
    ...changes(config, namespace),
    ...questions(config, namespace)
  }
}

type Changes = 'createJob' | 'createService' | 'createPolicy' | 'deletePolicy' | 'deleteJob' | 'dropPod' | 'labelPod'

function changes(config: KubeConfig, namespace: string): Pick<Cluster, Changes> {
  const core = config.makeApiClient(CoreV1Api)
  const batch = config.makeApiClient(BatchV1Api)
  const networking = config.makeApiClient(NetworkingV1Api)
  return {
    createJob: async body => await call('make a job', batch.createNamespacedJob({ namespace, body })),
    async createService(body) {
      await call('make the service', core.createNamespacedService({ namespace, body }))
    },
    async createPolicy(body) {
      await call('make a network policy', networking.createNamespacedNetworkPolicy({ namespace, body }))
    },
    async deletePolicy(name) {
      await call('remove a network policy', orGone(networking.deleteNamespacedNetworkPolicy({ namespace, name })))
    },
    async deleteJob(name) {
      const propagationPolicy = 'Background'
      await call('remove a job', orGone(batch.deleteNamespacedJob({ namespace, name, propagationPolicy })))
    },
    async dropPod(name) {
      await call('remove a pod', orGone(core.deleteNamespacedPod({ namespace, name, gracePeriodSeconds: 0 })))
    },
    async labelPod(name, labels) {
      const options = setHeaderOptions('Content-Type', PatchStrategy.MergePatch)
      await call('label a pod', core.patchNamespacedPod({ namespace, name, body: { metadata: { labels } } }, options))
    }
  }
}

function questions(
  config: KubeConfig,
  namespace: string
): Omit<Cluster, Changes | 'context' | 'namespace' | 'forward'> {
  const core = config.makeApiClient(CoreV1Api)
  const batch = config.makeApiClient(BatchV1Api)
  const networking = config.makeApiClient(NetworkingV1Api)
  const podsOf = async (labelSelector: string) =>
    (await call('list pods', core.listNamespacedPod({ namespace, labelSelector }))).items
  const jobsOf = async (labelSelector: string) =>
    (await call('list jobs', batch.listNamespacedJob({ namespace, labelSelector }))).items
  return {
    pods: podsOf,
    jobs: jobsOf,
    async warnings(kind, name) {
      const fieldSelector = `involvedObject.kind=${kind},involvedObject.name=${name},type=Warning`
      const { items } = await call('list events', core.listNamespacedEvent({ namespace, fieldSelector }))
      return items.sort((a, b) => timeOf(a) - timeOf(b)).map(({ message = '' }) => printable(message, 300))
    },
    async machines() {
      const { items } = await call('list its machines', core.listNode())
      return items.filter(takesPods).map(nameOf).sort()
    },
    async machineState(name) {
      const { status } = await call('tell of a machine', core.readNode({ name }))
      const ready = status?.conditions?.find(({ type }) => type === 'Ready')
      return printable(`Ready=${ready?.status ?? 'Unknown'}: ${ready?.message ?? 'it says nothing'}`, 300)
    },
    async remains(labelSelector) {
      const [pods, jobs, services, policies] = await Promise.all([
        podsOf(labelSelector),
        jobsOf(labelSelector),
        call('list services', core.listNamespacedService({ namespace, labelSelector })),
        call('list network policies', networking.listNamespacedNetworkPolicy({ namespace, labelSelector }))
      ])
      const named = (kind: string, items: readonly Named[]) => items.map(item => `${kind} ${nameOf(item)}`)
      return [
        ...named('pod', pods),
        ...named('job', jobs),
        ...named('service', services.items),
        ...named('network policy', policies.items)
      ]
    }
  }
}

async function orGone(answer: Promise<unknown>): Promise<unknown> {
  return await answer.catch((error: unknown) => {
    if (statusOf(error) !== NOT_FOUND) throw error
  })
}

type Named = { metadata?: { name?: string } }

function nameOf({ metadata }: Named): string {
  return metadata?.name ?? ''
}

function takesPods({ spec, status }: { spec?: NodeSpec; status?: NodeStatus }): boolean {
  const isReady = status?.conditions?.some(({ type, status }) => type === 'Ready' && status === 'True') ?? false
  const isTainted = spec?.taints?.some(({ effect }) => effect !== 'PreferNoSchedule') ?? false
  return isReady && !isTainted && spec?.unschedulable !== true
}

type NodeSpec = { unschedulable?: boolean; taints?: { effect: string }[] }
type NodeStatus = { conditions?: { type: string; status: string }[] }

function timeOf({ lastTimestamp, eventTime, metadata }: CoreV1Event): number {
  return new Date(lastTimestamp ?? eventTime ?? metadata?.creationTimestamp ?? 0).getTime()
}
