/** The pods of a run: makes them, connects to them, starts nodes in them, and removes them. */
import type { V1OwnerReference } from '@kubernetes/client-node'
import type { NodeName } from '../../contract.ts'
import { endpointOf, hostAndPort, NO_ENDPOINT } from '../probe.ts'
import type { LogPathOf, ProbeResult, Runner } from '../runner.ts'
import { awaitPods } from './cluster/await-pods.ts'
import type { Cluster } from './cluster/cluster.ts'
import {
  COLLECTOR_PORT,
  collectorJob,
  headlessService,
  type NodeImage,
  type NodeLimits,
  nodesJob,
  ownerOf
} from './cluster/objects.ts'
import type { NetworkCutter } from './faults/faults.ts'
import { createMachineCut } from './faults/machine-cut.ts'
import { createPolicyCut, probePolicies } from './faults/policy-cut.ts'
import { removeClusterRun } from './leftovers/leftovers.ts'
import type { ClusterReaper } from './leftovers/reaper.ts'
import { KubernetesNode } from './node/kubernetes-node.ts'
import { type Pod, Pods } from './node/pods.ts'
import { watchPods } from './node/watch-pods.ts'
import { type NodeGroup, type Partition, placeNodes } from './placement.ts'
import { CLUSTER_RUN_LABEL, type KubernetesRun, ROLE_LABEL } from './run.ts'
import { SideChannel } from './side-channel/side-channel.ts'

const PROBE_WITHIN_MS = 4_000

/** A collector that listens is connected to within this. */
const CONNECT_WITHIN_MS = 20_000

export interface KubernetesRunnerOptions {
  readonly cluster: Cluster
  readonly nodes: readonly NodeName[]
  /** What the plan cuts apart. */
  readonly partitions: readonly Partition[]
  readonly image: NodeImage
  /** Program and leading arguments, in that image. */
  readonly command: readonly string[]
  readonly limits: NodeLimits
  /** How a machine is cut off; undefined if the user does not say. */
  readonly cutCommands: { readonly cut: string; readonly heal: string } | undefined
  readonly logPathOf: LogPathOf
  /** Tells the user what takes longer than usual. */
  readonly say: (line: string) => void
}

export class PodNetwork {
  readonly pods: Pods
  readonly #options: KubernetesRunnerOptions
  readonly #run: KubernetesRun
  readonly #reaper: ClusterReaper
  /** By name, the last process of each node. */
  readonly #nodes = new Map<NodeName, KubernetesNode>()
  readonly #slots = new Map<NodeName, string>()
  #owner: V1OwnerReference | undefined
  #channel: SideChannel | undefined
  #watch: { stop(): void } | undefined
  #cutMachines: ReadonlySet<string> = new Set()
  /** When each machine was connected again that had been cut off. */
  readonly #healedAtMs = new Map<string, number>()
  /** There is no collector any more. */
  #isLost = false

