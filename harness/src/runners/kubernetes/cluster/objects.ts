/** What a run makes in a cluster: plain values. The collector's job owns all others, so that they go when it goes. */
import type {
  V1Container,
  V1EnvVar,
  V1Job,
  V1NetworkPolicy,
  V1ObjectMeta,
  V1OwnerReference,
  V1PodSpec,
  V1Service
} from '@kubernetes/client-node'
import type { NodeGroup } from '../placement.ts'
import { type KubernetesRun, ROLE_LABEL } from '../run.ts'

export const COLLECTOR_PORT = 7_946

/** Where a pod of a node can write: keys, and the agent in a pod of an image that has none. */
export const SCRATCH = '/gossip-testbed'

/** Which of the groups that a network policy keeps apart a pod belongs to. */
export const SIDE_LABEL = 'gossip-testbed/side'

const NOBODY = 65_534

/** A pod that is deleted may tell how its node ended. */
const GRACE_SECONDS = 5

/** What a node may use if the user does not say: several times what ours takes. */
const DEFAULT_MEMORY_BYTES = 512 * 2 ** 20

/** What the cluster keeps free for a node: what ours takes, and a fiftieth of a processor. */
const REQUESTED_MEMORY_BYTES = 96 * 2 ** 20
const REQUESTED_CPU = '20m'

/** What runs in the pods of nodes. */
export interface NodeImage {
  readonly name: string
  /** An image with our agent, which an init container brings into pods of `name`; undefined if `name` has the agent. */
  readonly agentImage: string | undefined
}

export interface NodeLimits {
  readonly memoryBytes: number | undefined
  readonly cpus: number | undefined
}

export function collectorJob(run: KubernetesRun, image: string, machines: readonly string[] | undefined): V1Job {
  const container: V1Container = {
    name: 'collector',
    image,
    imagePullPolicy: 'IfNotPresent',
    command: ['/testbed-agent', 'collect'],
    env: [
      { name: 'TESTBED_LISTEN', value: `:${COLLECTOR_PORT}` },
      { name: 'TESTBED_TOKEN', value: run.token }
    ],
    ports: [{ containerPort: COLLECTOR_PORT }],
    securityContext: restricted,
    resources: { requests: { cpu: '50m', memory: '32Mi' }, limits: { memory: '256Mi' } }
  }
  return {
    metadata: metaOf(run, `${run.name}-collector`, 'collector'),
    spec: {
      backoffLimit: 0,
      // Without a harness the collector ends, and the cluster removes all that it owns.
      ttlSecondsAfterFinished: 0,
      template: {
        metadata: { labels: labelsOf(run, 'collector') },
        spec: { ...podSpec, containers: [container], ...affinityTo(machines) }
      }
    }
  }
}

/** DNS names for the pods, where a cluster has DNS, for programs that want them. Nodes are told of IP addresses. */
export function headlessService(run: KubernetesRun, owner: V1OwnerReference): V1Service {
  return {
    metadata: { ...metaOf(run, run.name, 'node'), ownerReferences: [owner] },
    spec: { clusterIP: 'None', publishNotReadyAddresses: true, selector: labelsOf(run, 'node') }
  }
}

export interface NodesJobOptions {
  readonly run: KubernetesRun
  readonly owner: V1OwnerReference
  /** Of the collector. */
  readonly collectorAddress: string
  readonly image: NodeImage
  readonly limits: NodeLimits
}

/** @param group - the how many-th it is: slots of its pods begin with it */
export function nodesJob(group: number, { nodes, machines }: NodeGroup, options: NodesJobOptions): V1Job {
  const { run, owner } = options
  const labels = labelsOf(run, 'node')
  return {
    metadata: { ...metaOf(run, `${run.name}-${group}`, 'node'), ownerReferences: [owner] },
    spec: {
      completionMode: 'Indexed',
      completions: nodes.length,
      parallelism: nodes.length,
      // A pod that the cluster ends is replaced: its node may start again in it.
      backoffLimit: 6 + nodes.length,
      template: {
        metadata: { labels },
        spec: {
          ...podSpec,
          subdomain: run.name,
          ...agentContainers(group, options),
          volumes: [{ name: 'scratch', emptyDir: {} }],
          ...affinityTo(machines),
          topologySpreadConstraints: [
            {
              maxSkew: 1,
              topologyKey: 'kubernetes.io/hostname',
              whenUnsatisfiable: 'ScheduleAnyway',
              labelSelector: { matchLabels: labels }
            }
          ]
        }
      }
    }
  }
}

