/** Listings that have to go since their subjects went: a column of bits for each subject, a bit for each observer. */

import type { NodeName } from '../../contract.ts'

export interface Late {
  readonly observer: number
  readonly subject: number
  /** Of the observer's machine. */
  readonly run: number
}

/** A node said farewell. */
export interface SaidFarewell {
  readonly node: NodeName
  readonly run: number
  /** Of the process that says it. */
  readonly startedMs: number
  readonly atMs: number
  readonly due: DueDrops
}

export type HowDropped = 'left' | 'expired' | 'replaced'

/** Pairs that are kept by name; the others are counted. */
const MAX_LATE = 1_000

export class DueDrops {
  /** Of all pairs that were due. */
  readonly size: number
  /** BOUNDED by MAX_LATE. */
  readonly late: Late[] = []
  lateCount = 0
  /** When the last pair was dropped. */
  lastDropMs = 0
  /** Pairs that were not dropped, those of observers that have ended meanwhile as well. */
  undropped: number
  readonly #columns = new Map<number, Uint8Array>()
  readonly #isInTime: (how: HowDropped, atMs: number) => boolean
  readonly #dueMs: number
  readonly #runOf: (observer: number) => number

  /**
   * @param isDue - whether the observer lists the subject
   * @param init.dueMs - an observer that ends later should have dropped it before
   * @param init.isInTime - whether a pair that is dropped so is dropped as it has to be
   * @param init.runOf - the process of the observer that is asked
   */
  constructor(
    subjects: readonly number[],
    observers: readonly number[],
    isDue: (observer: number, subject: number) => boolean,
    init: {
      machines: number
      dueMs: number
      isInTime: (how: HowDropped, atMs: number) => boolean
      runOf: (observer: number) => number
    }
  ) {
    this.#isInTime = init.isInTime
    this.#runOf = init.runOf
    this.#dueMs = init.dueMs
    let size = 0
    for (const subject of subjects) {
      const column = new Uint8Array(Math.ceil(init.machines / 8))
      let due = 0
      for (const observer of observers) {
        if (!isDue(observer, subject)) continue
        column[observer >> 3]! |= bit(observer)
        due++
      }
      if (due > 0) this.#columns.set(subject, column)
      size += due
    }
    this.size = size
    this.undropped = size
  }

  dropped(observer: number, subject: number, how: HowDropped, atMs: number): void {
    if (!this.#take(observer, subject)) return
    this.undropped--
    this.lastDropMs = Math.max(this.lastDropMs, atMs)
    if (!this.#isInTime(how, atMs)) this.#beLate(observer, subject)
  }

  /** The observer's process has ended: a later one owes nothing. */
  ended(observer: number, atMs: number): void {
    for (const subject of this.#columns.keys()) {
      if (this.#take(observer, subject) && atMs > this.#dueMs) this.#beLate(observer, subject)
    }
  }

  /** Pairs of which nothing came, until now. */
  *open(): Generator<Late> {
    for (const [subject, column] of this.#columns) {
      for (const [byte, bits] of column.entries()) {
        for (let observer = byte << 3; bits !== 0 && observer < (byte + 1) << 3; observer++) {
          if ((bits & bit(observer)) !== 0) yield { observer, subject, run: this.#runOf(observer) }
        }
      }
    }
  }

  #beLate(observer: number, subject: number): void {
    this.lateCount++
    if (this.late.length < MAX_LATE) this.late.push({ observer, subject, run: this.#runOf(observer) })
  }

  #take(observer: number, subject: number): boolean {
    const column = this.#columns.get(subject)
    if (column === undefined || (column[observer >> 3]! & bit(observer)) === 0) return false
    column[observer >> 3]! &= ~bit(observer)
    return true
  }
}

function bit(observer: number): number {
  return 1 << (observer & 7)
}