  constructor(options: KubernetesRunnerOptions, run: KubernetesRun, reaper: ClusterReaper) {
    this.#options = options
    this.#run = run
    this.#reaper = reaper
    this.pods = new Pods(() => this.#openChannel)
  }

  /** Resolves when each node has a pod whose agent has said hello. */
  async start(): Promise<void> {
    const { cluster, image, nodes, say } = this.#options
    const groups = await this.#groups()
    say(`making ${nodes.length} pods in the namespace ${cluster.namespace} of ${cluster.context}`)
    const job = await cluster.createJob(collectorJob(this.#run, image.agentImage ?? image.name, groups[0]?.machines))
    const owner = ownerOf(job)
    this.#owner = owner
    const collector = await this.#startCollector(owner.name)
    await cluster.createService(headlessService(this.#run, owner))
    await this.#makePods(groups, owner, collector)
    this.#watch = watchPods({
      cluster,
      pods: this.pods,
      selector: this.#selector('node'),
      nodeIn: pod => [...this.#nodes.values()].find(node => node.pod === pod),
      reachableSinceMs: ({ machine }) =>
        this.#cutMachines.has(machine) ? undefined : (this.#healedAtMs.get(machine) ?? 0)
    })
  }

  /** The means to cut nodes apart. Policies are probed only if nothing else can do what is planned. */
  async cutters(): Promise<NetworkCutter[]> {
    const { cutCommands, nodes, partitions, cluster } = this.#options
    const machines = createMachineCut({
      commands: cutCommands,
      nodes,
      machineOf: node => this.#podOf(node)?.machine,
      heardAtMs: node => this.#heardAtMs(node),
      onCut: cut => {
        for (const machine of this.#cutMachines) this.#healedAtMs.set(machine, performance.now())
        this.#cutMachines = new Set(cut)
        this.#reaper.noteCut(cut)
      }
    })
    const needsPolicies = partitions.some(groups => machines.cannot({ type: 'partition', groups }) !== undefined)
    const [first] = this.pods.all
    if (!needsPolicies || first === undefined || this.#owner === undefined) return [machines]
    const options = { cluster, run: this.#run, owner: this.#owner, pods: this.pods }
    this.#options.say('trying whether this cluster carries out network policies')
    const refusal = await probePolicies(options, first)
    const podOf = (node: NodeName) => this.#podOf(node)
    const endpointOf = (node: NodeName) => this.#nodes.get(node)?.endpoint
    return [machines, createPolicyCut({ ...options, refusal, nodes, podOf, endpointOf })]
  }

  startNode(...[spec, observe]: Parameters<Runner['start']>): KubernetesNode {
    const { command, logPathOf } = this.#options
    const pod = this.#isLost ? undefined : this.#podOf(spec.node)
    const listen = pod === undefined ? '' : listenAddrOf(pod, spec.listen)
    const argv = [...(spec.command ?? command), ...spec.args, '--listen', listen]
    const node = new KubernetesNode(spec, { pods: this.pods, pod, argv, logPath: logPathOf(spec.node) }, observe)
    this.#nodes.set(spec.node, node)
    return node
  }

  /** From the collector, which is an address of no node. */
  async probe(addrs: readonly string[]): Promise<ProbeResult> {
    const [addr = ''] = addrs
    const endpoint = addrs.map(endpointOf).find(found => found !== undefined)
    if (endpoint === undefined) return { addr, result: 'not-tried', why: NO_ENDPOINT }
    const answer = await this.#openChannel.dial(hostAndPort(endpoint), PROBE_WITHIN_MS)
    if (answer === undefined) return { addr: endpoint.addr, result: 'not-tried', why: 'the collector did not answer' }
    const { result, why } = answer
    return result === 'connected' ? { addr: endpoint.addr, result } : { addr: endpoint.addr, result: 'refused', why }
  }

  /** Never rejects: what cannot be removed now is left to the reaper. */
  async close(): Promise<void> {
    this.#watch?.stop()
    for (const pod of this.pods.all) pod.tell({ type: 'end' })
    try {
      await removeClusterRun(this.#options.cluster, this.#run.id)
      await this.#reaper.dismiss()
    } catch {
      this.#reaper.reap()
    }
    this.#channel?.close()
  }

  get #openChannel(): SideChannel {
    if (this.#channel === undefined) throw new Error('nobody is asked before the collector is there')
    return this.#channel
  }

  #selector(role: 'collector' | 'node'): string {
    return `${CLUSTER_RUN_LABEL}=${this.#run.id},${ROLE_LABEL}=${role}`
  }

  /** All nodes in one group, unless the plan cuts machines off: then each side has machines of its own. */
  async #groups(): Promise<NodeGroup[]> {
    const { cluster, nodes, partitions, cutCommands } = this.#options
    if (cutCommands === undefined || partitions.length === 0) return [{ nodes }]
    return placeNodes(nodes, partitions, await cluster.machines())
  }

  /** Its address, once it runs and the harness is connected to it. */
  async #startCollector(job: string): Promise<string> {
    const { cluster } = this.#options
    const [pod] = await awaitPods(cluster, {
      selector: this.#selector('collector'),
      jobs: new Map([[job, 1]]),
      progress: pods => pods.filter(({ status }) => status?.phase === 'Running').length,
      enough: 1
    })
    const name = pod?.metadata?.name ?? ''
    this.#channel = new SideChannel({
      open: async () => await cluster.forward(name, COLLECTOR_PORT),
      token: this.#run.token,
      onFrame: frame => this.pods.take(frame),
      onLost: why => this.#lose(why)
    })
    await this.#channel.start(CONNECT_WITHIN_MS)
    return pod?.status?.podIP ?? ''
  }

  /** One job for each group, and a pod for each node: nodes of a group get the pods of one machine after those of another. */
  async #makePods(groups: readonly NodeGroup[], owner: V1OwnerReference, collectorAddress: string): Promise<void> {
    const { cluster, image, limits, nodes } = this.#options
    const jobs = new Map<string, number>()
    for (const [index, group] of groups.entries()) {
      const options = { run: this.#run, owner, collectorAddress, image, limits }
      const job = await cluster.createJob(nodesJob(index, group, options))
      jobs.set(job.metadata?.name ?? '', group.nodes.length)
    }
    await awaitPods(cluster, {
      selector: this.#selector('node'),
      jobs,
      progress: () => this.pods.all.filter(pod => this.pods.clockOf(pod) !== undefined).length,
      enough: nodes.length
    })
    for (const [index, group] of groups.entries()) {
      const slots = this.pods.all
        .filter(({ slot }) => slot.startsWith(`${index}-`))
        .sort((a, b) => a.machine.localeCompare(b.machine) || a.slot.localeCompare(b.slot))
      for (const [place, node] of group.nodes.entries()) this.#slots.set(node, slots[place]?.slot ?? '')
    }
  }

  #podOf(node: NodeName): Pod | undefined {
    return this.pods.in(this.#slots.get(node) ?? '')
  }

  #heardAtMs(node: NodeName): number {
    const pod = this.#podOf(node)
    return pod === undefined ? 0 : this.pods.heardAtMs(pod)
  }

  #lose(why: string): void {
    this.#isLost = true
    for (const node of this.#nodes.values()) void node.lose(`the collector of the run is lost: ${why}`)
  }
}

/** Where it listened before, unless the cluster has replaced its pod. */
function listenAddrOf({ address }: Pod, before: string | undefined): string {
  const host = `/${address.includes(':') ? 'ip6' : 'ip4'}/${address}/tcp/`
  return before?.startsWith(host) ? before : `${host}0`
}
