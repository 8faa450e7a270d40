/**
 * Of a network too large for a whole history: its plan, steps, faults and violations with the event that shows each, and how
 * far the books agree. The seed gives all the rest again. Beside them it keeps the ledger that the run is judged from.
 */
import type { AddressBookEntry } from '@gossip-discovery/libp2p/core'
import type { HistoryEvent, Observation } from '../../history/history.ts'
import { seconds } from '../../judge/wording.ts'
import type { IssuedRecord } from '../host/issuer.ts'
import type { NodeProcess } from '../host/node-process.ts'
import type { BookChange } from '../host/world.ts'
import type { Agreement } from '../watch/agreement.ts'
import { HistoryRecorder, lineOf, type Recorder, type Violation } from '../watch/recorder.ts'
import type { SeenDrop } from './drop-log.ts'
import { witnessedSteadiness } from './drop-rulings.ts'
import type { Ledger } from './ledger.ts'

/** Drops that stand in a digest with their lines; the others are counted. */
const MAX_WRITTEN_DROPS = 10

export class Digest implements Recorder {
  readonly ledger: Ledger
  readonly #kept = new HistoryRecorder()
  /** The last change of any book: in columns, since there are as many as entries. */
  #changedBy: NodeProcess | undefined
  #changedAtMs = 0
  #change: BookChange = 'joined'
  #entry: AddressBookEntry | undefined
  #lastCounts = ''
  #writtenDrops = 0

  constructor(ledger: Ledger) {
    this.ledger = ledger
  }

  history(): HistoryEvent[] {
    return this.#kept.history()
  }

  get recorded(): readonly HistoryEvent[] {
    return this.#kept.recorded
  }

  record(atMs: number, observation: Observation): void {
    this.#kept.record(atMs, observation)
    this.ledger.observed(atMs, observation)
  }

  booksChanged(atMs: number): void {
    this.ledger.note(atMs)
  }

  changed(process: NodeProcess, change: BookChange, entry: AddressBookEntry): void {
    this.#changedBy = process
    this.#changedAtMs = process.nowMs
    this.#change = change
    this.#entry = entry
    const { subject, ordinal } = entry.record as IssuedRecord
    if (subject === undefined) return
    const drop = this.ledger.changed(process, change, subject, ordinal)
    if (drop?.isUncalledFor !== true || this.#writtenDrops++ >= MAX_WRITTEN_DROPS) return
    this.violated({ rule: 'no-drops', subject, message: this.#dropText(drop) }, process)
  }

  /** Along with the change that it was seen in. */
  violated({ rule, message, subject }: Omit<Violation, 'isInLines'>, process: NodeProcess): void {
    const { nowMs, machine, run, world } = process
    if (this.#entry !== undefined && this.#changedBy === process && this.#changedAtMs === nowMs) {
      this.record(nowMs, { type: 'line', node: machine.name, run, line: lineOf(this.#change, this.#entry) })
    }
    const about = subject === undefined ? {} : { subject: world.machines[subject]!.name }
    this.record(nowMs, { type: 'violation', rule, message, node: machine.name, run, ...about })
  }

  /** Says how far the books agree, if that has changed. */
  count(atMs: number, { live, rightPairs, ghosts }: Agreement): void {
    const counts = `${live} ${rightPairs} ${ghosts}`
    if (counts === this.#lastCounts) return
    this.#lastCounts = counts
    this.record(atMs, { type: 'counts', live, right: rightPairs, ghosts })
  }

  started(process: NodeProcess): void {
    this.ledger.started(process)
  }

  settled(process: NodeProcess): void {
    this.ledger.settled(process)
  }

  /** Says what single events do not. */
  conclude(atMs: number): void {
    this.record(atMs, { type: 'steadiness', ...witnessedSteadiness(this.ledger) })
  }

  announced(): void {}

  leaveRequested(process: NodeProcess, atMs: number): void {
    this.ledger.left(process, atMs)
  }

  stopRequested(): void {}

  exited(process: NodeProcess, _signal: string | null, atMs: number): void {
    this.ledger.exited(process, atMs)
  }

  dump(): void {}

  #dropText({ observer, subject, atMs, how }: SeenDrop): string {
    const [by, of] = [observer, subject].map(machine => this.ledger.machines[machine]!.name)
    return `${by} dropped ${of}, which was alive, at ${seconds(atMs)} (${how})`
  }
}
