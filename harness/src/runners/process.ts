/** Runs each node as a process of this host, in a process group of its own. */
import { once } from 'node:events'
import type { Command } from '../contract.ts'
import { createProcessFaults } from '../faults/process-faults.ts'
import type { AddressRange } from './loopback.ts'
import { type FollowedOutput, followOutput } from './output/output.ts'
import { probe } from './probe.ts'
import { RunProcesses } from './processes/run-processes.ts'
import { type Child, signalGroup, spawnFailureOf, spawnProgram } from './processes/spawn.ts'
import { receivedBy, usagesOf } from './processes/usage.ts'
import type { LogPathOf, NodeHandle, NodeObservation, NodeSpec, Runner } from './runner.ts'
import { stopNode } from './stop.ts'

export interface ProcessRunnerOptions {
  /** Program and leading arguments; the flags of the contract are appended. */
  command: readonly [program: string, ...args: string[]]
  /** Added to the harness's own environment. */
  env?: Record<string, string>
  logPathOf?: LogPathOf
  /** Addresses that no other run of this host uses, released with the runner; those of {@link listenAddrOf} if not given. */
  addresses?: AddressRange
  /** A program with its arguments that goes to a network of the node's own, where the node is to run, and becomes the node; none if not given. */
  enterOf?: (index: number) => readonly string[]
}

export function createProcessRunner(options: ProcessRunnerOptions): Runner {
  const processes = new RunProcesses()
  const { owned } = processes
  return {
    faults: createProcessFaults(owned),
    start(spec, observe) {
      processes.guard()
      const env = { ...options.env, ...processes.markOf(spec.node, spec.run) }
      return new ProcessNode(spec, { ...options, env }, observe, pid => processes.began(spec, pid))
    },
    usages: () => [...usagesOf(owned), ...(options.enterOf === undefined ? [] : receivedBy(owned))],
    probe: (_node, addrs) => probe(addrs),
    reap: () => processes.reap(),
    async close() {
      await processes.close()
      options.addresses?.release()
    }
  }
}

/**
 * On Linux all of 127.0.0.0/8 is this host, and each node gets an address of its own, so that limits for one IP, which
 * libp2p has in production, see the nodes as different hosts. Elsewhere only 127.0.0.1 is there.
 */
export function listenAddrOf(index: number, platform: NodeJS.Platform = process.platform): string {
  if (platform !== 'linux') return '/ip4/127.0.0.1/tcp/0'
  return `/ip4/127.1.${1 + Math.floor(index / 250)}.${1 + (index % 250)}/tcp/0`
}

/** Called with the id of the process that began; returns what to call when it has ended. */
type ProcessBegan = (pid: number) => () => void

class ProcessNode implements NodeHandle {
  readonly ended: Promise<void>
  readonly #spec: NodeSpec
  readonly #observe: (observation: NodeObservation) => void
  #child: Child | undefined
  #output: FollowedOutput | undefined
  #exited = false

  constructor(
    spec: NodeSpec,
    options: ProcessRunnerOptions,
    observe: (observation: NodeObservation) => void,
    began: ProcessBegan
  ) {
    this.#spec = spec
    this.#observe = observe
    this.ended = this.#live(options, began)
  }

  get clockOffsetMs(): number | undefined {
    return this.#output?.clockOffsetMs()
  }

  send(command: Command): void {
    if (this.#child?.stdin.writable) this.#child.stdin.write(`${JSON.stringify(command)}\n`)
  }

  disconnect(): void {
    this.#child?.stdin.end()
  }

  signal(signal: 'SIGTERM' | 'SIGKILL' | 'SIGSTOP' | 'SIGCONT'): void {
    if (!this.#exited && this.#child?.pid !== undefined) signalGroup(this.#child.pid, signal)
  }

  async stop(): Promise<void> {
    if (this.#exited) return await this.ended
    const { node, run } = this.#spec
    this.#observe({ type: 'stop-requested', node, run })
    await stopNode(this)
  }

  async #live(options: ProcessRunnerOptions, began: ProcessBegan): Promise<void> {
    const { node, run } = this.#spec
    try {
      this.#child = spawnChild(options, this.#spec)
    } catch (error) {
      return this.#spawnFailed((error as Error).message)
    }
    const child = this.#child
    if (child.pid === undefined)
      return this.#spawnFailed(await spawnFailureOf((this.#spec.command ?? options.command)[0], child))
    const ended = began(child.pid)
    this.#observe({ type: 'spawned', node, run, pid: child.pid })
    await this.#follow(child, options.logPathOf?.(node))
    ended()
  }

  #spawnFailed(reason: string): void {
    this.#exited = true
    this.#observe({ type: 'spawn-failed', node: this.#spec.node, run: this.#spec.run, reason })
  }

  async #follow(child: Child, logPath: string | undefined): Promise<void> {
    // A node that is gone, or closed its stdin, does not take commands; its exit says so.
    child.stdin.on('error', () => {})
    const { stdout, stderr } = child
    const output = followOutput(this.#spec, { stdout, stderr, logPath }, this.#observe)
    this.#output = output
    const [code, signal] = (await once(child.nodeChildProcess, 'exit')) as [number | null, string | null]
    this.#exited = true
    // What the node started ends with it, and no longer holds its pipes open.
    signalGroup(child.pid, 'SIGKILL')
    await output.end({ code, signal })
  }
}

function spawnChild(options: ProcessRunnerOptions, spec: NodeSpec): Child {
  const { env = {}, addresses, enterOf = () => [] } = options
  const addrOf = addresses?.listenAddrOf ?? listenAddrOf
  const command = [...enterOf(spec.index), ...(spec.command ?? options.command)]
  return spawnProgram([...command, ...spec.args, '--listen', spec.listen ?? addrOf(spec.index)], env)
}
