import { bucketOf, type Shelf, type SignedAnnouncement, type SlotIndex } from 'libp2p-gossip-discovery/core'
import type { IssuedRecord, Subject } from './issuer.ts'
import { SubjectIndex } from './subject-index.ts'

/**
 * One shelf for the books of all nodes. Nothing is ever dropped: the whole network announces about once a second. And as it knows
 * every machine by number, nobody has to be searched for.
 */
export class SharedShelf implements Shelf {
  readonly #records: SignedAnnouncement[] = []
  readonly #numbers = new Map<SignedAnnouncement, number>()
  /** By subject: of its record that was put last. Mostly, the next that is put is the same for another book. */
  readonly #latest: number[] = []
  readonly #subjects = new Map<string, number>()
  readonly #buckets = new Map<number, number[]>()

  /** @param subjects - all that there are, the one of index 0 first */
  constructor(subjects: readonly Subject[]) {
    for (const { peer, index } of subjects) {
      this.#subjects.set(peer, index)
      const bucket = bucketOf(peer)
      this.#buckets.set(bucket, [...(this.#buckets.get(bucket) ?? []), index])
    }
  }

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

  index(): SlotIndex {
    return new SubjectIndex(this.#subjects, this.#buckets)
  }

  #add(record: SignedAnnouncement): number {
    const number = this.#records.length
    this.#records.push(record)
    this.#numbers.set(record, number)
    return number
  }
}
