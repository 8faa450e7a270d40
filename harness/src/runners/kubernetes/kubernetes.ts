/** Runs each node in a pod of a cluster. One collector pod carries commands and lines for all of them. */
import type { Runner } from '../runner.ts'
import { SCRATCH } from './cluster/objects.ts'
import { createKubernetesFaults } from './faults/faults.ts'
import { startClusterReaper } from './leftovers/reaper.ts'
import { type KubernetesRunnerOptions, PodNetwork } from './pod-network.ts'
import { newKubernetesRun } from './run.ts'

export interface KubernetesRunner extends Runner {
  /** The label of everything that the run has in the cluster. */
  readonly runId: string
}

/** @throws with the cluster's own words, and leaves nothing behind */
export async function createKubernetesRunner(options: KubernetesRunnerOptions): Promise<KubernetesRunner> {
  const { cluster, cutCommands } = options
  const run = newKubernetesRun()
  const network = new PodNetwork(options, run, startClusterReaper(run.id, cluster, cutCommands?.heal))
  try {
    await network.start()
    const faults = createKubernetesFaults(network.pods, await network.cutters())
    return {
      runId: run.id,
      faults,
      keysFolder: SCRATCH,
      start: (spec, observe) => network.startNode(spec, observe),
      probe: async (_node, addrs) => await network.probe(addrs),
      // What a node leaves behind ends with it: its agent sees to that.
      reap: async () => [],
      close: async () => await network.close()
    }
  } catch (error) {
    await network.close()
    throw error
  }
}
