/** Runs each node in a container of its own, all of them in one network. */
import { constants } from 'node:os'
import { PassThrough } from 'node:stream'
import type { Command } from '../../contract.ts'
import { type ContainerHandle, createContainerFaults } from '../../faults/container-faults.ts'
import { type FollowedOutput, followOutput, type NodeExit } from '../output/output.ts'
import { probe } from '../probe.ts'
import type { LogPathOf, NodeObservation, NodeSpec, ProbeResult, Runner } from '../runner.ts'
import { stopNode } from '../stop.ts'
import { type Container, type Engine, reasonOf } from './engine.ts'
import { startReaper } from './leftovers/reaper.ts'
import { createNetwork, type RunNetwork } from './network/network.ts'
import { type AttachedContainer, startNodeContainer } from './node-container.ts'
import { splitFrames } from './output-frames.ts'
import { removeContainer } from './remove-container.ts'
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
  const run = newRun()
  const reaper = startReaper(run.id)
  const nodes = new Set<ContainerNode>()
  let network: RunNetwork | undefined
  const close = async () => {
    try {
      await Promise.all([...nodes].map(node => node.remove()))
      await network?.remove()
      await reaper.dismiss()
    } catch {
      reaper.reap()
    }
  }
  try {
    network = await createNetwork(engine.container.dockerode, run)
    const startContainer = launcher(options, await options.image(), network)
    return {
      runId: run.id,
      faults: createContainerFaults(),
      // What a node leaves behind ends with its container.
      reap: async () => [],
      probe: async (_node, addrs) => ifReached(await probe(addrs)),
      close,
      start(spec, observe) {
        const labels = { ...run.labels, [NODE_LABEL]: spec.node }
        const starting = startContainer(spec, containerName(run, spec), labels)
        const node = new ContainerNode(spec, starting, network!, logPathOf?.(spec.node), observe)
        nodes.add(node)
        return node
      }
    }
  } catch (error) {
    await close()
    throw error
  }
}

function launcher({ engine, memoryBytes, cpus }: ContainerRunnerOptions, image: ContainerImage, network: RunNetwork) {
  return async ({ index, args }: NodeSpec, name: string, labels: Record<string, string>) => {
    const address = network.addressOf(index)
    return await startNodeContainer(engine, {
      image: image.name,
      entrypoint: image.entrypoint,
      command: [...image.command, ...args, '--listen', `/ip4/${address}/tcp/0`],
      user: image.user,
      name,
      labels,
      network: network.name,
      address,
      memoryBytes,
      cpus
    })
  }
}

class ContainerNode implements ContainerHandle {
  readonly ended: Promise<void>
  readonly #spec: NodeSpec
  readonly #starting: Promise<AttachedContainer>
  readonly #network: RunNetwork
  readonly #observe: (observation: NodeObservation) => void
  readonly #stdin = new PassThrough()
  #output: FollowedOutput | undefined
  #hasEnded = false
  #removed: Promise<void> | undefined

  constructor(
    spec: NodeSpec,
    starting: Promise<AttachedContainer>,
    network: RunNetwork,
    logPath: string | undefined,
    observe: (observation: NodeObservation) => void
  ) {
    this.#spec = spec
    this.#starting = starting
    this.#network = network
    this.#observe = observe
    this.ended = this.#live(logPath)
  }

  get clockOffsetMs(): number | undefined {
    return this.#output?.clockOffsetMs()
  }

