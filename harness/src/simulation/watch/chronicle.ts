/** The history of a simulation from its first event to its last: whole for a small network, a digest for a large one. */
import { CONTRACT_VERSION, type NodeName } from '../../contract.ts'
import { HISTORY_VERSION, type HistoryEvent } from '../../history/history.ts'
import type { Plan } from '../../scenario/plan.ts'
import { version } from '../../version.ts'
import { STARTED_AT_MS } from '../host/core-driver.ts'
import type { NodeProcess } from '../host/node-process.ts'
import { Digest } from '../witness/digest.ts'
import { Ledger, type LedgerInit } from '../witness/ledger.ts'
import type { Agreement } from './agreement.ts'
import { HistoryRecorder, type Recorder } from './recorder.ts'

/** A whole history has an event for every entry of every book: larger networks leave a digest. */
export const MAX_RECORDED_NODES = 200

/** How often a digest says how far the books agree. */
const COUNT_INTERVAL_MS = 100

type EndReason = Extract<HistoryEvent, { type: 'run-ended' }>['reason']

/** What is asked of a network in the end. */
interface LastWords {
  readonly running: readonly NodeProcess[]
  readonly agreement: Agreement
  /** Bytes that have arrived at a node. */
  readonly received: (node: NodeName) => number
}

export class Chronicle {
  readonly recorder: Recorder
  readonly #plan: Plan
  readonly #command: string
  /** Undefined where the history is whole. */
  readonly digest: Digest | undefined
  #nextCountMs = 0

  /** @param init.maxRecordedNodes - a larger network leaves a digest */
  constructor(command: string, init: LedgerInit & { maxRecordedNodes: number }) {
    const { plan, maxRecordedNodes } = init
    this.#plan = plan
    this.#command = command
    this.digest = plan.nodes.length > maxRecordedNodes ? new Digest(new Ledger(init)) : undefined
    this.recorder = this.digest ?? new HistoryRecorder()
  }

  begin(): void {
    const { scenario, nodes, deadlineMs, settleMs } = this.#plan
    this.recorder.record(0, {
      type: 'run-started',
      v: HISTORY_VERSION,
      startedAt: new Date(STARTED_AT_MS).toISOString(),
      scenario,
      nodes: nodes.map(({ name }) => name),
      deadlineMs,
      settleMs,
      command: this.#command,
      runner: 'simulation',
      versions: { testbed: version(), contract: CONTRACT_VERSION },
      plan: this.#plan,
      ...(this.digest !== undefined && { digest: { version: version() } })
    })
  }

  /** Nothing more happens before `untilMs`. */
  count(untilMs: number, agreement: Agreement): void {
    if (this.digest === undefined || untilMs < this.#nextCountMs) return
    this.digest.count(this.#nextCountMs, agreement)
    this.#nextCountMs = (Math.floor(untilMs / COUNT_INTERVAL_MS) + 1) * COUNT_INTERVAL_MS
  }

  /** The books are asked for, and then the nodes are told to end. */
  end(reason: EndReason, atMs: number, { running, agreement, received }: LastWords): void {
    const { recorder } = this
    this.digest?.count(atMs, agreement)
    for (const { name } of this.#plan.nodes)
      recorder.record(atMs, { type: 'received', node: name, bytes: received(name) })
    for (const process of running) if (!process.isPaused) recorder.dump(process, atMs)
    this.digest?.conclude(atMs)
    recorder.record(atMs, { type: 'run-ended', reason })
    for (const process of running) recorder.stopRequested(process, atMs)
    for (const process of running) recorder.exited(process, null, atMs)
    recorder.record(atMs, { type: 'run-closed', leftovers: [] })
  }
}
