/** Gives nodes little of the processor: they are stopped and let go in turn, each at a phase of its own. */
import { availableParallelism } from 'node:os'
import type { NodeName } from '../contract.ts'
import { signalProcess } from '../runners/processes/owned.ts'
import { type ProcessStat, readProcess } from '../runners/processes/stat.ts'
import type { NodeHandle } from '../runners/runner.ts'
import type { FaultInForce, ProcessFault, Proof } from './fault.ts'
import { proofOfGoing } from './pause.ts'
import { NO_PROCESS_LIST, type NodeProcesses, proofWithin, signalNodes } from './signals.ts'

/** Processes that a node has started since are stopped along with it from the next look on. */
const LOOK_EVERY_MS = 1_000

/** Processor time is told in ticks of 10 ms, and a process may run on for one of them before it is stopped. */
const TOLERANCE_MS = 20

/** A stop counts if the process was found stopped at its end; one of ten may be missed, for the process may be new. */
const MIN_FOUND_RATIO = 0.9

/** A process that goes on is seen within this. */
const HEALED_WITHIN_MS = 2_000

export interface StarveOptions {
  /** 0 to 1, for the phases. */
  random?: () => number
}

type Starving = ProcessFault & { type: 'starve' }
type Handles = ReadonlyMap<NodeName, NodeHandle>

export function starve(
  fault: Starving,
  handles: Handles,
  processes: NodeProcesses,
  { random = Math.random }: StarveOptions = {}
): FaultInForce {
  const { nodes } = fault
  const look = lookNowAndThen(nodes, processes)
  const starved = nodes.map(node => new StopAndGo(node, fault, handles, () => look()?.get(node)))
  for (const node of starved) node.begin(random() * (fault.runMs + fault.stopMs))
  let healed = false
  return {
    async prove() {
      if (healed) return await proofWithin(HEALED_WITHIN_MS, nodes, processes, proofOfGoing)
      const found = processes.lookAt(nodes)
      return found === undefined ? NO_PROCESS_LIST : proofOf(starved, found)
    },
    async undo() {
      if (healed) return
      healed = true
      for (const node of starved) node.end()
      signalNodes(nodes, handles, processes, 'SIGCONT')
    }
  }
}

function lookNowAndThen(nodes: readonly NodeName[], processes: NodeProcesses) {
  let found = processes.lookAt(nodes)
  let foundAtMs = performance.now()
  return () => {
    if (performance.now() - foundAtMs < LOOK_EVERY_MS) return found
    found = processes.lookAt(nodes)
    foundAtMs = performance.now()
    return found
  }
}

/** One node that is stopped and let go in turn, and what was seen of it. */
class StopAndGo {
  readonly node: NodeName
  stops = 0
  /** Stops at whose end the node was found stopped. */
  found = 0
  readonly #fault: Starving
  readonly #handles: Handles
  readonly #processes: () => readonly ProcessStat[] | undefined
  readonly #sinceMs = performance.now()
  readonly #cpuBeforeMs: number
  #stoppedMs = 0
  #timer: ReturnType<typeof setTimeout> | undefined

  constructor(node: NodeName, fault: Starving, handles: Handles, processes: () => readonly ProcessStat[] | undefined) {
    this.node = node
    this.#fault = fault
    this.#handles = handles
    this.#processes = processes
    this.#cpuBeforeMs = cpuOf(processes() ?? [])
  }

  /** Lets the node go on for `goMs`, then stops it for the first time. */
  begin(goMs: number): void {
    this.#timer = setTimeout(() => this.#stop(), goMs)
  }

  end(): void {
    clearTimeout(this.#timer)
  }

  /** What the node may have used at most by now: all processors, whenever it was not stopped. */
  get allowedMs(): number {
    const goingMs = performance.now() - this.#sinceMs - this.#stoppedMs
    return availableParallelism() * (goingMs + TOLERANCE_MS * (this.stops + 1))
  }

  /** Of the node and what it started; less than it used, if a process of it has ended since. */
  usedMs(stats: readonly ProcessStat[]): number {
    return Math.max(0, cpuOf(stats) - this.#cpuBeforeMs)
  }

  #stop(): void {
    const sinceMs = performance.now()
    this.#signal('SIGSTOP')
    this.#timer = setTimeout(() => {
      this.stops += 1
      this.#stoppedMs += performance.now() - sinceMs
      const [first] = this.#processes() ?? []
      if (first !== undefined && readProcess(first.pid)?.state === 'T') this.found += 1
      this.#signal('SIGCONT')
      this.begin(this.#fault.runMs)
    }, this.#fault.stopMs)
  }

  #signal(signal: 'SIGSTOP' | 'SIGCONT'): void {
    this.#handles.get(this.node)?.signal(signal)
    for (const { pid } of this.#processes() ?? []) signalProcess(pid, signal)
  }
}

function proofOf(starved: readonly StopAndGo[], found: ReadonlyMap<NodeName, readonly ProcessStat[]>): Proof {
  const early = starved.filter(({ stops }) => stops === 0)
  if (early.length > 0) return { result: 'inconclusive', seen: `not stopped for the first time: ${namesOf(early)}` }
  const untouched = starved.filter(node => node.found < MIN_FOUND_RATIO * node.stops)
  if (untouched.length > 0)
    return { result: 'mismatch', seen: `not found stopped in their stops: ${namesOf(untouched)}` }
  const greedy = starved.filter(node => node.usedMs(found.get(node.node) ?? []) > node.allowedMs)
  if (greedy.length > 0) return { result: 'mismatch', seen: `used the processor while stopped: ${namesOf(greedy)}` }
  const stops = starved.map(({ node, found, stops }) => `${node} ${found} of ${stops}`)
  return { result: 'confirmed', seen: `found stopped, in so many of its stops: ${stops.join(', ')}` }
}

function cpuOf(stats: readonly ProcessStat[]): number {
  return stats.reduce((sum, { cpuMs }) => sum + cpuMs, 0)
}

function namesOf(starved: readonly StopAndGo[]): string {
  return starved.map(({ node }) => node).join(', ')
}
