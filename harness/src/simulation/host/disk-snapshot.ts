/** What a node keeps of its book on disk, written when the library writes it (lib/src/libp2p/snapshot.ts). */
import type { AddressBook, AddressBookEntry, DialTarget, PeerKey } from '@gossip-discovery/libp2p/core'

/** Those of the library. */
const MAX_RECORDS = 64
const FIRST_SAVE_MS = 5_000
const MAX_SAVE_INTERVAL_MS = 60_000

/** The process whose book is kept. */
interface SnapshotHost {
  readonly nowMs: number
  /** At the moment at which it is asked. */
  book(): AddressBook
  connected(): PeerKey[]
  timer(atMs: number, fire: () => void): void
  /** In place of what was kept before. */
  keep(targets: readonly DialTarget[]): void
}

export class DiskSnapshot {
  readonly #host: SnapshotHost
  #hasMet = false

  constructor(host: SnapshotHost) {
    this.#host = host
  }

  /** There is a partner. */
  met(): void {
    if (this.#hasMet) return
    this.#hasMet = true
    this.#saveAfter(FIRST_SAVE_MS)
  }

  /** Peers that are connected come first, and then whoever is listed; an empty book replaces nothing. */
  save(): void {
    const book = this.#host.book()
    const connected = this.#host.connected().filter(peer => book.has(peer))
    const targets = new Map<PeerKey, DialTarget>(connected.map(peer => [peer, targetOf(book.get(peer)!)]))
    for (const entry of book.values()) {
      if (targets.size >= MAX_RECORDS) break
      const target = targetOf(entry)
      targets.set(target.id, target)
    }
    if (targets.size > 0) this.#host.keep([...targets.values()].slice(0, MAX_RECORDS))
  }

  #saveAfter(waitMs: number): void {
    this.#host.timer(this.#host.nowMs + waitMs, () => {
      this.save()
      this.#saveAfter(Math.min(2 * waitMs, MAX_SAVE_INTERVAL_MS))
    })
  }
}

function targetOf({ record: { announcement } }: AddressBookEntry): DialTarget {
  return { id: announcement.peer, addrs: announcement.addrs }
}
