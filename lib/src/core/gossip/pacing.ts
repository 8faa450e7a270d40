/** Records on their way to the book at the pace of their subjects: what comes too soon is kept until its turn. */
import type { Output } from '../effects.ts'
import type { AgedRecord } from '../record/aged-record.ts'
import type { PeerKey } from '../record/announcement.ts'
import type { RecordAcceptor } from './accept-record.ts'
import type { HeldRecords } from './held-records.ts'
import type { Push } from './push.ts'

export class Pacing {
  readonly #acceptor: RecordAcceptor
  readonly #held: HeldRecords
  readonly #push: Push

  constructor(acceptor: RecordAcceptor, held: HeldRecords, push: Push) {
    this.#acceptor = acceptor
    this.#held = held
    this.#push = push
  }

  /** A record that gossip brought: of age 0. */
  take(aged: AgedRecord, forwarder: PeerKey, nowMs: number, out: Output[]): void {
    if (this.#isInTime(aged, forwarder, nowMs, out)) this.#acceptor.take(aged, forwarder, nowMs, out)
  }

  /** A partner's records; returns whether any of them was news, or may be when its turn comes. */
  takeAll(records: readonly AgedRecord[], forwarder: PeerKey, nowMs: number, out: Output[]): boolean {
    if (this.#held.isIdle) return this.#acceptor.takeAll(records, forwarder, nowMs, out)
    const inTime = records.filter(aged => this.#isInTime(aged, forwarder, nowMs, out))
    return this.#acceptor.takeAll(inTime, forwarder, nowMs, out) || inTime.length < records.length
  }

  /** Takes those whose turn has come. Gossip did not carry them on: they are pushed, heartbeats too. */
  takeDue(nowMs: number, out: Output[]): void {
    for (const { aged, forwarder } of this.#held.due(nowMs)) {
      if (!this.#acceptor.take(aged, forwarder, nowMs, out)) continue
      this.#push.addOnce(this.#acceptor.handedOn(aged), forwarder, nowMs)
    }
  }

  #isInTime(aged: AgedRecord, forwarder: PeerKey, nowMs: number, out: Output[]): boolean {
    const { peer } = aged.record.announcement
    if (!this.#held.concerns(peer) || this.#acceptor.isOwn(aged.record)) return true
    const outcome = this.#held.hold(aged, forwarder, nowMs)
    if (outcome === 'outdone' || outcome === 'outdoes') out.push({ type: 'ignored', reason: 'rate-limited', peer })
    return outcome === 'due'
  }
}
