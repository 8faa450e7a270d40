import type { Shelf, SignedAnnouncement } from 'libp2p-gossip-discovery/core'
import type { IssuedRecord } from './issuer.ts'

/** One shelf for the books of all nodes. Nothing is ever dropped: the whole network announces about once a second. */
export class SharedShelf implements Shelf {
  readonly #records: SignedAnnouncement[] = []
  readonly #numbers = new Map<SignedAnnouncement, number>()
  /** By subject: of its record that was put last. Mostly, the next that is put is the same for another book. */
  readonly #latest: number[] = []

  put(record: SignedAnnouncement): number {
    const { subject } = record as IssuedRecord
    const latest = this.#latest[subject]
    if (latest !== undefined && this.#records[latest] === record) return latest
    const number = this.#numbers.get(record) ?? this.#add(record)
    this.#latest[subject] = number
    return number
  }

  at(number: number): SignedAnnouncement {
    return this.#records[number]!
  }

  drop(): void {}

  #add(record: SignedAnnouncement): number {
    const number = this.#records.length
    this.#records.push(record)
    this.#numbers.set(record, number)
    return number
  }
}
