/** Starts the nodes, watches their books, and ends the run: once every check has held, or at the deadline. */
import type { History, HistoryEvent, NodeName } from '../history/history.ts'
import { createNetwork, heldSinceMs, observe, progress } from '../history/network.ts'
import { createRecord, type RunRecord } from '../history/record.ts'
import type { NodeHandle, NodeObservation, Runner } from '../runners/runner.ts'
import { watchLag } from './lag.ts'
import { createSettleClock } from './settle-clock.ts'
import { StartPace } from './start-pace.ts'

export interface RunPlan {
  scenario: string
  nodes: number
  deadlineMs: number
  settleMs: number
  /** Every later node is told the addresses of this many first ones. */
  bootstrapPeers: number
  /** A start lasts until the node is ready. */
  concurrentStarts: number
  /** A node that is not ready by then will not be. Starts are limited, so this is no matter of the network's size. */
  startTimeoutMs?: number
  /** Flags of the contract that every node gets. */
  nodeArgs: readonly string[]
  /** The command line that repeats the run. */
  command: string
}

export interface SuperviseOptions {
  interrupt: AbortSignal
  onEvent: (event: HistoryEvent) => void
  /** When one more node may start, in place of what the host can carry. */
  pace?: Pick<StartPace, 'next'>
}

const START_TIMEOUT_MS = 15_000

/** Once the run is lost, the others may start and find each other for so long, so that the report shows only what is wrong. */
const AFTERMATH_MS = 5_000
const AFTERMATH_OF_START_MS = 1_000

/** A node that does not answer `dump` within this is reported without a book. */
const DUMP_TIMEOUT_MS = 2_000

/** Runs to the end and leaves no node behind. Never rejects for what nodes do. */
export async function supervise(plan: RunPlan, runner: Runner, options: SuperviseOptions): Promise<History> {
  return await new Supervisor(plan, runner, options).run()
}

/** Where the process of a node is; its books are a matter of `network.ts`. */
interface NodeState {
  name: NodeName
  handle: NodeHandle | undefined
  addrs: string[] | undefined
  ended: boolean
  late: boolean
  books: number
}

class Supervisor {
  readonly #plan: RunPlan
  readonly #runner: Runner
  readonly #interrupt: AbortSignal
  readonly #network = createNetwork()
  readonly #record: RunRecord
  readonly #nodes: NodeState[]
  readonly #pace: Pick<StartPace, 'next'>
  #ending = false
  #spawnFailed = false

