/** What must hold at any moment, whatever fails: checked with every event of every book. */
import type { AddressBookEntry, DiscoveryConfig } from '@gossip-discovery/libp2p/core'
import type { ViolatedRule } from '../../history/history.ts'
import type { Books } from '../books/books.ts'
import { IssuedRecord } from '../host/issuer.ts'
import type { NodeProcess } from '../host/node-process.ts'
import type { BookChange } from '../host/world.ts'
import type { Recorder, Violation } from './recorder.ts'

/** The first violations tell; the others follow from them. */
const MAX_VIOLATIONS = 20

/** Clocks are compared in floating point. */
const ROUNDING_MS = 1e-3

export class Safety {
  readonly violations: Violation[] = []
  readonly #books: Books
  /** Nodes that list what nobody signed: it has no place in the books, which are smaller than theirs for it. */
  readonly #deceived = new Set<NodeProcess>()
  readonly #bounds: Pick<DiscoveryConfig, 'maxEntries' | 'maxTombstones'>
  readonly #recorder: Pick<Recorder, 'violated'>

  constructor(
    books: Books,
    bounds: Pick<DiscoveryConfig, 'maxEntries' | 'maxTombstones'>,
    recorder: Pick<Recorder, 'violated'>
  ) {
    this.#books = books
    this.#bounds = bounds
    this.#recorder = recorder
  }

  /** Before the change is noted in the books. */
  checkChange(process: NodeProcess, change: BookChange, entry: AddressBookEntry, nowMs: number): void {
    const record = this.#genuine(process, entry)
    if (record === undefined) return
    const { subject, ordinal } = record
    const known = this.#books.ordinal(process.index, subject)
    const isListed = known > 0 && this.#books.isListed(process.index, subject)
    const isExpected = isListed === (change !== 'joined')
    if (!isExpected) {
      const fault = `says ${change} of one that it ${isListed ? 'lists' : 'does not list'}`
      this.#violate(UNEXPECTED[change], process, { subject, fault })
    }
    if (change !== 'joined' && change !== 'updated') return
    if (ordinal <= known && (change === 'updated' || !isListed)) {
      const rule = isListed ? 'never-back' : 'news-only'
      // An update that says nothing new is none for who only sees its line.
      const isInLines = !isListed || ordinal < known
      this.#violate(rule, process, { subject, fault: `went from announcement ${known} to ${ordinal}`, isInLines })
    }
    this.#checkAge(process, record, entry, nowMs)
  }

  /** After every input: the bounds, and that no entry came or went without an event. */
  checkState(process: NodeProcess): void {
    const { book } = process.driver.core
    const listed = this.#books.size(process.index)
    if (book.size !== listed && !this.#deceived.has(process)) {
      this.#violate('book-as-told', process, { fault: `holds ${book.size} entries, but its events make ${listed}` })
    }
    if (book.size > this.#bounds.maxEntries || book.tombstones > this.#bounds.maxTombstones) {
      const fault = `holds ${book.size} entries and ${book.tombstones} tombstones, over its bounds`
      this.#violate('book-as-told', process, { fault, isInLines: false })
    }
  }

  /** Every entry against the events; heartbeats, which make none, may have moved it on. */
  audit(process: NodeProcess): void {
    for (const entry of process.driver.core.book.values()) {
      const record = this.#genuine(process, entry)
      if (record === undefined) continue
      const { subject, ordinal } = record
      if (this.#deceived.has(process)) continue
      if (!this.#books.isListed(process.index, subject)) {
        this.#violate('book-as-told', process, { subject, fault: 'holds an entry that no event told of' })
      } else if (ordinal < this.#books.ordinal(process.index, subject)) {
        this.#violate('never-back', process, { subject, fault: `went back to announcement ${ordinal}` })
      } else this.#books.list(process.index, subject, ordinal)
    }
  }

  /** An entry is its subject's own word, of a subject that exists. */
  #genuine(process: NodeProcess, { record }: AddressBookEntry): IssuedRecord | undefined {
    if (record instanceof IssuedRecord && record.isOwn) {
      if (record.subject !== process.index) return record
      this.#violate('not-itself', process, { fault: 'lists itself' })
    } else {
      this.#deceived.add(process)
      const fault = `lists ${record.announcement.peer}, who never signed that`
      this.#violate('equal', process, { fault, isInLines: false })
    }
    return undefined
  }

  /** A relayed record is never taken for older than it is, which would expire it early, nor for one of the future. */
  #checkAge(process: NodeProcess, record: IssuedRecord, entry: AddressBookEntry, nowMs: number): void {
    const bornAtMs = entry.bornAtMs - process.machine.clockMs
    const isEarly = bornAtMs < record.issuedAtMs - ROUNDING_MS
    if (!isEarly && bornAtMs <= nowMs + ROUNDING_MS) return
    const fault = `dates an announcement of ${ms(record.issuedAtMs)} to ${ms(bornAtMs)}`
    this.#violate('equal', process, { subject: record.subject, fault, isInLines: false })
  }

  #violate(
    rule: ViolatedRule,
    process: NodeProcess,
    { subject, fault, isInLines = true }: { subject?: number; fault: string; isInLines?: boolean }
  ): void {
    if (this.violations.length >= MAX_VIOLATIONS) return
    const of = subject === undefined ? '' : ` (about ${process.world.machines[subject]!.name})`
    const message = `${process.machine.name} ${fault}${of}, at ${ms(process.nowMs)}`
    const violation = { rule, message, subject, isInLines }
    this.violations.push(violation)
    this.#recorder.violated(violation, process)
  }
}

const UNEXPECTED = {
  joined: 'joined-once',
  updated: 'updated-listed',
  left: 'gone-listed',
  expired: 'gone-listed',
  evicted: 'gone-listed'
} as const satisfies Record<BookChange, ViolatedRule>

function ms(atMs: number): string {
  return `${atMs.toFixed(1)} ms`
}
