/** One process of a node, in a pod: its agent starts it, and tells what it writes and how it ended. */
import { once } from 'node:events'
import { PassThrough } from 'node:stream'
import type { Command } from '../../../contract.ts'
import type { MachinePlace } from '../../../history/history.ts'
import { type FollowedOutput, followOutput } from '../../output/output.ts'
import type { Stamp, StampedBytes } from '../../output/read-lines.ts'
import { type Endpoint, endpointOf, hostAndPort } from '../../probe.ts'
import type { NodeHandle, NodeObservation, NodeSpec } from '../../runner.ts'
import { stopNode } from '../../stop.ts'
import type { Report } from '../side-channel/frames.ts'
import type { Pod, Pods, ReportTaker } from './pods.ts'

/** After SIGKILL, until the agent has told of it: a pod behind a slow link, or one whose machine is busy. */
const LAST_GRACE_MS = 5_000

export interface KubernetesNodeOptions {
  readonly pods: Pods
  /** Undefined if the node has none. */
  readonly pod: Pod | undefined
  /** Program and arguments. */
  readonly argv: readonly string[]
  readonly logPath: string | undefined
}

export class KubernetesNode implements NodeHandle, ReportTaker {
  readonly ended: Promise<void>
  readonly spec: NodeSpec
  /** Undefined if the node has none. */
  readonly pod: Pod | undefined
  readonly #pods: Pods
  readonly #observe: (observation: NodeObservation) => void
  readonly #stdout = new PassThrough({ objectMode: true })
  readonly #stderr = new PassThrough()
  readonly #end: () => void
  #output: FollowedOutput | undefined
  #endpoint: Endpoint | undefined
  #exit: Extract<Report, { type: 'exited' }> | undefined
  #hasEnded = false
  readonly #logPath: string | undefined

  constructor(spec: NodeSpec, options: KubernetesNodeOptions, observe: (observation: NodeObservation) => void) {
    const { pods, pod, argv, logPath } = options
    const { promise, resolve } = Promise.withResolvers<void>()
    this.ended = promise
    this.#end = resolve
    this.spec = spec
    this.pod = pod
    this.#pods = pods
    this.#observe = seen => {
      if (seen.type === 'line' && seen.line.type === 'ready')
        this.#endpoint = seen.line.addrs.map(endpointOf).find(found => found !== undefined)
      observe(seen)
    }
    this.#logPath = logPath
    if (pod === undefined) {
      void Promise.resolve().then(() => this.#failed('the run has no pod for it', {}))
      return
    }
    pods.assign(pod, this)
    pod.tell({ type: 'start', run: spec.run, argv })
  }

  get clockOffsetMs(): number | undefined {
    return this.#output?.clockOffsetMs()
  }

  /** `<address>:<port>`, where it has said that it can be dialled. */
  get endpoint(): string | undefined {
    return this.#endpoint && hostAndPort(this.#endpoint)
  }

  /** How it ended, if the agent has told. */
  get exit(): { readonly code: number | null; readonly signal: string | null } | undefined {
    return this.#exit
  }

