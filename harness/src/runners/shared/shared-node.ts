/** A node that shares its process: its lines, its log, and its end. */
import type { Command, SharedCommand } from '../../contract.ts'
import { createLineReader } from '../output/lines.ts'
import { createNodeLog } from '../output/stderr.ts'
import type { NodeHandle, NodeObservation, NodeSpec } from '../runner.ts'

/** How a node ended; `process` if it went with its process. */
export type SharedEnd = Pick<Extract<NodeObservation, { type: 'exited' }>, 'code' | 'signal' | 'process'>

/** What a node asks of the process that it shares. */
interface NodeProcess {
  tell(command: SharedCommand): void
  signal(signal: NodeJS.Signals): void
  /** The node was asked to end. */
  isToStop(node: SharedNode): void
}

export class SharedNode implements NodeHandle {
  /** A fault that sets clocks is refused: the process has one clock for all of its nodes. */
  readonly clockOffsetMs = undefined
  readonly spec: NodeSpec
  readonly ended: Promise<void>
  readonly #process: NodeProcess
  readonly #observe: (observation: NodeObservation) => void
  readonly #reader
  readonly #log
  readonly #end = Promise.withResolvers<void>()
  #hasEnded = false

  constructor(
    spec: NodeSpec,
    process: NodeProcess,
    observe: (observation: NodeObservation) => void,
    logPath: string | undefined
  ) {
    const { node, run } = spec
    this.spec = spec
    this.ended = this.#end.promise
    this.#process = process
    this.#observe = observe
    this.#log = createNodeLog(logPath)
    this.#reader = createLineReader({
      line: line => observe({ type: 'line', node, run, line }),
      finding: finding => observe({ type: 'finding', node, run, finding })
    })
  }

  send(command: Command): void {
    this.#process.tell({ node: this.spec.node, ...command })
  }

  /** The node alone ends, as it would without its stdin. */
  disconnect(): void {
    this.send({ type: 'stop' })
  }

  /** To the process with all of its nodes: the system knows no smaller part. */
  signal(signal: Parameters<NodeHandle['signal']>[0]): void {
    this.#process.signal(signal)
  }

  /** Where neighbours go on, nothing but asking is possible: it settles when the node ends, or they are to end as well. */
  async stop(): Promise<void> {
    if (!this.#hasEnded) {
      const { node, run } = this.spec
      this.#observe({ type: 'stop-requested', node, run })
      this.send({ type: 'stop' })
      this.#process.isToStop(this)
    }
    await this.ended
  }

  /** It runs in that process. */
  began(pid: number): void {
    this.#observe({ type: 'spawned', node: this.spec.node, run: this.spec.run, pid })
  }

  couldNotBegin(reason: string): void {
    this.#hasEnded = true
    this.#observe({ type: 'spawn-failed', node: this.spec.node, run: this.spec.run, reason })
    this.#settle()
  }

  /** One line without its newline, or the first bytes of one that was too long. */
  read(line: Uint8Array, isCut: boolean): void {
    if (!this.#hasEnded) this.#reader.readLine(line, isCut)
  }

  /** Something is wrong with what the process writes, and it cannot be told whose doing it is. */
  report(fault: string): void {
    if (!this.#hasEnded) this.#reader.report(fault)
  }

  log(text: string): void {
    this.#log.write(text)
  }

  hasEnded({ code, signal, process }: SharedEnd): void {
    if (this.#hasEnded) return
    this.#hasEnded = true
    this.#reader.end()
    const { node, run } = this.spec
    const stderrTail = this.#log.tail()
    this.#observe({ type: 'exited', node, run, code, signal, stderrTail, ...(process && { process }) })
    this.#settle()
  }

  #settle(): void {
    void this.#log.end().then(this.#end.resolve)
  }
}
