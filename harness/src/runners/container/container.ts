/** Runs each node in a container of its own, all of them in one network. */
import { availableParallelism } from 'node:os'
import { type ContainerHandle, createContainerFaults } from '../../faults/container-faults.ts'
import { probe } from '../probe.ts'
import type { LogPathOf, NodeObservation, NodeSpec, ProbeResult, Runner } from '../runner.ts'
import type { Engine } from './engine.ts'
import { createKeysVolume, type KeysVolume } from './keys-volume.ts'
import { startReaper } from './leftovers/reaper.ts'
import { createNetwork, type RunNetwork } from './network/network.ts'
import { ContainerNode } from './node/container-node.ts'
import { measureClock } from './node/exit.ts'
import { startNodeContainer } from './node/node-container.ts'
import { Turns } from './node/turns.ts'
import { containerName, NODE_LABEL, newRun } from './run.ts'

export interface ContainerRunnerOptions {
  engine: Engine
  /** Asked for when the network of the run is there, which keeps `clean` from removing it. */
  image: () => Promise<ContainerImage>
  /** No limit if undefined. */
  memoryBytes?: number | undefined
  /** No limit if undefined. */
  cpus?: number | undefined
  logPathOf?: LogPathOf
}

/** How nodes are started from an image; the flags of the contract are appended to `command`. */
export interface ContainerImage {
  name: string
  /** That of the image if undefined. */
  entrypoint?: readonly string[]
  command: readonly string[]
  /** That of the image if undefined. */
  user?: string
}

export interface ContainerRunner extends Runner {
  /** Names and labels of the containers hold it. */
  readonly runId: string
  start(spec: NodeSpec, observe: (observation: NodeObservation) => void): ContainerHandle
}

/** @throws with what to do about it, and leaves nothing behind */
export async function createContainerRunner(options: ContainerRunnerOptions): Promise<ContainerRunner> {
  const { engine, logPathOf } = options
  const { dockerode: docker } = engine.container
  const run = newRun()
  const reaper = startReaper(run.id)
  const nodes = new Set<ContainerNode>()
  const held: { remove(): Promise<void> }[] = []
  const close = async () => {
    try {
      await Promise.all([...nodes].map(node => node.remove()))
      for (const each of held) await each.remove()
      await reaper.dismiss()
    } catch {
      reaper.reap()
    }
  }
  try {
    const clockAheadMs = await measureClock(docker)
    const stops = new Turns(2 * availableParallelism())
    const network = await createNetwork(docker, run)
    held.push(network)
    const keys = await createKeysVolume(docker, run)
    held.push(keys)
    const startContainer = launcher(options, await options.image(), { network, keys })
    return {
      runId: run.id,
      faults: createContainerFaults(),
      keysFolder: keys.folder,
      // What a node leaves behind ends with its container.
      reap: async () => [],
      probe: async (_node, addrs) => believed(await probe(addrs), network),
      close,
      start(spec, observe) {
        const labels = { ...run.labels, [NODE_LABEL]: spec.node }
        const starting = startContainer(spec, containerName(run, spec), labels)
        const place = { network, clockAheadMs, stops, logPath: logPathOf?.(spec.node) }
        const node = new ContainerNode(spec, starting, place, observe)
        nodes.add(node)
        return node
      }
    }
  } catch (error) {
    await close()
    throw error
  }
}

function launcher(
  { engine, memoryBytes, cpus }: ContainerRunnerOptions,
  image: ContainerImage,
  { network, keys }: { network: RunNetwork; keys: KeysVolume }
) {
  return async ({ index, args, listen }: NodeSpec, name: string, labels: Record<string, string>) => {
    const address = network.addressOf(index)
    return await startNodeContainer(engine, {
      image: image.name,
      entrypoint: image.entrypoint,
      command: [...image.command, ...args, '--listen', listen ?? `/ip4/${address}/tcp/0`],
      user: image.user,
      name,
      labels,
      network: network.name,
      address,
      keys,
      memoryBytes,
      cpus
    })
  }
}

/**
 * An engine may run elsewhere, or in a network of its own. That the harness does not get there, or meets somebody else at that
 * address, says nothing of the node.
 */
function believed(found: ProbeResult, network: RunNetwork): ProbeResult {
  if (found.result !== 'refused' || network.isOnThisHost()) return found
  return { addr: found.addr, result: 'not-tried', why: `the network of the containers is out of reach (${found.why})` }
}
