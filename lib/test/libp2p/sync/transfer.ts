/** A book on its way from one core to another, over circuits one after the other. */
import { Discovery, type Input, resolveConfig } from '../../../src/core/index.ts'
import { testHost } from '../../core/network.ts'
import { peerOf, recordsOf } from './book.ts'
import { Circuit } from './circuits/circuit.ts'

const MEMBER = peerOf(100_000)
const NEWCOMER = peerOf(100_001)

/** A member with a book, and a newcomer that dials it again and again. */
export class Transfer {
  repeatedRecords = 0
  /** Of records that were on their way when a circuit was cut. */
  lostBytes = 0
  readonly #cores: readonly [newcomer: Discovery, member: Discovery]
  readonly #size: number
  /** The member has come to rest, so a stranger is sent its book unasked. */
  #nowMs = 1_000

  constructor(size: number) {
    const config = resolveConfig({ listenOnly: true, entryTtlMs: 3_600_000 })
    this.#size = size
    this.#cores = [
      new Discovery(config, { peer: NEWCOMER, epoch: 1 }, testHost(1), 0),
      new Discovery(config, { peer: MEMBER, epoch: 1 }, testHost(2), 0)
    ]
    this.#cores[1].handle({ type: 'partner-opened', peer: 'past', initiator: true, addr: '/past' }, 0)
    const message = { type: 'records' as const, records: recordsOf(size) }
    this.#cores[1].handle({ type: 'message', from: 'past', message }, 0)
  }

  get isDone(): boolean {
    return this.#cores[0].book.size === this.#size
  }

  /** @param carriedBytes - after which it is cut, if its ends have not come to rest before */
  over(limitBytes: number, carriedBytes = Number.POSITIVE_INFINITY): void {
    const circuit = new Circuit(limitBytes, (at, message) => {
      if (at === 0 && 'records' in message)
        this.repeatedRecords += message.records.filter(({ record }) => this.#cores[0].book.entryOf(record)).length
      this.#hear(circuit, at, { type: 'message', from: at === 0 ? MEMBER : NEWCOMER, message })
    })
    const way = { type: 'partner-opened' as const, isLimited: true }
    this.#hear(circuit, 0, { ...way, peer: MEMBER, initiator: true, addr: '/relay/member' })
    this.#hear(circuit, 1, { ...way, peer: NEWCOMER, initiator: false, addr: '/relay/newcomer' })
    circuit.run(carriedBytes)
    for (const message of circuit.ends[0].coming)
      if ('records' in message)
        this.lostBytes += message.records.reduce((sum, { record }) => sum + record.envelopeBytes, 0)
    this.#hear(circuit, 0, { type: 'partner-closed', peer: MEMBER, spentBy: 'self' })
    this.#hear(circuit, 1, { type: 'partner-closed', peer: NEWCOMER, spentBy: 'peer' })
  }

  #hear(circuit: Circuit, at: number, input: Input): void {
    this.#nowMs += 1
    for (const output of this.#cores[at]!.handle(input, this.#nowMs)) {
      const isForOther = output.type === 'send' && output.to !== 'past'
      if (isForOther) circuit.ends[at]!.queue.push(output.message)
    }
  }
}