  send(command: Command): void {
    if (this.#stdin.writable && !this.#hasEnded) this.#stdin.write(`${JSON.stringify(command)}\n`)
  }

  disconnect(): void {
    this.#stdin.end()
  }

  signal(signal: 'SIGTERM' | 'SIGKILL' | 'SIGSTOP' | 'SIGCONT'): void {
    const act = {
      // A signal would reach the first process of the container only.
      SIGSTOP: () => this.pause(),
      SIGCONT: () => this.resume(),
      SIGTERM: () => this.#act(container => container.kill({ signal: 'SIGTERM' })),
      SIGKILL: () => this.#kill()
    }
    // An engine that still has output to deliver does not say that the container has ended.
    if (signal === 'SIGTERM' || signal === 'SIGKILL') this.#output?.hurry()
    // One that has ended is what was wanted.
    act[signal]().catch(() => {})
  }

  async stop(): Promise<void> {
    await this.#starting.catch(() => {})
    if (this.#hasEnded) return await this.ended
    const { node, run } = this.#spec
    this.#observe({ type: 'stop-requested', node, run })
    await stopNode(this)
  }

  async pause(): Promise<void> {
    await this.#act(container => container.pause())
  }

  async resume(): Promise<void> {
    await this.#act(container => container.unpause())
  }

  async isPaused(): Promise<boolean> {
    const { container } = await this.#starting
    return (await container.inspect()).State.Paused
  }

  async disconnectNetwork(): Promise<void> {
    await this.#act(container => this.#network.disconnect(container))
  }

  async connectNetwork(): Promise<void> {
    await this.#act(container => this.#network.connect(container, this.#network.addressOf(this.#spec.index)))
  }

  /** Whatever the node does; a container that is gone is what was wanted. */
  remove(): Promise<void> {
    this.#removed ??= this.#starting.then(
      ({ container }) => removeContainer(container),
      () => {}
    )
    return this.#removed
  }

  /** @throws what the engine says, and if the node has ended */
  async #act(act: (container: Container) => Promise<unknown>): Promise<void> {
    const { container } = await this.#starting
    await act(container).catch(error => {
      throw new Error(`${this.#spec.node}: ${reasonOf(error)}`)
    })
  }

  /** Not every engine kills what is paused. */
  async #kill(): Promise<void> {
    const kill = () => this.#act(container => container.kill())
    await kill().catch(async () => {
      await this.resume()
      await kill()
    })
  }

  async #live(logPath: string | undefined): Promise<void> {
    const { node, run } = this.#spec
    let attached: AttachedContainer
    try {
      attached = await this.#starting
    } catch (error) {
      this.#hasEnded = true
      this.#observe({ type: 'spawn-failed', node, run, reason: reasonOf(error) })
      return
    }
    this.#observe({ type: 'spawned', node, run })
    await this.#follow(attached, logPath)
    // The next run of the node needs its address.
    void this.remove().catch(() => {})
  }

  async #follow({ container, stream }: AttachedContainer, logPath: string | undefined): Promise<void> {
    // A container that is gone, or closed its stdin, does not take commands; its exit says so.
    stream.on('error', () => {})
    this.#stdin.pipe(stream)
    const [stdout, stderr] = [new PassThrough(), new PassThrough()]
    this.#output = followOutput(this.#spec, { stdout, stderr, logPath }, this.#observe)
    void splitFrames(stream, stdout, stderr)
    const exit = await exitOf(container)
    this.#hasEnded = true
    if ('lost' in exit) {
      const { node, run } = this.#spec
      this.#observe({ type: 'runner-failed', node, run, why: exit.lost })
    }
    await this.#output.end(exit)
    stream.destroy()
  }
}

/** `lost`: why the engine does not know how it ended. */
async function exitOf(container: Container): Promise<NodeExit & { lost?: string }> {
  try {
    const { StatusCode } = (await container.wait()) as { StatusCode: number }
    const state = await container.inspect().then(
      ({ State }) => State,
      () => undefined
    )
    const remark = state?.OOMKilled ? { remark: '[killed: it needed more memory than it may have]' } : {}
    return { ...codeOrSignal(StatusCode), ...remark }
  } catch (error) {
    const lost = `the container engine lost it: ${reasonOf(error)}`
    return { code: null, signal: null, remark: `[${lost}]`, lost }
  }
}

/** Engines add 128 to the number of the signal that ended a container. */
function codeOrSignal(status: number): Pick<NodeExit, 'code' | 'signal'> {
  const signal = Object.entries(constants.signals).find(([, number]) => number === status - 128)?.[0]
  return signal === undefined ? { code: status, signal: null } : { code: null, signal }
}

/** An engine may run elsewhere, or in a network of its own: that the harness does not get there says nothing of the node. */
function ifReached(found: ProbeResult): ProbeResult {
  if (found.result !== 'refused' || found.why === 'ECONNREFUSED') return found
  return { addr: found.addr, result: 'not-tried', why: `the network of the containers is out of reach (${found.why})` }
}
