/** What must hold at any moment, whatever fails: checked with every event of every book. */
import type { AddressBookEntry, DiscoveryConfig } from '@gossip-discovery/libp2p/core'
import type { Books } from '../books/books.ts'
import { IssuedRecord } from '../host/issuer.ts'
import type { NodeProcess } from '../host/node-process.ts'
import type { BookChange } from '../host/world.ts'
import type { CheckName, Violation } from '../verdict.ts'
import type { Recorder } from './recorder.ts'

/** The first violations tell; the others follow from them. */
const MAX_VIOLATIONS = 20

/** Clocks are compared in floating point. */
const ROUNDING_MS = 1e-3

export class Safety {
  readonly violations: Violation[] = []
  readonly #books: Books
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
    if (!isExpected)
      this.#violate('honest', process, subject, `says ${change} of one that it ${isListed ? 'lists' : 'does not list'}`)
    if (change !== 'joined' && change !== 'updated') return
    if (ordinal <= known) this.#violate('monotone', process, subject, `went from announcement ${known} to ${ordinal}`)
    this.#checkAge(process, record, entry, nowMs)
  }

  /** After every input: the bounds, and that no entry came or went without an event. */
  checkState(process: NodeProcess): void {
    const { book } = process.driver.core
    const listed = this.#books.size(process.index)
    if (book.size !== listed) {
      this.#violate('honest', process, undefined, `holds ${book.size} entries, but its events make ${listed}`)
    }
    if (book.size > this.#bounds.maxEntries || book.tombstones > this.#bounds.maxTombstones) {
      this.#violate(
        'accurate',
        process,
        undefined,
        `holds ${book.size} entries and ${book.tombstones} tombstones, over its bounds`
      )
    }
  }

  /** Every entry against the events; heartbeats, which make none, may have moved it on. */
  audit(process: NodeProcess): void {
    for (const entry of process.driver.core.book.values()) {
      const record = this.#genuine(process, entry)
      if (record === undefined) continue
      const { subject, ordinal } = record
      if (!this.#books.isListed(process.index, subject)) {
        this.#violate('honest', process, subject, 'holds an entry that no event told of')
      } else if (ordinal < this.#books.ordinal(process.index, subject)) {
        this.#violate('monotone', process, subject, `went back to announcement ${ordinal}`)
      } else this.#books.list(process.index, subject, ordinal)
    }
  }

  /** An entry is its subject's own word, of a subject that exists. */
  #genuine(process: NodeProcess, { record }: AddressBookEntry): IssuedRecord | undefined {
    if (record instanceof IssuedRecord && record.isOwn) {
      if (record.subject !== process.index) return record
      this.#violate('accurate', process, undefined, 'lists itself')
    } else this.#violate('accurate', process, undefined, `lists ${record.announcement.peer}, who never signed that`)
    return undefined
  }

  /** A relayed record is never taken for older than it is, which would expire it early, nor for one of the future. */
  #checkAge(process: NodeProcess, record: IssuedRecord, entry: AddressBookEntry, nowMs: number): void {
    const bornAtMs = entry.bornAtMs - process.machine.clockMs
    const isEarly = bornAtMs < record.issuedAtMs - ROUNDING_MS
    if (!isEarly && bornAtMs <= nowMs + ROUNDING_MS) return
    const fault = `dates an announcement of ${ms(record.issuedAtMs)} to ${ms(bornAtMs)}`
    this.#violate('accurate', process, record.subject, fault)
  }

  #violate(check: CheckName, process: NodeProcess, subject: number | undefined, fault: string): void {
    if (this.violations.length >= MAX_VIOLATIONS) return
    const about = subject === undefined ? undefined : process.world.machines[subject]!.name
    const of = about === undefined ? '' : ` (about ${about})`
    const node = process.machine.name
    const message = `${node} ${fault}${of}, at ${ms(process.nowMs)}`
    const violation = { check, message, node, ...(about !== undefined && { subject: about }) }
    this.violations.push(violation)
    this.#recorder.violated(violation, process)
  }
}

function ms(atMs: number): string {
  return `${atMs.toFixed(1)} ms`
}
