/** Writes down a run as history, as if the nodes had been real processes that keep the contract. */
import type { AddressBookEntry } from '@gossip-discovery/libp2p/core'
import type { NodeLine } from '../../contract.ts'
import type { HistoryEvent, Observation } from '../../history/history.ts'
import { bookHash, type HashedEntry } from '../../node/book-hash.ts'
import type { NodeProcess } from '../host/node-process.ts'
import type { BookChange } from '../host/world.ts'

export class Recorder {
  readonly #events: HistoryEvent[] = []

  /** In order of time; what happened at one moment in the order in which it happened. */
  history(): HistoryEvent[] {
    return this.#events.toSorted((a, b) => a.atMs - b.atMs)
  }

  record(atMs: number, observation: Observation): void {
    // Thousandths of a ms are finer than any clock that a harness has.
    this.#events.push({ atMs: Math.round(atMs * 1_000) / 1_000, ...observation })
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
    const { peer } = entry.record.announcement
    if (change === 'left' || change === 'expired') this.#line(process, { type: change, peerId: peer })
    // The contract has one word for whoever goes without a farewell.
    else if (change === 'evicted') this.#line(process, { type: 'expired', peerId: peer })
    else this.#line(process, { type: change, ...bookEntry(entry) })
  }

  stopRequested({ machine, run, nowMs }: NodeProcess): void {
    this.record(nowMs, { type: 'stop-requested', node: machine.name, run })
  }

  exited(process: NodeProcess, signal: string | null): void {
    const { machine, run, nowMs } = process
    const code = signal === null ? 0 : null
    this.record(nowMs, { type: 'exited', node: machine.name, run, code, signal, stderrTail: [] })
  }

  /** Asks a node for its book. */
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

  #line(process: NodeProcess, line: NodeLine): void {
    this.record(process.nowMs, { type: 'line', node: process.machine.name, run: process.run, line })
  }
}

function bookEntry({ record }: AddressBookEntry): HashedEntry {
  const { peer, name, addrs, epoch, seq } = record.announcement
  return { peerId: peer, name, addrs: [...addrs], epoch, seq }
}
