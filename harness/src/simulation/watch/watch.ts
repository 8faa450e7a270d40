import type { AddressBookEntry, DiscoveryConfig } from '@gossip-discovery/libp2p/core'
import type { Books } from '../books/books.ts'
import type { IssuedRecord } from '../host/issuer.ts'
import type { NodeProcess } from '../host/node-process.ts'
import type { BookChange, Witness } from '../host/world.ts'
import type { Agreement, MachineState } from './agreement.ts'
import { Fingerprint } from './fingerprint.ts'
import { Measurements } from './measurements.ts'
import type { Recorder } from './recorder.ts'
import { Safety } from './safety.ts'

const CHANGE_CODES: Record<BookChange, number> = { joined: 1, updated: 2, left: 3, expired: 4, evicted: 8 }

/** Entries that one audit looks at: of a hundred nodes every book once in 2 s. */
const AUDITED_ENTRIES = 5_000

export interface WatchInit {
  readonly books: Books
  /** Of these books. */
  readonly agreement: Agreement
  readonly machines: number
  /** Nodes that are there from the beginning. */
  readonly firstWave: number
  /** How long a cut that has healed excuses who is dropped. */
  readonly graceMs: number
  readonly recorder: Recorder
}

/** Looks on: checks what must always hold, follows how far the books agree, measures, and writes the history. */
export class Watch implements Witness {
  readonly safety: Safety
  readonly agreement: Agreement
  readonly measurements: Measurements
  readonly fingerprint = new Fingerprint()
  readonly #recorder: Recorder
  #completeSinceMs: number | undefined
  /** Of all that was observed, in the order of its time. */
  #latestMs = 0
  /** The last change of the book that an input is changing: the books are compared once it has been handled. */
  #changedAtMs: number | undefined
  #lastObserver: NodeProcess | undefined
  #lastAtMs = 0
  #nextAudited = 0

  constructor(config: DiscoveryConfig, init: WatchInit) {
    const { books, agreement, recorder } = init
    this.safety = new Safety(books, config, recorder)
    this.agreement = agreement
    this.measurements = new Measurements(this.agreement, init)
    this.#recorder = recorder
  }

  /** Since when every live node lists every live node and nobody else; undefined while that is not so. */
  get completeSinceMs(): number | undefined {
    return this.#completeSinceMs
  }

  started(process: NodeProcess): void {
    this.agreement.clear(process.index)
    this.measurements.started(process)
    this.#recorder.started(process)
    this.setState(process, 'live')
  }

  /** The process stops for a while or for good, or goes on. */
  setState(process: NodeProcess, state: MachineState): void {
    this.agreement.setState(process.index, state, process.firstOrdinal)
    this.#fingerprint(process, state === 'live' ? 5 : 6, process.run)
    this.#noteCompleteness(process.nowMs)
  }

  announced(process: NodeProcess, seq: number, recipients: number): void {
    this.measurements.announcements++
    this.#recorder.announced(process, seq, recipients)
    this.#fingerprint(process, 7, recipients)
  }

  changed(process: NodeProcess, change: BookChange, entry: AddressBookEntry): void {
    const { index, nowMs } = process
    const { subject, ordinal } = entry.record as IssuedRecord
    this.safety.checkChange(process, change, entry, nowMs)
    this.#recorder.changed(process, change, entry)
    // A forgery is a violation already, and has no place in the books.
    if (subject === undefined) return
    if (change === 'joined' || change === 'updated') {
      this.agreement.list(index, subject, ordinal)
      this.measurements.listed(index, subject, nowMs)
    } else {
      this.measurements.dropped(process, subject)
      this.agreement.unlist(index, subject)
    }
    this.#fingerprint(process, CHANGE_CODES[change], subject, nowMs)
    this.#changedAtMs = nowMs
  }

  settled(process: NodeProcess): void {
    this.#recorder.settled(process)
  }

  handled(process: NodeProcess): void {
    if (this.#changedAtMs !== undefined) this.#noteCompleteness(this.#changedAtMs)
    this.#changedAtMs = undefined
    this.safety.checkState(process)
  }

  noted(_process: NodeProcess, note: string, reason: string): void {
    this.measurements.note(note === 'ignored' ? `ignored: ${reason}` : note)
  }

  /** Audits some more books, all in turn. */
  audit(processes: readonly NodeProcess[], maxEntries = AUDITED_ENTRIES): void {
    let entries = 0
    for (let audited = 0; audited < processes.length && entries < maxEntries; audited++) {
      const process = processes[this.#nextAudited++ % processes.length]!
      entries += process.driver.core.book.size
      this.safety.audit(process)
    }
  }

  /** Most of what is observed is many changes of one book at one moment. */
  #fingerprint(process: NodeProcess, code: number, value: number, nowMs = process.nowMs): void {
    if (process !== this.#lastObserver || nowMs !== this.#lastAtMs) {
      this.fingerprint.add(Math.round(nowMs * 1_000))
      this.fingerprint.add(process.index)
      this.#lastObserver = process
      this.#lastAtMs = nowMs
    }
    this.fingerprint.add((value << 3) | code)
  }

  /** A busy process comes later to what it does, so what happened first may be seen last. */
  #noteCompleteness(atMs: number): void {
    this.#latestMs = Math.max(this.#latestMs, atMs)
    this.#recorder.booksChanged(this.#latestMs)
    if (!this.agreement.isComplete) this.#completeSinceMs = undefined
    else this.#completeSinceMs ??= this.#latestMs
  }
}
