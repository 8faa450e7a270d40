import type { AgedRecord, Group, Input, Output, PeerKey, SyncMessage } from '@gossip-discovery/libp2p/core'
import { newsAmong } from '../books/news.ts'
import { RowStore } from '../books/row-store.ts'
import { chanceFor } from '../chance.ts'
import { Dial } from '../net/dial.ts'
import type { IssuedRecord } from './issuer.ts'
import { COST_MS, type NodeProcess } from './node-process.ts'
import type { Core, World } from './world.ts'

/** A timer fires on a whole ms of the node's clock, and no sooner than in one. */
const TIMER_GRAIN_MS = 1

/** Wall clock at the start of every simulation, ms since 1970. */
export const STARTED_AT_MS = Date.UTC(2026, 0, 1)

/** Feeds the core and carries out what it decides, as the libp2p adapter does. */
export class CoreDriver {
  readonly core: Core
  /** Start of this run by the machine's wall clock. */
  readonly epoch: number
  readonly #process: NodeProcess
  readonly #world: World
  readonly #store: RowStore
  readonly #inputs: Input[] = []
  #isHandling = false
  /** When the core is to be ticked. */
  #dueMs = Number.POSITIVE_INFINITY
  /** When the timer fires, that time or sooner. */
  #timerMs = Number.POSITIVE_INFINITY

  constructor(process: NodeProcess) {
    const { world, machine } = process
    this.#process = process
    this.#world = world
    // A clock that was put back makes no epoch that the network would take for an old one.
    this.epoch = Math.max(machine.lastEpoch + 1, STARTED_AT_MS + Math.floor(world.queue.nowMs + machine.skewMs))
    machine.lastEpoch = this.epoch
    const self = { peer: machine.peer, epoch: this.epoch }
    const random = chanceFor(world.seed, `core of ${machine.name} run ${machine.runs}`)
    this.#store = new RowStore(world.records, machine.index)
    const host = { random, groupOf, store: this.#store }
    this.core = world.createCore({ ...world.config, name: machine.name }, self, host, this.#nowMs)
  }

  /** By the machine's monotonic clock, the only one that the core is given. */
  get #nowMs(): number {
    return this.#process.nowMs + this.#process.machine.clockMs
  }

  handle(input: Input): void {
    this.#inputs.push(input)
    // What an output leads to at once comes after the outputs beside it.
    if (this.#isHandling) return
    this.#isHandling = true
    for (let next = this.#inputs.shift(); next !== undefined; next = this.#inputs.shift()) {
      for (const output of this.core.handle(next, this.#nowMs)) this.#perform(output)
    }
    this.#isHandling = false
    this.#world.witness.handled(this.#process)
    this.#setTimer()
  }

  takeMessage(from: PeerKey, message: SyncMessage): void {
    this.handle({ type: 'message', from, message: 'records' in message ? this.#newsOf(message) : message })
  }

  /** Whether the announcement that `from` handed on is news and was taken. */
  takeGossip(from: PeerKey, record: IssuedRecord): boolean {
    if (this.#newsAmong([{ record, ageMs: 0 }]).length === 0) return false
    this.#process.spend(COST_MS.verify)
    this.handle({ type: 'gossip', from, record })
    return true
  }

  /** A record that is no news is not verified, and never reaches the core. */
  #newsOf<T extends { readonly records: readonly AgedRecord[] }>(message: T): T {
    const records = this.#newsAmong(message.records)
    this.#process.spend(records.length * COST_MS.verify)
    return records.length === message.records.length ? message : { ...message, records }
  }

  #newsAmong(records: readonly AgedRecord[]): readonly AgedRecord[] {
    return newsAmong(records, this.core, this.#store)
  }

  #perform(output: Output): void {
    const process = this.#process
    const { witness } = this.#world
    switch (output.type) {
      case 'announce':
        process.spend(COST_MS.sign)
        this.handle({ type: 'signed', record: process.machine.issuer.sign(output.announcement, process.nowMs) })
        break
      case 'publish':
        witness.announced(
          process,
          output.record.announcement.seq,
          process.gossip.publish(output.record as IssuedRecord)
        )
        break
      case 'send':
        process.send(output.to, output.message)
        break
      case 'dial':
        new Dial(process, output.target).start(output.timeoutMs)
        break
      case 'hang-up':
        process.hangUp(output.peer)
        break
      case 'suspected':
      case 'refuted':
        witness.noted(process, output.type, output.type)
        break
      case 'ignored':
        witness.noted(process, 'ignored', output.reason)
        break
      case 'settled':
        witness.settled(process)
        break
      case 'warned':
      case 'link':
      // No simulated link ends by a limit.
      case 'renew':
        break
      default:
        witness.changed(process, output.type, output.entry)
    }
  }

  /** Another deadline takes the place of the former. */
  #setTimer(): void {
    const nowMs = this.#nowMs
    const dueMs = Math.max(Math.ceil(this.core.dueMs), nowMs + TIMER_GRAIN_MS)
    this.#dueMs = dueMs - this.#process.machine.clockMs
    // A timer that fires too soon is set anew: deadlines mostly move on, and the queue has no way to take one out.
    if (this.#dueMs < this.#timerMs) this.#startTimer()
  }

  #startTimer(): void {
    const atMs = this.#dueMs
    this.#timerMs = atMs
    if (atMs < Number.POSITIVE_INFINITY) this.#process.timer(atMs, () => this.#fire(atMs))
  }

  #fire(setForMs: number): void {
    if (setForMs !== this.#timerMs) return
    this.#timerMs = Number.POSITIVE_INFINITY
    if (this.#process.nowMs >= this.#dueMs) this.handle({ type: 'tick' })
    else this.#startTimer()
  }
}

/** Each machine stands alone, in a network block of its own. */
function groupOf(addr: string): Group {
  return addr
}