function agentContainers(group: number, options: NodesJobOptions): Pick<V1PodSpec, 'containers' | 'initContainers'> {
  const { run, collectorAddress, image, limits } = options
  const { memoryBytes = DEFAULT_MEMORY_BYTES, cpus } = limits
  const shared = { imagePullPolicy: 'IfNotPresent', securityContext: restricted, volumeMounts: [mount] }
  const resources = {
    requests: {
      cpu: cpus === undefined ? REQUESTED_CPU : String(cpus),
      memory: String(Math.min(memoryBytes, REQUESTED_MEMORY_BYTES))
    },
    limits: { memory: String(memoryBytes), ...(cpus !== undefined && { cpu: String(cpus) }) }
  }
  const env: V1EnvVar[] = [
    { name: 'TESTBED_COLLECTOR', value: `${collectorAddress}:${COLLECTOR_PORT}` },
    { name: 'TESTBED_TOKEN', value: run.token },
    { name: 'TESTBED_GROUP', value: String(group) },
    fromPod('TESTBED_POD', 'metadata.name'),
    fromPod('TESTBED_MACHINE', 'spec.nodeName'),
    fromPod('TESTBED_ADDRESS', 'status.podIP'),
    { name: 'HOME', value: SCRATCH },
    { name: 'TMPDIR', value: SCRATCH }
  ]
  const folder = image.agentImage === undefined ? '' : SCRATCH
  const node = {
    ...shared,
    name: 'node',
    image: image.name,
    command: [`${folder}/testbed-agent`, 'run'],
    env,
    resources
  }
  if (image.agentImage === undefined) return { containers: [node] }
  const command = ['/testbed-agent', 'install', SCRATCH]
  return {
    initContainers: [{ ...shared, name: 'agent', image: image.agentImage, command, resources }],
    containers: [node]
  }
}

/** Pods of one side reach each other and the collector, and nobody else. */
export function sidePolicy(run: KubernetesRun, owner: V1OwnerReference, side: string): V1NetworkPolicy {
  const own = { podSelector: { matchLabels: { ...labelsOf(run, 'node'), [SIDE_LABEL]: side } } }
  const collector = { podSelector: { matchLabels: labelsOf(run, 'collector') } }
  return {
    metadata: { ...metaOf(run, policyName(run, side), 'node'), ownerReferences: [owner] },
    spec: {
      ...own,
      policyTypes: ['Ingress', 'Egress'],
      ingress: [{ _from: [own, collector] }],
      egress: [{ to: [own, collector] }]
    }
  }
}

/** Pods of this side reach nobody, and nobody reaches them. */
export function silencePolicy(run: KubernetesRun, owner: V1OwnerReference, side: string): V1NetworkPolicy {
  const policy = sidePolicy(run, owner, side)
  const podSelector = policy.spec?.podSelector ?? {}
  return { ...policy, spec: { podSelector, policyTypes: ['Ingress', 'Egress'] } }
}

export function policyName({ name }: KubernetesRun, side: string): string {
  return `${name}-${side}`
}

/** @param job - as the cluster keeps it */
export function ownerOf(job: V1Job): V1OwnerReference {
  const { name = '', uid = '' } = job.metadata ?? {}
  return { apiVersion: 'batch/v1', kind: 'Job', name, uid, blockOwnerDeletion: false }
}

function labelsOf({ labels }: KubernetesRun, role: 'collector' | 'node'): Record<string, string> {
  return { ...labels, [ROLE_LABEL]: role }
}

function metaOf(run: KubernetesRun, name: string, role: 'collector' | 'node'): V1ObjectMeta {
  return { name, labels: labelsOf(run, role), annotations: { ...run.annotations } }
}

/** What the level `restricted` of the Pod Security Standards asks for, and no file of the image can be written. */
const restricted = {
  allowPrivilegeEscalation: false,
  readOnlyRootFilesystem: true,
  capabilities: { drop: ['ALL'] }
}

const podSpec = {
  restartPolicy: 'Never',
  automountServiceAccountToken: false,
  enableServiceLinks: false,
  terminationGracePeriodSeconds: GRACE_SECONDS,
  // A machine that is cut off on purpose keeps its pods, however long that lasts.
  tolerations: ['unreachable', 'not-ready'].map(state => ({
    key: `node.kubernetes.io/${state}`,
    operator: 'Exists',
    effect: 'NoExecute'
  })),
  securityContext: {
    runAsNonRoot: true,
    runAsUser: NOBODY,
    runAsGroup: NOBODY,
    fsGroup: NOBODY,
    seccompProfile: { type: 'RuntimeDefault' }
  }
}

const mount = { name: 'scratch', mountPath: SCRATCH }

function fromPod(name: string, fieldPath: string): V1EnvVar {
  return { name, valueFrom: { fieldRef: { fieldPath } } }
}

function affinityTo(machines: readonly string[] | undefined): Pick<V1PodSpec, 'affinity'> {
  if (machines === undefined) return {}
  // By their names, which need not be their `kubernetes.io/hostname`. Such a field takes one value; terms are alternatives.
  const nodeSelectorTerms = machines.map(machine => ({
    matchFields: [{ key: 'metadata.name', operator: 'In', values: [machine] }]
  }))
  return { affinity: { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms } } } }
}