  send(command: Command): void {
    const data = Buffer.from(`${JSON.stringify(command)}\n`).toString('base64')
    if (!this.#hasEnded) this.pod?.tell({ type: 'stdin', data })
  }

  disconnect(): void {
    if (!this.#hasEnded) this.pod?.tell({ type: 'close-stdin' })
  }

  signal(signal: 'SIGTERM' | 'SIGKILL' | 'SIGSTOP' | 'SIGCONT'): void {
    if (this.#hasEnded) return
    // How it ended is told after all that it wrote.
    if (signal === 'SIGTERM' || signal === 'SIGKILL') this.#output?.hurry()
    this.pod?.tell({ type: 'signal', signal })
  }

  async stop(): Promise<void> {
    if (this.#hasEnded) return await this.ended
    const { node, run } = this.spec
    this.#observe({ type: 'stop-requested', node, run })
    await stopNode(this, LAST_GRACE_MS)
    await this.lose('it did not end, or its pod does not tell')
  }

  /** Nobody will hear of it any more. Nothing happens if it has ended. */
  async lose(why: string): Promise<void> {
    if (this.#hasEnded) return
    const { node, run } = this.spec
    this.#observe({ type: 'runner-failed', node, run, why })
    await this.#ending({ code: null, signal: null, remark: `[${why}]` })
  }

  /** The cluster tells that its container has ended, and how. */
  async containerEnded(exit: { code: number | null; signal: string | null; remark: string }): Promise<void> {
    if (!this.#hasEnded) await this.#ending(exit)
  }

  async take(report: Report): Promise<void> {
    if (this.#hasEnded || ('run' in report && report.run !== this.spec.run)) return
    if (report.type === 'terminated')
      return await this.lose(`the cluster ended its pod ${this.pod?.name} on ${this.pod?.machine}`)
    const { node, run } = this.spec
    const stamp = 'atMs' in report ? this.#stampOf(report.atMs) : undefined
    const delayed = stamp === undefined ? {} : { delayedMs: delayOf(stamp) }
    switch (report.type) {
      case 'spawned':
        this.#observe({ type: 'spawned', node, run, pid: report.pid, ...this.#place(), ...delayed })
        this.#output = this.#follow()
        break
      case 'failed':
        this.#failed(report.why, delayed)
        break
      case 'out':
        await this.#pass(report, stamp)
        break
      case 'exited':
        this.#exit = report
        await this.#ending({ code: report.code, signal: report.signal, ...delayed })
    }
  }

  /** Nothing while the clock of the machine is not known. */
  #place(): { place?: MachinePlace } {
    const clock = this.pod === undefined ? undefined : this.#pods.clockOf(this.pod)
    if (this.pod === undefined || clock === undefined) return {}
    const { aheadMs, withinMs } = clock.agent
    const wallAheadMs = clock.wallMs + performance.now() + aheadMs - Date.now()
    const { machine } = this.pod
    return { place: { machine, clockAheadMs: rounded(wallAheadMs), clockWithinMs: rounded(withinMs) } }
  }

  #failed(reason: string, delayed: { delayedMs?: number }): void {
    if (this.#hasEnded) return
    this.#hasEnded = true
    this.#observe({ type: 'spawn-failed', node: this.spec.node, run: this.spec.run, reason, ...delayed })
    this.#end()
  }

  /** Undefined while the clock of the pod is not known. */
  #stampOf(atMs: number): Stamp | undefined {
    const clock = this.pod === undefined ? undefined : this.#pods.clockOf(this.pod)
    if (clock === undefined) return undefined
    return { writtenAtMs: Math.min(performance.now(), atMs - clock.agent.aheadMs), wallMs: clock.wallMs + atMs }
  }

  async #pass({ stream, data }: Extract<Report, { type: 'out' }>, stamp: Stamp | undefined): Promise<void> {
    const bytes = Buffer.from(data, 'base64')
    if (stream === 'stderr') return void this.#stderr.write(bytes)
    const chunk: StampedBytes | Buffer = stamp === undefined ? bytes : { bytes, stamp }
    if (this.#stdout.destroyed || this.#stdout.write(chunk)) return
    const taken = new AbortController()
    const { signal } = taken
    await Promise.race(['drain', 'close'].map(event => once(this.#stdout, event, { signal }).catch(() => {})))
    taken.abort()
  }

  async #ending(exit: Parameters<FollowedOutput['end']>[0]): Promise<void> {
    this.#hasEnded = true
    this.#stdout.end()
    this.#stderr.end()
    this.#output ??= this.#follow()
    await this.#output.end(exit)
    this.#end()
  }

  #follow(): FollowedOutput {
    const [stdout, stderr, logPath] = [this.#stdout, this.#stderr, this.#logPath]
    return followOutput(this.spec, { stdout, stderr, logPath }, this.#observe)
  }
}

function delayOf({ writtenAtMs }: Stamp): number {
  return rounded(performance.now() - writtenAtMs)
}

function rounded(ms: number): number {
  return Math.round(ms * 1_000) / 1_000
}
