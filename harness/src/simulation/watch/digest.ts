/**
 * Of a network too large for a whole history: its plan, steps, faults and violations with the event that shows each, and how
 * far the books agree. The seed gives all the rest again.
 */
import type { AddressBookEntry } from '@gossip-discovery/libp2p/core'
import type { HistoryEvent, Observation } from '../../history/history.ts'
import type { NodeProcess } from '../host/node-process.ts'
import type { BookChange } from '../host/world.ts'
import type { Violation } from '../verdict.ts'
import type { Agreement } from './agreement.ts'
import { HistoryRecorder, lineOf, type Recorder } from './recorder.ts'

export class Digest implements Recorder {
  readonly #kept = new HistoryRecorder()
  #changed: { process: NodeProcess; atMs: number; change: BookChange; entry: AddressBookEntry } | undefined
  #lastCounts = ''

  history(): HistoryEvent[] {
    return this.#kept.history()
  }

  record(atMs: number, observation: Observation): void {
    this.#kept.record(atMs, observation)
  }

  changed(process: NodeProcess, change: BookChange, entry: AddressBookEntry): void {
    this.#changed = { process, atMs: process.nowMs, change, entry }
  }

  /** Along with the change that it was seen in. */
  violated({ check, message, node, subject }: Violation, process: NodeProcess): void {
    const { nowMs, machine, run } = process
    const last = this.#changed
    if (last?.process === process && last.atMs === nowMs) {
      this.record(nowMs, { type: 'line', node: machine.name, run, line: lineOf(last.change, last.entry) })
    }
    const about = { ...(node !== undefined && { node }), ...(subject !== undefined && { subject }) }
    this.record(nowMs, { type: 'violation', check, message, ...about })
  }

  /** Says how far the books agree, if that has changed. */
  count(atMs: number, { live, rightPairs, ghosts }: Agreement): void {
    const counts = `${live} ${rightPairs} ${ghosts}`
    if (counts === this.#lastCounts) return
    this.#lastCounts = counts
    this.record(atMs, { type: 'counts', live, right: rightPairs, ghosts })
  }

  started(): void {}

  announced(): void {}

  leaveRequested(): void {}

  stopRequested(): void {}

  exited(): void {}

  dump(): void {}
}
