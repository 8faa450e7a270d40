/** The runners that --runner can name. */
import type { NodeName } from '../contract.ts'
import type { RouterKind } from '../faults/routers.ts'
import { requireTestcontainers } from './container/require-testcontainers.ts'
import { requireClient } from './kubernetes/cluster/require-client.ts'
import type { Partition } from './kubernetes/placement.ts'
import type { RunnerName } from './names.ts'
import { ownCommand, sharedCommand } from './program/own-command.ts'
import type { LogPathOf, Runner } from './runner.ts'

/** A program and its leading arguments; the flags of the contract follow. */
export type ProgramCommand = readonly [program: string, ...args: string[]]

export interface RunnerOptions {
  /** Those that the run will have, in the order of their `index`. */
  nodes: readonly NodeName[]
  /** Those of them that are to be behind a router. */
  behind?: ReadonlyMap<NodeName, RouterKind>
  /** Of chances that the runner itself decides, such as which packets a bad link loses. */
  seed: number
  /** Our own node program if undefined. */
  nodeCommand: ProgramCommand | undefined
  /** Nodes in each process, for nodes of our own program that are processes of this host; each has its own if undefined. */
  perProcess?: number | undefined
  /** For nodes in containers and pods; our own if undefined. */
  image: string | undefined
  /** For nodes in containers and pods; no limit if undefined, or that of the runner. */
  memoryBytes: number | undefined
  /** For nodes in containers and pods; no limit if undefined. */
  cpus: number | undefined
  /** For nodes in pods. */
  cluster?: ClusterUsage | undefined
  /** What the run will cut apart, as far as it is known. */
  partitions?: readonly Partition[]
  logPathOf: LogPathOf
  /** Tells the user what takes longer than usual. */
  say: (line: string) => void
}

/** Which cluster, and what it does not tell of itself. What is undefined is as the kubeconfig has it, or not there. */
export interface ClusterUsage {
  readonly context: string | undefined
  readonly namespace: string | undefined
  /** For a shell: cuts off the machine that MACHINE names, and connects it again. */
  readonly cutCommand: string | undefined
  readonly healCommand: string | undefined
  /** Our image under the name that it has in a registry, for pods of images of others. */
  readonly agentImage: string | undefined
}

/** The user chose nothing. */
export const DEFAULT_CLUSTER: ClusterUsage = {
  context: undefined,
  namespace: undefined,
  cutCommand: undefined,
  healCommand: undefined,
  agentImage: undefined
}

/** Rejects with what to do about it when the runner cannot work here. */
type MakeRunner = (options: RunnerOptions) => Promise<Runner>

export const runners = {
  process: async ({ nodes, nodeCommand, perProcess, logPathOf, say }) => {
    const { createProcessRunner } = await import('./process.ts')
    const { claimLoopback } = await import('./loopback.ts')
    if (perProcess !== undefined) {
      const { createSharedRunner } = await import('./shared/shared-runner.ts')
      const command = await sharedCommand(say)
      const processes = Math.ceil(nodes.length / perProcess)
      return createSharedRunner({ command, processes, logPathOf, addresses: await claimLoopback() })
    }
    const command = nodeCommand ?? (await ownCommand(say))
    return createProcessRunner({ command, logPathOf, addresses: await claimLoopback() })
  },
  netns: async ({ nodes, behind, seed, nodeCommand, logPathOf, say }) => {
    const { createNetnsRunner } = await import('./netns/netns.ts')
    const command = nodeCommand ?? (await ownCommand(say))
    return await createNetnsRunner({ nodes, ...(behind && { behind }), seed, command, logPathOf })
  },
  container: async ({ nodeCommand, image, memoryBytes, cpus, logPathOf, say }) => {
    requireTestcontainers()
    const { connectEngine } = await import('./container/engine.ts')
    const { foreignImage, ownImage, requireContract } = await import('./container/image/choose-image.ts')
    const { createContainerRunner } = await import('./container/container.ts')
    const engine = await connectEngine()
    const chosen = () => (image === undefined ? ownImage(engine, say) : foreignImage(engine, image, nodeCommand, say))
    const runner = await createContainerRunner({ engine, image: chosen, memoryBytes, cpus, logPathOf })
    if (image !== undefined) await requireContract(runner, image)
    return runner
  },
  kubernetes: async ({
    nodes,
    partitions = [],
    nodeCommand,
    image,
    memoryBytes,
    cpus,
    cluster: usage,
    logPathOf,
    say
  }) => {
    requireClient()
    const { connectCluster } = await import('./kubernetes/cluster/connect.ts')
    const { chooseImage } = await import('./kubernetes/image/own-image.ts')
    const { createKubernetesRunner } = await import('./kubernetes/kubernetes.ts')
    const { context, namespace, cutCommand: cut, healCommand: heal, agentImage } = usage ?? DEFAULT_CLUSTER
    const cluster = await connectCluster({ context, namespace })
    const chosen = await chooseImage({ image, command: nodeCommand, agentImage, say })
    const cutCommands = cut === undefined || heal === undefined ? undefined : { cut, heal }
    const limits = { memoryBytes, cpus }
    return await createKubernetesRunner({ cluster, nodes, partitions, ...chosen, limits, cutCommands, logPathOf, say })
  }
} satisfies Record<RunnerName, MakeRunner>
