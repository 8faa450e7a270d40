/**
 * Nodes that are values, over a clock of the test: everybody who can hear everybody knows everybody, a little later. What
 * they do otherwise, and what goes wrong with faults, is given by node and by kind of fault.
 */
import type { BookEntry, Command, NodeLine, NodeName } from '../../src/contract.ts'
import type { Fault, FaultInForce, Proof } from '../../src/faults/fault.ts'
import type {
  FaultInjector,
  Leftover,
  NodeHandle,
  NodeObservation,
  NodeSpec,
  Runner
} from '../../src/runners/runner.ts'
import type { FakeClock } from './fake-clock.ts'

/** Until books follow what happens. */
const WALL_MS = Date.now()

export const GOSSIP_MS = 100

export interface NodeHabits {
  /** Never, if infinite. */
  readyAfterMs?: number
  /** By itself, with code 1, after it was spawned. */
  diesAfterMs?: number
  can?: string[]
}

type Outcome = 'works' | 'rejects' | 'hangs' | { readonly afterMs: number }

export interface FaultHabits {
  inject?: Outcome
  prove?: Outcome
  undo?: Outcome
}

export interface FakeRunnerOptions {
  habitsOf?: (node: NodeName, run: number) => NodeHabits
  faultHabitsOf?: (fault: Fault) => FaultHabits
  cannot?: FaultInjector['cannot']
}

export class FakeRunner implements Runner {
  /** Everything that the supervisor asked for, in order. */
  readonly calls: string[] = []
  readonly specs: NodeSpec[] = []
  readonly inForce = new Set<Fault>()
  readonly faults: FaultInjector
  readonly #clock: FakeClock
  readonly #options: FakeRunnerOptions
  readonly #processes = new Set<FakeProcess>()
  #seq = 0

  constructor(clock: FakeClock, options: FakeRunnerOptions = {}) {
    this.#clock = clock
    this.#options = options
    this.faults = {
      cannot: options.cannot ?? (() => undefined),
      inject: async (fault, handles) => await this.#inject(fault, handles)
    }
  }

  start(spec: NodeSpec, observe: (observation: NodeObservation) => void): NodeHandle {
    this.calls.push(`start ${spec.node}`)
    this.specs.push(spec)
    const habits = this.#options.habitsOf?.(spec.node, spec.run) ?? {}
    const process: FakeProcess = new FakeProcess(spec, habits, this.#clock, {
      observe,
      changed: () => this.#clock.after(GOSSIP_MS, () => this.#gossip()),
      called: call => this.calls.push(call),
      isPaused: () => this.#isPaused(process)
    })
    this.#processes.add(process)
    return process
  }

  cannotPutBehind(): undefined {}

  /** Nodes whose process lives. */
  get living(): NodeName[] {
    return [...this.#processes].filter(({ state }) => state !== 'ended').map(({ spec }) => spec.node)
  }

  async reap(): Promise<Leftover[]> {
    return []
  }

  async close(): Promise<void> {}

  async #inject(fault: Fault, handles: ReadonlyMap<NodeName, NodeHandle>): Promise<FaultInForce> {
    const { inject, prove, undo } = this.#options.faultHabitsOf?.(fault) ?? {}
    this.calls.push(`inject ${fault.type}`)
    await this.#come(inject, 'it cannot be injected')
    this.inForce.add(fault)
    if (fault.type === 'kill' || fault.type === 'power-off')
      for (const node of fault.nodes) handles.get(node)?.signal('SIGKILL')
    this.#clock.after(GOSSIP_MS, () => this.#gossip())
    return {
      prove: async (): Promise<Proof> => {
        this.calls.push(`prove ${fault.type}`)
        await this.#come(prove, 'nothing can be seen')
        return { result: 'confirmed', seen: this.inForce.has(fault) ? 'it is in force' : 'it is gone' }
      },
      undo: async () => {
        this.calls.push(`undo ${fault.type}`)
        await this.#come(undo, 'it cannot be undone')
        this.inForce.delete(fault)
        this.#clock.after(GOSSIP_MS, () => this.#gossip())
      }
    }
  }

  async #come(outcome: Outcome = 'works', why: string): Promise<void> {
    if (outcome === 'rejects') throw new Error(why)
    if (outcome === 'hangs') await new Promise(() => {})
    if (typeof outcome === 'object') await this.#clock.wait(outcome.afterMs)
  }

  #gossip(): void {
    const ready = [...this.#processes].filter(({ state }) => state === 'ready')
    for (const observer of ready) {
      if (this.#isPaused(observer)) continue
      const heard = ready.filter(subject => subject !== observer && !this.#areCut(observer, subject))
      observer.learn(heard, () => ++this.#seq)
    }
  }

  #isPaused({ spec: { node } }: FakeProcess): boolean {
    return [...this.inForce].some(fault => fault.type === 'pause' && fault.nodes.includes(node))
  }

  #areCut(a: FakeProcess, b: FakeProcess): boolean {
    return [...this.inForce].some(fault => {
      if (fault.type === 'partition') {
        const groupOf = ({ spec: { node } }: FakeProcess) => fault.groups.findIndex(group => group.includes(node))
        return groupOf(a) !== groupOf(b)
      }
      return fault.type === 'pause' && [a, b].some(({ spec: { node } }) => fault.nodes.includes(node))
    })
  }
}

