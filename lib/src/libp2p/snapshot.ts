/** Some of the book on disk, so that a node that restarts finds its network without a bootstrap peer. */
import type { Logger } from '@libp2p/interface'
import { type Datastore, Key } from 'interface-datastore'
import type { AddressBook, DialTarget } from '../core/index.ts'
import { openAnnouncement } from './records/announcement-codec.ts'
import { decodeSnapshot, encodeSnapshot } from './records/snapshot-codec.ts'

/** Enough that some are still there after a long while, few enough to be written in one go: 20 kB. */
const MAX_RECORDS = 64

const SAVE_INTERVAL_MS = 60_000

export class Snapshot {
  readonly #datastore: Datastore
  readonly #topic: string
  readonly #key: Key
  readonly #book: AddressBook
  readonly #log: Logger
  #timer: ReturnType<typeof setInterval> | undefined

  constructor(datastore: Datastore, topic: string, book: AddressBook, log: Logger) {
    this.#datastore = datastore
    this.#topic = topic
    this.#key = new Key(`/gossip-discovery/snapshot/${encodeURIComponent(topic)}`)
    this.#book = book
    this.#log = log
  }

  /** Peers of the last run, as candidates to dial and no more: whether they live, they must say themselves. */
  async load(): Promise<DialTarget[]> {
    this.#timer = setInterval(() => void this.save(), SAVE_INTERVAL_MS)
    try {
      if (!(await this.#datastore.has(this.#key))) return []
      const envelopes = decodeSnapshot(await this.#datastore.get(this.#key))
      const records = await Promise.all(
        envelopes.slice(0, MAX_RECORDS).map(envelope => openAnnouncement(envelope, this.#topic))
      )
      return records.map(({ announcement }) => ({ id: announcement.peer, addrs: announcement.addrs }))
    } catch (error) {
      this.#log.error('the snapshot of the address book cannot be read, going on without it - %e', error)
      return []
    }
  }

  /** Writes the newest part of the book; an empty book does not replace a snapshot. */
  async save(): Promise<void> {
    const envelopes = [...this.#book.values()]
      .sort((a, b) => b.bornAtMs - a.bornAtMs)
      .slice(0, MAX_RECORDS)
      .map(({ record }) => record.envelope)
    if (envelopes.length === 0) return
    try {
      await this.#datastore.put(this.#key, encodeSnapshot(envelopes))
    } catch (error) {
      this.#log.error('the snapshot of the address book cannot be written - %e', error)
    }
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer)
    await this.save()
  }
}
