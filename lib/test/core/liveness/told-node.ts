/** One node between partners that tell it things, in a time that passes only as it is told. */
import { resolveConfig } from '../../../src/core/config.ts'
import { Discovery } from '../../../src/core/discovery.ts'
import type { DialOutcome, Input, Output } from '../../../src/core/effects.ts'
import type { SyncMessage } from '../../../src/core/gossip/sync.ts'
import type { PeerKey } from '../../../src/core/record/announcement.ts'
import { testHost } from '../network.ts'
import { record } from '../records.ts'

/** Partners that it dialled. */
export const CHOSEN = ['b', 'c', 'd']

/** Partners that dialled it. */
export const INBOUND = ['i', 'j', 'k']

/** It has partners of both kinds, and lists three peers. */
export class ToldNode {
  readonly discovery: Discovery
  /** What it has dialled, and what for. */
  readonly dialled: string[] = []
  nowMs = 0

  constructor(suspect: PeerKey, addrs: string[] = []) {
    const host = { ...testHost(1), endpointOf: () => 'free' as const }
    this.discovery = new Discovery(resolveConfig({ listenOnly: true }), { peer: 'a', epoch: 1 }, host, 0)
    for (const peer of CHOSEN) {
      this.#take({ type: 'peer-found', target: { id: peer, addrs: [`/${peer}`] }, source: 'named' })
      this.opens(peer)
      this.dialEnds(peer, 'reached')
    }
    for (const peer of INBOUND) this.#take({ type: 'partner-opened', peer, initiator: false, addr: `/${peer}` })
    this.learns(suspect, addrs)
    for (const peer of ['y', 'z']) this.learns(peer)
  }

  lists(peer: PeerKey): boolean {
    return this.discovery.book.has(peer)
  }

  learns(peer: PeerKey, addrs: string[] = [], seq = 1): void {
    this.hears('d', { type: 'records', records: [{ record: record({ peer, addrs, seq, ttlMs: 600_000 }), ageMs: 0 }] })
  }

  hears(from: PeerKey, message: SyncMessage): Output[] {
    return this.#take({ type: 'message', from, message })
  }

  opens(peer: PeerKey): Output[] {
    return this.#take({ type: 'partner-opened', peer, initiator: true, addr: `/${peer}` })
  }

  dialEnds(id: PeerKey, outcome: DialOutcome): Output[] {
    return this.#take({ type: 'dialled', id, outcome })
  }

  /** Every deadline is kept, and every partner says something. */
  run(durationMs: number): void {
    const endMs = this.nowMs + durationMs
    while (this.nowMs < endMs) {
      this.nowMs = Math.min(endMs, Math.max(this.nowMs + 1, this.discovery.nextDeadlineMs(this.nowMs)))
      for (const from of this.discovery.overlay.partners) this.hears(from, { type: 'pong' })
      this.#take({ type: 'tick' })
    }
  }

  /** No deadline is kept, and what comes meanwhile is read later. */
  sleep(durationMs: number): void {
    this.nowMs += durationMs
  }

  #take(input: Input): Output[] {
    const outputs = this.discovery.handle(input, this.nowMs)
    for (const output of outputs) {
      if (output.type === 'dial' && output.purpose === 'probe') this.dialled.push(`${output.target.id} probe`)
    }
    return outputs
  }
}
