/** Writes down a run as history, as if the nodes had been real processes that keep the contract. */
import type { AddressBookEntry } from '@gossip-discovery/libp2p/core'
import type { NodeLine, NodeName } from '../../contract.ts'
import type { HistoryEvent, Observation, ViolatedRule } from '../../history/history.ts'
import { bookHash, type HashedEntry } from '../../node/book-hash.ts'
import type { NodeProcess } from '../host/node-process.ts'
import type { BookChange } from '../host/world.ts'

export interface Violation {
  readonly rule: ViolatedRule
  /** One sentence that stands on its own in a terminal: names, values, times. */
  readonly message: string
  /** The machine that it is about. */
  readonly subject?: number | undefined
  /** Whoever reads the lines of the nodes sees it as well. */
  readonly isInLines: boolean
}

/** Writes down what happens. */
export interface Recorder {
  /** In order of time; what happened at one moment in the order in which it happened. */
  history(): HistoryEvent[]
  /** The same in the order in which it was written down, while it grows. What is ahead of the network's time may still change. */
  readonly recorded: readonly HistoryEvent[]
  record(atMs: number, observation: Observation): void
  started(process: NodeProcess): void
  announced(process: NodeProcess, seq: number, recipients: number): void
  /** Before the books note it. */
  changed(process: NodeProcess, change: BookChange, entry: AddressBookEntry): void
  settled(process: NodeProcess): void
  /** After they have noted it, or after another node has begun or ceased to run. */
  booksChanged(atMs: number): void
  leaveRequested(process: NodeProcess, atMs: number): void
  stopRequested(process: NodeProcess, atMs: number): void
  /** @param signal - null for an exit with code 0 */
  exited(process: NodeProcess, signal: string | null, atMs: number): void
  /** Asks a node for its book. */
  dump(process: NodeProcess, atMs: number): void
  /** Something is wrong with what the process has just done. */
  violated(violation: Violation, process: NodeProcess): void
}

/** All that a run on real nodes would leave. */
export class HistoryRecorder implements Recorder {
  readonly #events: HistoryEvent[] = []

  history(): HistoryEvent[] {
    return this.#events.toSorted((a, b) => a.atMs - b.atMs)
  }

  get recorded(): readonly HistoryEvent[] {
    return this.#events
  }

  record(atMs: number, observation: Observation): void {
    this.#events.push({ atMs: rounded(atMs), ...observation })
  }

  started(process: NodeProcess): void {
    const { machine, run, nowMs, driver } = process
    this.record(nowMs, { type: 'spawned', node: machine.name, run })
    this.#line(process, {
      type: 'ready',
      v: 1,
      node: machine.name,
      peerId: machine.peer,
      addrs: [machine.addr],
      epoch: driver.epoch
    })
  }

  announced(process: NodeProcess, seq: number, recipients: number): void {
    this.#line(process, { type: 'announced', seq, recipients })
  }

  changed(process: NodeProcess, change: BookChange, entry: AddressBookEntry): void {
    this.#line(process, lineOf(change, entry))
  }

  settled(process: NodeProcess): void {
    this.#line(process, { type: 'settled' })
  }

  leaveRequested({ machine, run }: NodeProcess, atMs: number): void {
    this.record(atMs, { type: 'leave-requested', node: machine.name, run })
  }

  stopRequested({ machine, run }: NodeProcess, atMs: number): void {
    this.record(atMs, { type: 'stop-requested', node: machine.name, run })
  }

  exited({ machine, run }: NodeProcess, signal: string | null, atMs: number): void {
    const code = signal === null ? 0 : null
    this.#cutOff(machine.name, run, rounded(atMs))
    this.record(atMs, { type: 'exited', node: machine.name, run, code, signal, stderrTail: [] })
  }

  dump(process: NodeProcess, atMs: number): void {
    const { machine, run, driver } = process
    const entries = [...driver.core.book.values()].map(bookEntry)
    const { name, peer: peerId, addr } = machine
    const self = { peerId, name, addrs: [addr], epoch: driver.epoch, seq: 0 }
    this.record(atMs, { type: 'dump-requested', node: name, run })
    this.record(atMs, {
      type: 'line',
      node: name,
      run,
      line: { type: 'book', entries, hash: bookHash([...entries, self]) }
    })
  }

  /** What a busy process says comes later than it is decided; from one that is killed meanwhile, at the end. */
  #cutOff(node: NodeName, run: number, endMs: number): void {
    for (const event of this.#events) {
      if (event.atMs > endMs && 'run' in event && event.node === node && event.run === run) event.atMs = endMs
    }
  }

  booksChanged(): void {}

  /** What lines show is seen by whoever reads them. */
  violated({ rule, message, subject, isInLines }: Violation, process: NodeProcess): void {
    if (isInLines) return
    const { machine, run, nowMs, world } = process
    const about = subject === undefined ? {} : { subject: world.machines[subject]!.name }
    this.record(nowMs, { type: 'violation', rule, message, node: machine.name, run, ...about })
  }

  #line(process: NodeProcess, line: NodeLine): void {
    this.record(process.nowMs, { type: 'line', node: process.machine.name, run: process.run, line })
  }
}

/** Thousandths of a ms are finer than any clock that a harness has. */
export function rounded(atMs: number): number {
  return Math.round(atMs * 1_000) / 1_000
}

/** The line that a node would write about a change of its book. */
export function lineOf(change: BookChange, entry: AddressBookEntry): NodeLine {
  const { peer: peerId } = entry.record.announcement
  if (change === 'left' || change === 'expired') return { type: change, peerId }
  // The contract has one word for whoever goes without a farewell.
  if (change === 'evicted') return { type: 'expired', peerId }
  return { type: change, ...bookEntry(entry) }
}

function bookEntry({ record }: AddressBookEntry): HashedEntry {
  const { peer, name, addrs, epoch, seq } = record.announcement
  return { peerId: peer, name, addrs: [...addrs], epoch, seq }
}
