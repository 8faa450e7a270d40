/**
 * A budget that strangers share: by groups first, then by the connections of a group.
 *
 * The node has so much to spend at once and so much a second. While more than half of it is left, anybody may spend. Of the other
 * half, and of what comes in while it is touched, each group that has asked lately has an equal share, and so has each connection
 * of a group. So a flood from one group leaves to each of the others what is theirs, and a lone group may use the whole rate.
 *
 * A new peer id is a new connection, and not a new group: what a group has spent is remembered for it.
 */
import type { Group } from './group.ts'
import { Recent } from './recent.ts'

/** Who is charged. */
export interface Payer {
  readonly group: Group
  /** Peer id of the other side. */
  readonly connection: string
}

/** In any unit: microseconds of processor, or bytes. */
export interface BudgetSize {
  /** What the node spends at once, after a pause. */
  readonly burst: number
  /** What the node spends in the long run. */
  readonly perSecond: number
  /** A group's credit, and what of it time alone restores; what it earns comes on top. Without it, a group has its share of the rate. */
  readonly credit?: { readonly burst: number; readonly perSecond: number }
}

/** So many groups and connections are remembered for certain, and at most twice as many. One that was forgotten owes nothing. */
const REMEMBERED = 4_096

/** Who has asked within this time counts when shares are made. */
const WINDOW_MS = 5_000

/** What is left to those who have spent little when others have spent the rest. */
const RESERVE_RATIO = 1 / 2

/** How many have asked in this window of time and in the one before. */
interface Askers {
  window: number
  now: number
  before: number
}

/** What a group or a connection has spent and time has not yet paid back. Below zero: it has earned more than it spent. */
interface Meter {
  used: number
  atMs: number
  /** The last window in which it asked. */
  window: number
}

interface GroupMeter extends Meter {
  readonly connections: Askers
}

/** Pure, in the time that it is given. */
export class Budget {
  /** BOUNDED by `REMEMBERED`, twice. */
  readonly #groups = new Recent<Group, GroupMeter>(REMEMBERED)
  /** BOUNDED by `REMEMBERED`, twice. */
  readonly #connections = new Recent<string, Meter>(REMEMBERED)
  readonly #askers: Askers = { window: 0, now: 0, before: 0 }
  readonly #size: BudgetSize
  readonly #reserve: number
  #left: number
  #atMs = Number.NEGATIVE_INFINITY

  constructor(size: BudgetSize) {
    this.#size = size
    this.#reserve = size.burst * RESERVE_RATIO
    this.#left = size.burst
  }

