/** One core in virtual time, that hears what a test says and whose every output is kept. */
import { type DiscoveryInit, resolveConfig } from '../../src/core/config.ts'
import { Discovery } from '../../src/core/discovery.ts'
import type { Input, Output } from '../../src/core/effects.ts'
import { seededRandom } from '../../src/core/random.ts'

type SendOutput = Extract<Output, { type: 'send' }>

export class Solo {
  readonly core: Discovery
  /** What the core has asked for, with the time, oldest first. */
  readonly out: (Output & { readonly atMs: number })[] = []
  nowMs = 0

  /** The address of a partner is its group. */
  constructor(init: DiscoveryInit = {}) {
    const host = { random: seededRandom(1), groupOf: (addr: string) => addr }
    this.core = new Discovery(resolveConfig({ listenOnly: true, ...init }), { peer: 'self', epoch: 1 }, host, 0)
  }

  take(input: Input): void {
    for (const output of this.core.handle(input, this.nowMs)) this.out.push({ ...output, atMs: this.nowMs })
  }

  /** Ticks the core whenever it is due. */
  pass(durationMs: number): void {
    const endMs = this.nowMs + durationMs
    while (this.core.dueMs <= endMs) {
      this.nowMs = Math.max(this.nowMs, this.core.dueMs)
      this.take({ type: 'tick' })
    }
    this.nowMs = endMs
  }

  /** What was sent, to this peer only if it is given. */
  sent(to?: string): (SendOutput & { readonly atMs: number })[] {
    return this.out.filter(
      output => output.type === 'send' && (to === undefined || output.to === to)
    ) as (SendOutput & {
      readonly atMs: number
    })[]
  }

  /** How many records the peer was sent, each time it was. */
  recordsTo(peer: string): number {
    return this.sent(peer).reduce((sum, { message }) => ('records' in message ? sum + message.records.length : sum), 0)
  }

  /** How often something was ignored for this reason. */
  ignored(reason: string): number {
    return this.out.filter(output => output.type === 'ignored' && output.reason === reason).length
  }

  warnings(): string[] {
    return this.out.flatMap(output => (output.type === 'warned' ? [output.warning.code] : []))
  }
}
