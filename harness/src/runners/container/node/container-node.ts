/** One run of a node, in a container of its own. */
import { PassThrough } from 'node:stream'
import type { Command } from '../../../contract.ts'
import type { ContainerHandle } from '../../../faults/container-faults.ts'
import { type FollowedOutput, followOutput } from '../../output/output.ts'
import type { NodeObservation, NodeSpec } from '../../runner.ts'
import { stopNode } from '../../stop.ts'
import { type Container, reasonOf } from '../engine.ts'
import type { RunNetwork } from '../network/network.ts'
import { awaitExit } from './exit.ts'
import type { AttachedContainer } from './node-container.ts'
import { splitFrames } from './output-frames.ts'
import { removeContainer } from './remove-container.ts'
import type { Turns } from './turns.ts'

/** After SIGKILL. An engine ends containers one after another: 10 took 1.8 s, 30 took 4 s, on two processors. */
const ENGINE_GRACE_MS = 20_000

/** Where the node lives. */
export interface NodePlace {
  readonly network: RunNetwork
  /** How far the clock of the engine is ahead of that of this host; undefined if nobody knows. */
  readonly clockAheadMs: number | undefined
  /** Of the run: to end a container costs the engine more than it costs the node to end. */
  readonly stops: Turns
  /** Its stderr is not kept if undefined. */
  readonly logPath: string | undefined
}

export class ContainerNode implements ContainerHandle {
  readonly ended: Promise<void>
  readonly #spec: NodeSpec
  readonly #starting: Promise<AttachedContainer>
  readonly #place: NodePlace
  readonly #observe: (observation: NodeObservation) => void
  readonly #stdin = new PassThrough()
  #output: FollowedOutput | undefined
  #hasEnded = false
  #removed: Promise<void> | undefined

  constructor(
    spec: NodeSpec,
    starting: Promise<AttachedContainer>,
    place: NodePlace,
    observe: (observation: NodeObservation) => void
  ) {
    this.#spec = spec
    this.#starting = starting
    this.#place = place
    this.#observe = observe
    this.ended = this.#live()
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
    await this.#place.stops.take(async () => {
      if (this.#hasEnded) return await this.ended
      const { node, run } = this.#spec
      this.#observe({ type: 'stop-requested', node, run })
      await stopNode(this, ENGINE_GRACE_MS)
    })
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
    const { network } = this.#place
    await this.#act(container => network.disconnect(container))
  }

  async connectNetwork(): Promise<void> {
    const { network } = this.#place
    await this.#act(container => network.connect(container, network.addressOf(this.#spec.index)))
  }

  async isOnNetwork(): Promise<boolean> {
    const { container } = await this.#starting
    return await this.#place.network.isConnected(container)
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

  async #live(): Promise<void> {
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
    await this.#follow(attached)
    // The next run of the node needs its address.
    void this.remove().catch(() => {})
  }

  async #follow({ container, stream }: AttachedContainer): Promise<void> {
    const { logPath, clockAheadMs } = this.#place
    // A container that is gone, or closed its stdin, does not take commands; its exit says so.
    stream.on('error', () => {})
    this.#stdin.pipe(stream)
    const [stdout, stderr] = [new PassThrough(), new PassThrough()]
    this.#output = followOutput(this.#spec, { stdout, stderr, logPath }, this.#observe)
    void splitFrames(stream, stdout, stderr)
    const exit = await awaitExit(container, clockAheadMs)
    this.#hasEnded = true
    if ('lost' in exit) {
      const { node, run } = this.#spec
      this.#observe({ type: 'runner-failed', node, run, why: exit.lost })
    }
    await this.#output.end(exit)
    stream.destroy()
  }
}