interface FakeEvents {
  observe: (observation: NodeObservation) => void
  changed: () => void
  called: (call: string) => void
  isPaused: () => boolean
}

class FakeProcess implements NodeHandle {
  readonly spec: NodeSpec
  readonly ended: Promise<void>
  readonly clockOffsetMs = undefined
  state: 'starting' | 'ready' | 'left' | 'ended' = 'starting'
  readonly #clock: FakeClock
  readonly #events: FakeEvents
  readonly #book = new Map<string, { entry: BookEntry; of: FakeProcess }>()
  readonly #peerId: string
  readonly #epoch: number
  #end = () => {}

  constructor(spec: NodeSpec, habits: NodeHabits, clock: FakeClock, events: FakeEvents) {
    this.spec = spec
    this.#clock = clock
    this.#events = events
    this.ended = new Promise(resolve => {
      this.#end = resolve
    })
    const key = spec.args[spec.args.indexOf('--key') + 1]
    this.#peerId = spec.args.includes('--key') ? `peer of ${key}` : `peer-${spec.node}-${spec.run}`
    // The start of the run, which the history gives by the wall clock, and what has passed since by the fake one.
    this.#epoch = WALL_MS + Math.round(clock.nowMs()) + spec.run
    const { node, run } = spec
    this.#observe({ type: 'spawned', node, run, pid: 1 })
    const { readyAfterMs = 50, diesAfterMs } = habits
    if (Number.isFinite(readyAfterMs)) clock.after(readyAfterMs, () => this.#beReady(habits))
    if (diesAfterMs !== undefined) clock.after(diesAfterMs, () => this.#exit(1, null))
  }

  send(command: Command): void {
    this.#events.called(`send ${this.spec.node} ${command.type}`)
    if (this.state === 'ended' || this.#events.isPaused()) return
    if (command.type === 'dump') this.#clock.soon(() => this.#say({ type: 'book', entries: this.#entries() }))
    if (command.type === 'stop') this.#clock.after(10, () => this.#exit(0, null))
    if (command.type === 'leave') {
      this.state = 'left'
      this.#events.changed()
    }
  }

  disconnect(): void {}

  signal(signal: 'SIGTERM' | 'SIGKILL' | 'SIGSTOP' | 'SIGCONT'): void {
    this.#events.called(`signal ${this.spec.node} ${signal}`)
    if (signal === 'SIGKILL') this.#clock.soon(() => this.#exit(null, 'SIGKILL'))
  }

  async stop(): Promise<void> {
    if (this.state !== 'ended') {
      this.#observe({ type: 'stop-requested', node: this.spec.node, run: this.spec.run })
      this.send({ type: 'stop' })
      this.#clock.after(2_000, () => this.#exit(null, 'SIGKILL'))
    }
    await this.ended
  }

  learn(heard: FakeProcess[], nextSeq: () => number): void {
    for (const [peerId, { of }] of this.#book) {
      if (heard.includes(of)) continue
      this.#book.delete(peerId)
      this.#say({ type: of.state === 'left' ? 'left' : 'expired', peerId })
    }
    for (const of of heard) {
      if (this.#book.get(of.#peerId)?.of === of) continue
      const entry = { peerId: of.#peerId, name: of.spec.node, addrs: of.#addrs(), epoch: of.#epoch, seq: nextSeq() }
      this.#book.set(of.#peerId, { entry, of })
      this.#say({ type: 'joined', ...entry })
    }
  }

  #entries(): BookEntry[] {
    return [...this.#book.values()].map(({ entry }) => entry)
  }

  #addrs(): string[] {
    return [this.spec.listen ?? `/ip4/127.1.1.${this.spec.index + 1}/tcp/4001`]
  }

  #beReady({ can }: NodeHabits): void {
    if (this.state === 'ended') return
    this.state = 'ready'
    const said = { node: this.spec.node, peerId: this.#peerId, addrs: this.#addrs(), epoch: this.#epoch }
    this.#say({ type: 'ready', v: 1, ...said, ...(can !== undefined && { can }) } as NodeLine)
    this.#events.changed()
  }

  #exit(code: number | null, signal: string | null): void {
    if (this.state === 'ended') return
    this.state = 'ended'
    const { node, run } = this.spec
    this.#events.observe({ type: 'exited', node, run, code, signal, stderrTail: [] })
    this.#events.changed()
    this.#end()
  }

  #say(line: NodeLine): void {
    this.#observe({ type: 'line', node: this.spec.node, run: this.spec.run, line })
  }

  #observe(observation: NodeObservation): void {
    if (this.state !== 'ended') this.#events.observe(observation)
  }
}