  /** Takes the cost, if the payer may spend it at this time. A cost above the burst waits until all of that is there. */
  admits(payer: Payer, cost: number, nowMs: number): boolean {
    this.#refill(nowMs)
    const group = this.#group(payer.group, nowMs)
    const connection = this.#connection(payer.connection, group, nowMs)
    this.#count(group, connection, nowMs)
    const isThere = this.#left >= Math.min(cost, this.#size.burst)
    if (!isThere || !this.#isWithinShare(group, connection, cost, nowMs)) return false
    this.#spend(group, connection, cost)
    return true
  }

  /** Takes a cost that has come up already. */
  charge(payer: Payer, cost: number, nowMs: number): void {
    this.#refill(nowMs)
    const group = this.#group(payer.group, nowMs)
    this.#spend(group, this.#connection(payer.connection, group, nowMs), cost)
  }

  /** The payer has brought something: it may spend so much more. No more than its group has spent is given back to that. */
  earn(payer: Payer, amount: number, nowMs: number): void {
    this.#refill(nowMs)
    this.#left = Math.min(this.#left + amount, this.#size.burst)
    const group = this.#group(payer.group, nowMs)
    const connection = this.#connection(payer.connection, group, nowMs)
    group.used = Math.max(0, group.used - amount)
    connection.used = Math.max(-this.#reserve, connection.used - amount)
  }

  /** Of those who wait, first whose group has used least, and in a group whoever has used least itself. */
  inOrder<Waiting extends { readonly payer: Payer }>(waiting: readonly Waiting[], nowMs: number): Waiting[] {
    if (waiting.length < 2) return [...waiting]
    return waiting
      .map(one => {
        const group = this.#group(one.payer.group, nowMs)
        return { one, byGroup: group.used, byItself: this.#connection(one.payer.connection, group, nowMs).used }
      })
      .sort((a, b) => a.byGroup - b.byGroup || a.byItself - b.byItself)
      .map(({ one }) => one)
  }

  /**
   * While more than half of the budget is left, anybody may spend. Of the other half each group has an equal share. Within a group that has
   * used half of its share, so has each connection.
   */
  #isWithinShare(group: GroupMeter, connection: Meter, cost: number, nowMs: number): boolean {
    const isShort = this.#left - cost < this.#reserve
    const creditLeft = this.#size.credit?.burst ?? Number.POSITIVE_INFINITY
    const share = isShort ? Math.min(creditLeft, this.#reserve / countOf(this.#askers, nowMs)) : creditLeft
    if (group.used >= share) return false
    if (!isShort && group.used < share * RESERVE_RATIO) return true
    return connection.used < share / countOf(group.connections, nowMs)
  }

  #spend(group: GroupMeter, connection: Meter, cost: number): void {
    this.#left -= cost
    group.used = Math.min(group.used + cost, this.#mostUsed)
    connection.used = Math.min(connection.used + cost, this.#mostUsed)
  }

  #refill(nowMs: number): void {
    if (nowMs <= this.#atMs) return
    const elapsedMs = this.#atMs === Number.NEGATIVE_INFINITY ? 0 : nowMs - this.#atMs
    this.#left = Math.min(this.#size.burst, this.#left + (elapsedMs * this.#size.perSecond) / 1_000)
    this.#atMs = nowMs
  }

  /** What is spent while there is plenty is not held against a group for ever. */
  get #mostUsed(): number {
    return this.#size.credit === undefined ? this.#size.burst : 2 * this.#size.credit.burst
  }

  #groupPerMs(nowMs: number): number {
    const { credit, perSecond } = this.#size
    return (credit?.perSecond ?? perSecond / countOf(this.#askers, nowMs)) / 1_000
  }

  #group(group: Group, nowMs: number): GroupMeter {
    let meter = this.#groups.get(group)
    if (meter === undefined) {
      meter = { used: 0, atMs: nowMs, window: -1, connections: { window: 0, now: 0, before: 0 } }
      this.#groups.set(group, meter)
    }
    payBack(meter, this.#groupPerMs(nowMs), nowMs)
    return meter
  }

  #connection(connection: string, group: GroupMeter, nowMs: number): Meter {
    let meter = this.#connections.get(connection)
    if (meter === undefined) {
      meter = { used: 0, atMs: nowMs, window: -1 }
      this.#connections.set(connection, meter)
    }
    payBack(meter, this.#groupPerMs(nowMs) / countOf(group.connections, nowMs), nowMs)
    return meter
  }

  /** A payer that asks has a share, though it may have to wait for it. */
  #count(group: GroupMeter, connection: Meter, nowMs: number): void {
    const window = windowOf(nowMs)
    if (group.window !== window) countOne(this.#askers, nowMs)
    if (connection.window !== window) countOne(group.connections, nowMs)
    group.window = window
    connection.window = window
  }
}

function payBack(meter: Meter, perMs: number, nowMs: number): void {
  if (meter.used > 0) meter.used = Math.max(0, meter.used - (nowMs - meter.atMs) * perMs)
  meter.atMs = nowMs
}

function windowOf(nowMs: number): number {
  return Math.floor(nowMs / WINDOW_MS)
}

function turn(askers: Askers, nowMs: number): void {
  const window = windowOf(nowMs)
  if (window === askers.window) return
  askers.before = window === askers.window + 1 ? askers.now : 0
  askers.now = 0
  askers.window = window
}

function countOne(askers: Askers, nowMs: number): void {
  turn(askers, nowMs)
  askers.now++
}

/** At least one: whoever asks is there. */
function countOf(askers: Askers, nowMs: number): number {
  turn(askers, nowMs)
  return Math.max(1, askers.now, askers.before)
}
