/**
 * The numbers of this node's announcements: each greater than all before, also than those of a former run, as long as there are
 * numbers left. Whoever else announces under the same key is noticed.
 */

import type { Warning } from '../effects.ts'
import { compareVersions, type Version } from './announcement.ts'

/** Outdone so often within `FIGHT_MS`, a node has company under its key: a former run outdoes it once, whatever its clock said. */
const OUTDONE_IN_A_FIGHT = 3
const FIGHT_MS = 60_000

/** Wait before it outdoes somebody again; doubles with each time, so that two nodes do not flap in all books at full rate. */
const DAMPED_MS = 250
const MAX_DAMPED_MS = 60_000

/** Without having been outdone for so long, the fight is over. Longer than the longest wait. */
const PEACE_MS = 300_000

/** The same warning comes at most this often. */
const WARNING_INTERVAL_MS = 60_000

type OwnWarning = 'key-in-use' | 'cannot-announce'

const MESSAGES: Record<OwnWarning, string> = {
  'key-in-use':
    "Another node announces itself under this node's key again and again: stop one of the two, or give it a key of its own.",
  'cannot-announce':
    'This node cannot number an announcement that others would take for newer, so they do not list it: its clock is unusable, or ' +
    'a record under its key has the greatest epoch there is. It goes on listening. Set the clock, or give the node another key.'
}

export class OwnVersion {
  #epoch: number
  #seq = 0
  /** No number is left that others would take for newer. */
  #isExhausted = false
  /** BOUNDED by `OUTDONE_IN_A_FIGHT`. When this node was outdone lately, the latest last. */
  #outdoneAtMs: number[] = []
  #timesOutdone = 0
  #due: OwnWarning | undefined
  #warnedAtMs: Record<OwnWarning, number>

  /** @param epoch - the start of this run by the host's clock, ms since 1970; anything else is not to be believed */
  constructor(epoch: number, nowMs: number) {
    const never = nowMs - WARNING_INTERVAL_MS
    this.#warnedAtMs = { 'key-in-use': never, 'cannot-announce': never }
    this.#isExhausted = !isEpoch(epoch)
    this.#epoch = isEpoch(epoch) ? epoch : 0
  }

  /** The number of the last announcement, or the greatest known under this key where there is none beyond it. */
  get last(): Version {
    return { epoch: this.#epoch, seq: this.#seq }
  }

  /** The next number, or undefined where there is none. */
  next(nowMs: number): Version | undefined {
    if (!this.#isExhausted && this.#seq >= Number.MAX_SAFE_INTEGER) this.#beginAfter(this.#epoch)
    if (this.#isExhausted) {
      this.#warn('cannot-announce', nowMs)
      return undefined
    }
    this.#seq++
    return this.last
  }

  /** A number of this epoch is used that was given ahead. */
  reached({ epoch, seq }: Version): void {
    if (epoch === this.#epoch) this.#seq = Math.max(this.#seq, seq)
  }

  /** Another run of this node, greater than the one before whatever the clock says. */
  restart(epoch: number, nowMs: number): void {
    this.#timesOutdone = 0
    this.#outdoneAtMs = []
    if (isEpoch(epoch) && epoch > this.#epoch) {
      this.#isExhausted = false
      this.#epoch = epoch
      this.#seq = 0
    } else this.#beginAfter(this.#epoch)
    if (this.#isExhausted) this.#warn('cannot-announce', nowMs)
  }

  /**
   * The next number must be beyond this one, which is not behind the last.
   *
   * @returns how long to wait with it: the longer, the more often it has happened
   */
  outdo(version: Version, nowMs: number): number {
    const isForeign = compareVersions(version, this.last) > 0
    if (version.epoch > this.#epoch) this.#beginAfter(version.epoch)
    else this.#seq = Math.max(this.#seq, version.seq)
    if (this.#isExhausted) this.#warn('cannot-announce', nowMs)
    return isForeign ? this.#fight(nowMs) : 0
  }

  /** A warning that is due, once. */
  takeWarning(nowMs: number): Warning | undefined {
    const code = this.#due
    if (code === undefined) return undefined
    this.#due = undefined
    this.#warnedAtMs[code] = nowMs
    return { code, message: MESSAGES[code] }
  }

  #beginAfter(epoch: number): void {
    this.#isExhausted = epoch >= Number.MAX_SAFE_INTEGER
    this.#epoch = this.#isExhausted ? Number.MAX_SAFE_INTEGER : epoch + 1
    this.#seq = this.#isExhausted ? Number.MAX_SAFE_INTEGER : 0
  }

  /** Somebody announces under this key what this node never said. */
  #fight(nowMs: number): number {
    if (nowMs - (this.#outdoneAtMs.at(-1) ?? nowMs) > PEACE_MS) this.#timesOutdone = 0
    this.#outdoneAtMs = [...this.#outdoneAtMs, nowMs].slice(-OUTDONE_IN_A_FIGHT)
    const isFight = this.#outdoneAtMs.length >= OUTDONE_IN_A_FIGHT && nowMs - this.#outdoneAtMs[0]! <= FIGHT_MS
    if (isFight) this.#warn('key-in-use', nowMs)
    const waitMs = this.#timesOutdone === 0 ? 0 : Math.min(DAMPED_MS * 2 ** this.#timesOutdone, MAX_DAMPED_MS)
    this.#timesOutdone++
    return waitMs
  }

  #warn(code: OwnWarning, nowMs: number): void {
    if (nowMs - this.#warnedAtMs[code] >= WARNING_INTERVAL_MS) this.#due ??= code
  }
}

function isEpoch(epoch: number): boolean {
  return Number.isSafeInteger(epoch) && epoch > 0
}
