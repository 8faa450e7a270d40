/** The runners that --runner can name. */
import type { NodeName } from '../contract.ts'
import type { RouterKind } from '../faults/routers.ts'
import { requireTestcontainers } from './container/require-testcontainers.ts'
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
  /** For nodes in containers; our own if undefined. */
  image: string | undefined
  /** For nodes in containers; no limit if undefined. */
  memoryBytes: number | undefined
  /** For nodes in containers; no limit if undefined. */
  cpus: number | undefined
  logPathOf: LogPathOf
  /** Tells the user what takes longer than usual. */
  say: (line: string) => void
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
  }
} satisfies Record<RunnerName, MakeRunner>