  constructor(plan: RunPlan, runner: Runner, { interrupt, onEvent, pace }: SuperviseOptions) {
    this.#plan = plan
    this.#runner = runner
    this.#interrupt = interrupt
    this.#record = createRecord(event => {
      observe(this.#network, event)
      onEvent(event)
    })
    this.#nodes = Array.from({ length: plan.nodes }, (_, index) => newNode(`n${index + 1}`))
    this.#pace = pace ?? new StartPace({ wait: ms => this.#record.until(() => !this.#mayStart(), ms) })
  }

  async run(): Promise<History> {
    const { scenario, deadlineMs, settleMs, command } = this.#plan
    const startedAt = new Date().toISOString()
    const nodes = this.#nodes.map(({ name }) => name)
    this.#record.add({ type: 'run-started', startedAt, scenario, nodes, deadlineMs, settleMs, command })
    const lag = watchLag(lagMs => this.#record.add({ type: 'harness-lagged', lagMs }))
    this.#interrupt.addEventListener('abort', this.#record.look)
    const starting = this.#startAll()
    const reason = await this.#awaitEnd(starting)
    this.#ending = true
    lag.stop()
    this.#record.add({ type: 'run-ended', reason })
    this.#record.look()
    await Promise.all([starting, ...this.#nodes.map(({ handle }) => handle?.stop())])
    return this.#record.history
  }

  /** The first nodes one after another, since the others are told where to find them. */
  async #startAll(): Promise<void> {
    const waiting = [...this.#nodes]
    const startNext = async () => {
      await this.#pace.next()
      const node = this.#mayStart() ? waiting.shift() : undefined
      if (node !== undefined) await this.#start(node)
    }
    const startRest = async () => {
      while (waiting.length > 0 && this.#mayStart()) await startNext()
    }
    while (waiting.length > this.#plan.nodes - this.#plan.bootstrapPeers && this.#mayStart()) await startNext()
    await Promise.all(Array.from({ length: this.#plan.concurrentStarts }, startRest))
  }

  /** What could not be started once will not start another time. */
  #mayStart(): boolean {
    return !this.#ending && !this.#spawnFailed
  }

  async #start(node: NodeState): Promise<void> {
    const index = this.#nodes.indexOf(node)
    const bootstrap = this.#nodes.slice(0, this.#plan.bootstrapPeers).flatMap(({ addrs }) => addrs ?? [])
    const args = ['--name', node.name, ...bootstrap.flatMap(addr => ['--bootstrap', addr]), ...this.#plan.nodeArgs]
    node.handle = this.#runner.start({ node: node.name, run: 1, index, args }, seen => this.#observe(node, seen))
    const isDecided = () => node.addrs !== undefined || node.ended || this.#ending
    node.late = !(await this.#record.until(isDecided, this.#plan.startTimeoutMs ?? START_TIMEOUT_MS))
    if (node.late) this.#record.look()
  }

  #observe(node: NodeState, seen: NodeObservation): void {
    if (seen.type === 'line' && seen.line.type === 'ready') node.addrs = seen.line.addrs
    if (seen.type === 'line' && seen.line.type === 'book') node.books += 1
    if (seen.type === 'exited' || seen.type === 'spawn-failed') node.ended = true
    if (seen.type === 'spawn-failed') this.#spawnFailed = true
    this.#record.add(seen)
  }

  async #awaitEnd(starting: Promise<void>): Promise<'settled' | 'deadline' | 'decided' | 'interrupted'> {
    const clock = createSettleClock(this.#plan.settleMs, this.#record)
    const isOver = () => this.#interrupt.aborted || this.#isLost() || clock.hasSettled(heldSinceMs(this.#network))
    try {
      for (;;) {
        const inTime = await this.#record.until(isOver, this.#leftMs())
        if (!this.#interrupt.aborted && this.#isLost()) await this.#aftermath(starting)
        if (!this.#interrupt.aborted) await this.#dump()
        if (this.#interrupt.aborted) return 'interrupted'
        if (this.#isLost()) return 'decided'
        if (!inTime) return 'deadline'
        const { ready, dumps } = progress(this.#network)
        // Whoever was late while the books came in has not seen them hold.
        if (clock.hasSettled(heldSinceMs(this.#network)) && dumps === ready) return 'settled'
        clock.restart()
      }
    } finally {
      clock.stop()
    }
  }

  /** A node that ended or never became ready does not come back, nor is a breach made good: the run cannot pass. */
  #isLost(): boolean {
    return this.#network.breachCount > 0 || this.#nodes.some(({ ended, late }) => ended || late)
  }

  async #aftermath(starting: Promise<void>): Promise<void> {
    let isOver = false
    const nobodyLives = () => this.#nodes.every(({ handle, ended }) => handle === undefined || ended)
    const canEnd = () => isOver || this.#interrupt.aborted || nobodyLives() || this.#network.fullSinceMs !== undefined
    const limitMs = Math.min(AFTERMATH_MS, this.#leftMs())
    const started = starting.then(() => this.#record.until(canEnd, Math.min(AFTERMATH_OF_START_MS, limitMs)))
    void started.then(() => {
      isOver = true
      this.#record.look()
    })
    await this.#record.until(canEnd, limitMs)
  }

  #leftMs(): number {
    return Math.max(0, this.#plan.deadlineMs - this.#record.nowMs())
  }

  /** Every node that lives is asked for its book. */
  async #dump(): Promise<void> {
    const asked = this.#nodes
      .filter(({ addrs, ended }) => addrs !== undefined && !ended)
      .map(node => ({ node, before: node.books }))
    for (const { node } of asked) {
      this.#record.add({ type: 'dump-requested', node: node.name, run: 1 })
      node.handle?.send({ type: 'dump' })
    }
    const answered = () => asked.every(({ node, before }) => node.ended || node.books > before)
    await this.#record.until(() => this.#interrupt.aborted || answered(), DUMP_TIMEOUT_MS)
  }
}

function newNode(name: NodeName): NodeState {
  return { name, handle: undefined, addrs: undefined, ended: false, late: false, books: 0 }
}
