/** A process that several nodes share: starts, is told which nodes to be, and ends with the last of them. */
import { once } from 'node:events'
import { setTimeout as delay } from 'node:timers/promises'
import type { NodeName, SharedCommand } from '../../contract.ts'
import { printable } from '../../printable.ts'
import { readLines } from '../output/read-lines.ts'
import { type Child, signalGroup, spawnFailureOf, spawnProgram } from '../processes/spawn.ts'
import { insist } from '../stop.ts'
import { type PartedLines, partLines } from './part-lines.ts'
import type { SharedNode } from './shared-node.ts'

/** For reading what an ended process has left in its pipes. */
const DRAIN_MS = 250

/** A process is given as long to end as so many nodes would be that have processes of their own (rule ends-in-time). */
const GRACE_MS = 800
const NODES_AT_ONCE = 10
const MS_FOR_EACH_MORE = 40

export interface SharedProcessOptions {
  command: readonly [program: string, ...args: string[]]
  env: Record<string, string>
  /** Called with the id of the process; returns what to call when it has ended. */
  began: (pid: number) => () => void
}

export class SharedProcess {
  readonly #options: SharedProcessOptions
  readonly #ended = Promise.withResolvers<void>()
  /** Those that have not ended, by name. BOUNDED by the nodes of a process. */
  readonly #nodes = new Map<NodeName, SharedNode>()
  readonly #toStop = new Set<SharedNode>()
  #child: Child | undefined
  /** Why there is no process. */
  #failure: Promise<string> | undefined
  /** Whose code ended the process. */
  #culprit: NodeName | undefined
  #isEnding = false

  constructor(options: SharedProcessOptions) {
    this.#options = options
    try {
      this.#child = spawnProgram(options.command, options.env)
    } catch (error) {
      this.#failure = Promise.resolve((error as Error).message)
      return
    }
    const { pid } = this.#child
    if (pid === undefined) this.#failure = spawnFailureOf(options.command[0], this.#child)
    else void this.#live(this.#child, pid)
  }

  /** It takes one more node. */
  get isOpen(): boolean {
    return !this.#isEnding && this.#failure === undefined
  }

  add(node: SharedNode): void {
    if (this.#failure !== undefined) {
      void this.#failure.then(reason => node.couldNotBegin(reason))
      return
    }
    const { node: name, args } = node.spec
    this.#nodes.set(name, node)
    node.began(this.#child!.pid!)
    this.tell({ type: 'start', node: name, args })
  }

  tell(command: SharedCommand): void {
    if (this.#child?.stdin.writable) this.#child.stdin.write(`${JSON.stringify(command)}\n`)
  }

  signal(signal: NodeJS.Signals): void {
    if (this.#nodes.size > 0) signalGroup(this.#child?.pid, signal)
  }

  /** The node was asked to end. The process ends with the last of its nodes, by force if it must. */
  isToStop(node: SharedNode): void {
    this.#toStop.add(node)
    this.#endWithNodes()
  }

  #endWithNodes(): void {
    if (this.#isEnding || ![...this.#nodes.values()].every(node => this.#toStop.has(node))) return
    this.#isEnding = true
    this.#child?.stdin.end()
    const graceMs = GRACE_MS + MS_FOR_EACH_MORE * Math.max(0, this.#nodes.size - NODES_AT_ONCE)
    const signal = (name: NodeJS.Signals) => signalGroup(this.#child?.pid, name)
    void insist({ ended: this.#ended.promise, signal }, graceMs)
  }

  async #live(child: Child, pid: number): Promise<void> {
    const hasEnded = this.#options.began(pid)
    // A process that is gone takes no commands; its exit says so.
    child.stdin.on('error', () => {})
    const parted = this.#part()
    const hurry = new AbortController()
    const reader = { push: parted.push, report: (fault: string) => this.#first()?.report(fault) }
    const read = readLines(child.stdout, reader, hurry.signal, { nodes: () => Math.max(1, this.#nodes.size) })
    child.stderr.setEncoding('utf8')
    child.stderr.on('data', (text: string) => this.#logToAll(text))
    const [code, signal] = (await once(child.nodeChildProcess, 'exit')) as [number | null, string | null]
    this.#isEnding = true
    signalGroup(pid, 'SIGKILL')
    hurry.abort()
    await Promise.race([Promise.all([read, closed(child.stderr)]), delay(DRAIN_MS)])
    child.stdout.destroy()
    child.stderr.destroy()
    await read
    parted.end()
    this.#endAll(pid, { code, signal })
    hasEnded()
    this.#ended.resolve()
  }

  /** All that are left go with the process, except for those that were told to end, of a process that ended well. */
  #endAll(pid: number, exit: { code: number | null; signal: string | null }): void {
    const culprit = this.#culprit === undefined ? {} : { culprit: this.#culprit }
    for (const node of this.#nodes.values()) {
      const isAsked = exit.code === 0 && this.#toStop.has(node)
      node.hasEnded(isAsked ? exit : { ...exit, process: { pid, ...culprit } })
    }
    this.#nodes.clear()
  }

  #part(): PartedLines {
    return partLines({
      nodeLine: (node, line, isCut) => this.#nodes.get(node)?.read(line, isCut),
      processLine: line => {
        const node = this.#nodes.get(line.node)
        if (line.type === 'log') node?.log(`${line.text}\n`)
        else if (line.type === 'broke') this.#culprit = line.node
        else if (node !== undefined) this.#nodeEnded(node, line.code)
      },
      stray: line => this.#first()?.report(`the process wrote a line that names none of its nodes: ${textOf(line)}`)
    })
  }

  #nodeEnded(node: SharedNode, code: number): void {
    this.#nodes.delete(node.spec.node)
    this.#toStop.delete(node)
    node.hasEnded({ code, signal: null })
    this.#endWithNodes()
  }

  /** What belongs to none of them is told of the first one, rather than of nobody. */
  #first(): SharedNode | undefined {
    return this.#nodes.values().next().value
  }

  /** Nobody can tell whose words these are. */
  #logToAll(text: string): void {
    for (const node of this.#nodes.values()) node.log(text)
  }
}

async function closed(stream: NodeJS.ReadableStream): Promise<void> {
  await new Promise<void>(resolve => stream.once('close', resolve))
}

function textOf(line: Uint8Array): string {
  return printable(new TextDecoder().decode(line.subarray(0, 400)), 100)
}
