/** A cluster whose machines are this host: its pods are real agents, each at a loopback address of its own, behind links that can be cut. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { connect } from 'node:net'
import type { V1EnvVar, V1Job, V1NetworkPolicy, V1Pod, V1Service } from '@kubernetes/client-node'
import type { Test } from 'tap'
import type { Cluster } from '../../../src/runners/kubernetes/cluster/cluster.ts'
import { COLLECTOR_PORT } from '../../../src/runners/kubernetes/cluster/objects.ts'
import { FakeLink } from './fake-link.ts'
import { type FakePod, isSelected, podOf } from './fake-pod.ts'

export interface FakeClusterOptions {
  /** Path of the agent's program. */
  readonly agent: string
  readonly machines?: readonly string[]
  /** A network policy silences the machines of the pods that were labelled. */
  readonly carriesOutPolicies?: boolean
}

/** Two such clusters at once have different addresses. */
let clusters = 0

export class FakeCluster implements Cluster {
  readonly context = 'fake'
  readonly namespace = 'default'
  readonly #agent: string
  readonly #machines: readonly string[]
  readonly #net = `127.${100 + (process.pid % 100)}.${++clusters}`
  readonly #pods = new Map<string, FakePod>()
  readonly #jobs = new Map<string, V1Job>()
  readonly #policies = new Set<string>()
  readonly #services = new Set<string>()
  readonly #links: ReadonlyMap<string, FakeLink>
  readonly #carriesOutPolicies: boolean
  readonly #labelled = new Set<string>()
  #made = 0

  /** Its pods end with the test. */
  constructor(t: Test, { agent, machines = ['m1', 'm2'], carriesOutPolicies = false }: FakeClusterOptions) {
    this.#agent = agent
    this.#carriesOutPolicies = carriesOutPolicies
    this.#machines = machines
    this.#links = new Map(
      machines.map(machine => [machine, new FakeLink({ host: `${this.#net}.1`, port: COLLECTOR_PORT })])
    )
    t.teardown(() => {
      for (const link of this.#links.values()) link.close()
      for (const { child } of this.#pods.values()) child.kill('SIGKILL')
    })
  }

  /** Nothing passes between the pods of the machine and the collector, and nothing tells them so. */
  cut(machine: string): void {
    this.#links.get(machine)?.cut()
  }

  heal(machine: string): void {
    this.#links.get(machine)?.heal()
  }

  /** As a kernel does that has no memory left. */
  killPod(name: string): void {
    this.#pods.get(name)?.child.kill('SIGKILL')
  }

  async createJob(job: V1Job): Promise<V1Job> {
    const kept = { ...job, metadata: { ...job.metadata, uid: `uid-${this.#jobs.size}` } }
    this.#jobs.set(nameOf(job), kept)
    for (let index = 0; index < (job.spec?.completions ?? 1); index += 1) await this.#startPod(kept, index)
    return kept
  }

  async createService(service: V1Service): Promise<void> {
    this.#services.add(nameOf(service))
  }

  async createPolicy(policy: V1NetworkPolicy): Promise<void> {
    this.#policies.add(nameOf(policy))
    if (this.#carriesOutPolicies) for (const machine of this.#labelled) this.cut(machine)
  }

  async deletePolicy(name: string): Promise<void> {
    this.#policies.delete(name)
    if (this.#carriesOutPolicies) for (const machine of this.#labelled) this.heal(machine)
  }

  async labelPod(name: string): Promise<void> {
    this.#labelled.add(this.#pods.get(name)?.machine ?? '')
  }

  async dropPod(name: string): Promise<void> {
    this.killPod(name)
    this.#pods.delete(name)
  }

  async pods(selector: string): Promise<V1Pod[]> {
    return [...this.#pods.values()].filter(({ labels }) => isSelected(labels, selector)).map(podOf)
  }

  async warnings(): Promise<string[]> {
    return []
  }

  async machines(): Promise<string[]> {
    return [...this.#machines]
  }

  async machineState(name: string): Promise<string> {
    return `Ready=Unknown: ${name} stopped posting its status`
  }

  async forward(pod: string, port: number) {
    const socket = connect({ host: this.#pods.get(pod)?.address ?? '', port })
    await once(socket, 'connect')
    return socket
  }

  async jobs(selector: string): Promise<V1Job[]> {
    return [...this.#jobs.values()].filter(({ metadata }) => isSelected(metadata?.labels ?? {}, selector))
  }

  async deleteJob(name: string): Promise<void> {
    this.#jobs.delete(name)
    const ended = [...this.#pods.values()].filter(({ job }) => job === name)
    for (const { child } of ended) child.kill('SIGTERM')
    const areEnded = ended.map(({ child }) => child.exitCode ?? child.signalCode ?? once(child, 'exit'))
    await Promise.all(areEnded)
    for (const pod of ended) this.#pods.delete(pod.name)
    if (this.#jobs.size === 0) this.#services.clear()
  }

  async remains(selector: string): Promise<string[]> {
    return [
      ...(await this.pods(selector)).map(pod => `pod ${nameOf(pod)}`),
      ...(await this.jobs(selector)).map(job => `job ${nameOf(job)}`),
      ...[...this.#services].map(name => `service ${name}`),
      ...[...this.#policies].map(name => `network policy ${name}`)
    ]
  }

  async #startPod(job: V1Job, index: number): Promise<void> {
    const { metadata, spec } = job.spec!.template
    const [container] = spec!.containers
    const machine = this.#machineFor(job, index)
    const isCollector = container!.name === 'collector'
    const address = `${this.#net}.${isCollector ? 1 : ++this.#made + 1}`
    const name = `${nameOf(job)}-${index}`
    const fields = { 'metadata.name': name, 'spec.nodeName': machine, 'status.podIP': address }
    const own = isCollector
      ? { TESTBED_LISTEN: `${address}:${COLLECTOR_PORT}` }
      : { TESTBED_COLLECTOR: await this.#links.get(machine)!.address() }
    const variables = (container!.env ?? []).map(variable => [variable.name, textOf(variable, fields)])
    const env = { ...process.env, ...Object.fromEntries(variables), JOB_COMPLETION_INDEX: String(index), ...own }
    const child = spawn(this.#agent, container!.command!.slice(1), { env, stdio: 'ignore', detached: true })
    this.#pods.set(name, { name, job: nameOf(job), labels: metadata?.labels ?? {}, address, machine, child })
  }

  #machineFor(job: V1Job, index: number): string {
    const { affinity } = job.spec!.template.spec!
    const terms = affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms
    const allowed = terms?.flatMap(({ matchFields }) => matchFields?.[0]?.values ?? []) ?? this.#machines
    return allowed[index % allowed.length]!
  }
}

function nameOf({ metadata }: { metadata?: { name?: string } }): string {
  return metadata?.name ?? ''
}

function textOf({ value, valueFrom }: V1EnvVar, fields: Readonly<Record<string, string>>): string {
  return value ?? fields[valueFrom?.fieldRef?.fieldPath ?? ''] ?? ''
}
