/**
 * Histories in a few readable words: nodes are 'a', 'b', 'c', the peer of 'a' is 'peer-a', and each event comes 1 ms
 * after the one before unless `at` moves the clock.
 */
import type { BookEntry, NodeLine, NodeName } from '../../src/contract.ts'
import type { HistoryEvent, Observation } from '../../src/history/history.ts'

type RunEnd = Extract<Observation, { type: 'run-ended' }>['reason']
type Stats = Extract<NodeLine, { type: 'stats' }>

export function historyOf(nodes: NodeName[], { settleMs = 1_000, deadlineMs = 30_000, scenario = 'converge' } = {}) {
  return new HistoryBuilder({
    type: 'run-started',
    startedAt: '1970-01-01T00:00:01.000Z',
    scenario,
    nodes,
    deadlineMs,
    settleMs,
    command: `test-network ${nodes.length} ${deadlineMs / 1_000}`
  })
}

/** Everybody has met everybody at 1 s and dumps at 2.1 s; the run is not over. */
export function converged(nodes: NodeName[], options?: Parameters<typeof historyOf>[1]): HistoryBuilder {
  return historyOf(nodes, options)
    .started(...nodes)
    .at(1_000 - nodes.length * (nodes.length - 1))
    .everybodyMeets()
    .at(2_100)
    .dumped(...nodes)
}

export function peerOf(node: NodeName): string {
  return `peer-${node}`
}

export class HistoryBuilder {
  readonly events: HistoryEvent[] = []
  readonly #nodes: NodeName[]
  readonly #runs = new Map<NodeName, number>()
  readonly #books = new Map<NodeName, Map<string, BookEntry>>()
  #nowMs = 0

  constructor(start: Extract<Observation, { type: 'run-started' }>) {
    this.#nodes = start.nodes
    this.observed(start)
  }

  at(ms: number): this {
    this.#nowMs = Math.max(this.#nowMs, ms)
    return this
  }

  observed(observation: Observation): this {
    this.events.push({ atMs: this.#nowMs, ...observation })
    this.#nowMs += 1
    return this
  }

  /** A new process of each node; a restart if there was one before. */
  spawned(...nodes: NodeName[]): this {
    for (const node of nodes) {
      this.#runs.set(node, this.#runOf(node) + 1)
      this.#books.set(node, new Map())
      this.observed({ type: 'spawned', node, run: this.#runOf(node), pid: 100 + this.#nodes.indexOf(node) })
    }
    return this
  }

  spawnFailed(node: NodeName, reason: string): this {
    return this.observed({ type: 'spawn-failed', node, run: 1, reason })
  }

  ready(node: NodeName, said: Partial<BookEntry> = {}): this {
    const { peerId, name = node, addrs = [], epoch } = { ...this.entryOf(node), ...said }
    return this.says(node, { type: 'ready', v: 1, node: name, peerId, addrs, epoch })
  }

  started(...nodes: NodeName[]): this {
    for (const node of nodes) this.spawned(node).ready(node)
    return this
  }

  says(node: NodeName, line: NodeLine): this {
    return this.observed({ type: 'line', node, run: this.#runOf(node), line })
  }

  announced(node: NodeName, recipients: number, seq = 1): this {
    return this.says(node, { type: 'announced', seq, recipients })
  }

  /** The observer lists the subject as the subject said of itself, but for what `said` changes. */
  joined(observer: NodeName, subject: NodeName, said: Partial<BookEntry> = {}): this {
    const entry = { ...this.entryOf(subject), ...said }
    this.#books.get(observer)?.set(entry.peerId, entry)
    return this.says(observer, { type: 'joined', ...entry })
  }

  updated(observer: NodeName, subject: NodeName, said: Partial<BookEntry>): this {
    const entry = { ...this.entryOf(subject), ...said }
    this.#books.get(observer)?.set(entry.peerId, entry)
    return this.says(observer, { type: 'updated', ...entry })
  }

  left(observer: NodeName, subject: NodeName): this {
    this.#books.get(observer)?.delete(peerOf(subject))
    return this.says(observer, { type: 'left', peerId: peerOf(subject) })
  }

  expired(observer: NodeName, subject: NodeName): this {
    this.#books.get(observer)?.delete(peerOf(subject))
    return this.says(observer, { type: 'expired', peerId: peerOf(subject) })
  }

  /** Each of them lists each other one. */
  meet(...nodes: NodeName[]): this {
    for (const a of nodes) for (const b of nodes) if (a !== b) this.joined(a, b)
    return this
  }

  everybodyMeets(): this {
    return this.meet(...this.#nodes)
  }

  /** The books are asked for, and the answers are what the events say. */
  dumped(...nodes: NodeName[]): this {
    for (const node of nodes) this.dumpRequested(node).dumpedAs(node, [...(this.#books.get(node)?.values() ?? [])])
    return this
  }

  dumpRequested(node: NodeName): this {
    return this.observed({ type: 'dump-requested', node, run: this.#runOf(node) })
  }

  dumpedAs(node: NodeName, entries: BookEntry[]): this {
    return this.says(node, { type: 'book', entries })
  }

  stats(node: NodeName, stats: Partial<Stats> = {}): this {
    const none = { rx: 0, tx: 0, rejected: {}, rssBytes: 0, cpuMs: 0, loopLagMs: 0 }
    return this.says(node, { type: 'stats', ...none, ...stats })
  }

  found(node: NodeName, fault: string, text = 'rubbish', lineNumber = 1): this {
    return this.observed({ type: 'finding', node, run: this.#runOf(node), finding: { lineNumber, fault, text } })
  }

  stopRequested(node: NodeName): this {
    return this.observed({ type: 'stop-requested', node, run: this.#runOf(node) })
  }

  exited(
    node: NodeName,
    how: { code?: number; signal?: string; stderrTail?: string[]; toldLateMs?: number } = {}
  ): this {
    const { signal = null, stderrTail = [], toldLateMs = 0 } = how
    const code = signal === null ? (how.code ?? 0) : null
    return this.observed({ type: 'exited', node, run: this.#runOf(node), code, signal, stderrTail, toldLateMs })
  }

  faultInjected(fault: string, ...nodes: NodeName[]): this {
    return this.observed({ type: 'fault-injected', fault, nodes })
  }

  faultHealed(fault: string, ...nodes: NodeName[]): this {
    return this.observed({ type: 'fault-healed', fault, nodes })
  }

  lagged(lagMs: number): this {
    return this.observed({ type: 'harness-lagged', lagMs })
  }

  ended(reason: RunEnd): HistoryEvent[] {
    return this.observed({ type: 'run-ended', reason }).events
  }

  /** What the node would say of itself. */
  entryOf(node: NodeName): BookEntry {
    const host = 1 + this.#nodes.indexOf(node)
    const epoch = 1_000 * Math.max(1, this.#runOf(node))
    return { peerId: peerOf(node), name: node, addrs: [`/ip4/127.1.1.${host}/tcp/4001`], epoch, seq: 1 }
  }

  #runOf(node: NodeName): number {
    return this.#runs.get(node) ?? 0
  }
}
