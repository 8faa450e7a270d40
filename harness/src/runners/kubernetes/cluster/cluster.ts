/** What the runner asks of a cluster. `connect.ts` makes it of the one that a kubeconfig names. */
import type { Duplex } from 'node:stream'
import type { V1Job, V1NetworkPolicy, V1Pod, V1Service } from '@kubernetes/client-node'

export interface ClusterChoice {
  /** The current one of the kubeconfig if undefined. */
  readonly context: string | undefined
  /** That of the context if undefined. */
  readonly namespace: string | undefined
}

/** Every call throws an Error whose message holds the cluster's own words, and takes no longer than a minute. */
export interface Cluster {
  /** What a user knows it by: the name of the context. */
  readonly context: string
  readonly namespace: string
  /** The job as the cluster keeps it. */
  createJob(job: V1Job): Promise<V1Job>
  createService(service: V1Service): Promise<void>
  createPolicy(policy: V1NetworkPolicy): Promise<void>
  /** One that is gone is what was wanted. */
  deletePolicy(name: string): Promise<void>
  /** Adds to the labels of a pod. */
  labelPod(name: string, labels: Readonly<Record<string, string>>): Promise<void>
  /** @param selector - as `name=value` */
  pods(selector: string): Promise<V1Pod[]>
  /** What the cluster complains of about an object, the last words last. */
  warnings(kind: string, name: string): Promise<string[]>
  /** Those that take pods, in the order of their names. */
  machines(): Promise<string[]>
  /** What the cluster says of a machine that may be lost, in its own words. */
  machineState(name: string): Promise<string>
  /** A connection to a port of a pod, by way of the cluster's API. */
  forward(pod: string, port: number): Promise<Duplex>
  /** By the label of runs, all jobs that runs have; what else a run has goes with its first job. */
  jobs(selector: string): Promise<V1Job[]>
  /** With all that belongs to it. One that is gone is what was wanted. */
  deleteJob(name: string): Promise<void>
  /** At once, without a word of its machine, which may be lost. One that is gone is what was wanted. */
  dropPod(name: string): Promise<void>
  /** Kinds and names of everything that is labelled so. */
  remains(selector: string): Promise<string[]>
}
