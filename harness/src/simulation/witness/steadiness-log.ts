/** How steady the books of a large network are, in the words of history/fold/steadiness.ts. */
import type { NodeName } from '../../contract.ts'
import type { Steadiness } from '../../history/history.ts'
import { rounded } from '../watch/recorder.ts'

/** An observer that has changed its mind about a subject so often. */
export interface WaveringPair {
  readonly observer: number
  readonly subject: number
  readonly changes: number
  /** Of the last change. */
  readonly atMs: number
}

export interface SteadinessInit {
  readonly machines: number
  /** Pairs that change their mind more often are kept; none if undefined. */
  readonly allowed: number | undefined
  isRunning(machine: number): boolean
  /** Whether every book is right at this moment. */
  isFull(): boolean
}

/** Pairs that are kept by name. */
const MAX_WAVERING = 1_000

/** Of the byte of a pair: the observer has dropped the subject, a process that ran. The other bits count, up to their end. */
const DROPPED = 0x80
const MAX_CHANGES = 0x7f

export class SteadinessLog {
  /** How often anybody dropped a healthy node. */
  dropsOfHealthy = 0
  /** BOUNDED by MAX_WAVERING. By observer and subject. */
  readonly #wavering = new Map<string, WaveringPair>()
  readonly #init: SteadinessInit
  #most: WaveringPair | undefined
  /** By subject that was dropped while it ran, a byte for each observer: most runs have none. */
  readonly #columns = new Map<number, Uint8Array>()
  /** By machine: when its book changed last, and whether it is at rest since. */
  readonly #changedMs: Float64Array
  readonly #isSettled: Uint8Array
  readonly #sizes = new Set<number>()
  #longestMs = 0
  #settledMs: number | undefined

  constructor(init: SteadinessInit) {
    this.#init = init
    this.#changedMs = new Float64Array(init.machines).fill(Number.NaN)
    this.#isSettled = new Uint8Array(init.machines)
  }

  /** Pairs that have changed their mind more often than is allowed. */
  get wavering(): Iterable<WaveringPair> {
    return this.#wavering.values()
  }

  /** Another process runs on the machine: nobody has changed its mind about it, nor has it about anybody. */
  began(machine: number): void {
    this.#columns.delete(machine)
    for (const column of this.#columns.values()) column[machine] = 0
    this.#changedMs[machine] = Number.NaN
    this.#isSettled[machine] = 0
  }

  /** The book of the machine has changed. */
  changed(observer: number, atMs: number): void {
    this.#changedMs[observer] = atMs
    this.#isSettled[observer] = 0
  }

  /** @param isHealthy - the observer: only then it counts */
  dropped(observer: number, subject: number, isHealthy: boolean, atMs: number): void {
    const column = this.#columns.get(subject) ?? new Uint8Array(this.#init.machines)
    this.#columns.set(subject, column)
    if (isHealthy) this.#count(column, observer, subject, atMs)
    column[observer]! |= DROPPED
  }

  /** @param isHealthy - the observer: only then it counts */
  listed(observer: number, subject: number, isHealthy: boolean, atMs: number): void {
    const column = this.#columns.get(subject)
    if (column === undefined || (column[observer]! & DROPPED) === 0) return
    column[observer]! &= MAX_CHANGES
    if (isHealthy) this.#count(column, observer, subject, atMs)
  }

  settled(observer: number, size: number, atMs: number): void {
    const { machines, isRunning, isFull } = this.#init
    this.#isSettled[observer] = 1
    if (this.#settledMs !== undefined) return
    this.#sizes.add(size)
    const changedMs = this.#changedMs[observer]!
    if (!Number.isNaN(changedMs)) this.#longestMs = Math.max(this.#longestMs, atMs - changedMs)
    if (!isFull()) return
    for (let each = 0; each < machines; each++) if (this.#isSettled[each] === 0 && isRunning(each)) return
    this.#settledMs = atMs
  }

  /** @param falseDrops - how often healthy nodes dropped healthy ones */
  soFar(falseDrops: number, nameOf: (machine: number) => NodeName): Steadiness {
    const { dropsOfHealthy } = this
    const most = this.#most
    const atMs = this.#settledMs
    return {
      changesOfMind: most?.changes ?? 0,
      ...(most !== undefined && { observer: nameOf(most.observer), subject: nameOf(most.subject) }),
      dropsOfHealthy,
      falseDrops,
      ...(this.#sizes.size > 0 && {
        settled: {
          sizes: this.#sizes.size,
          longestMs: rounded(this.#longestMs),
          ...(atMs !== undefined && { atMs: rounded(atMs) })
        }
      })
    }
  }

  #count(column: Uint8Array, observer: number, subject: number, atMs: number): void {
    if ((column[observer]! & MAX_CHANGES) < MAX_CHANGES) column[observer]! += 1
    const changes = column[observer]! & MAX_CHANGES
    const pair = { observer, subject, changes, atMs }
    if (changes > (this.#most?.changes ?? 0)) this.#most = pair
    if (changes <= (this.#init.allowed ?? MAX_CHANGES)) return
    const key = `${observer} ${subject}`
    if (this.#wavering.has(key) || this.#wavering.size < MAX_WAVERING) this.#wavering.set(key, pair)
  }
}
