/** What all sync streams of a node hold for their partners, together: unread bytes, and messages that the partners do not take. */
import type { Group } from '../../core/bounds/group.ts'

/**
 * About 11 whole books of 16,384 entries on their way, whose records are those of the book itself. With what libp2p and the runtime keep
 * besides, 20 partners that never read make a node hold 30 to 40 MiB.
 */
const MAX_HELD_BYTES = 24 * 1024 * 1024

/** Something that holds bytes, and can be made to let go of them. */
export interface Holder {
  readonly group: Group
  readonly heldBytes: number
  abort(reason: Error): void
}

export class StreamMemory {
  /** BOUNDED by the sync streams. */
  readonly #holders = new Set<Holder>()
  readonly #maxBytes: number
  #totalBytes = 0

  constructor(maxBytes = MAX_HELD_BYTES) {
    this.#maxBytes = maxBytes
  }

  get totalBytes(): number {
    return this.#totalBytes
  }

  add(holder: Holder): void {
    this.#holders.add(holder)
    this.changed(holder, holder.heldBytes)
  }

  remove(holder: Holder): void {
    if (this.#holders.delete(holder)) this.#totalBytes -= holder.heldBytes
  }

  /** The holder holds so many more bytes by now, or fewer. Beyond the bound, those go that hold most of what their group holds. */
  changed(holder: Holder, bytes: number): void {
    if (!this.#holders.has(holder)) return
    this.#totalBytes += bytes
    while (this.#totalBytes > this.#maxBytes && this.#holders.size > 0) {
      const greediest = this.#greediest()
      this.remove(greediest)
      greediest.abort(
        new Error(`the partner left ${greediest.heldBytes} bytes waiting, where ${this.#maxBytes} are held for all`)
      )
    }
  }

  /** In the group that holds most, whoever holds most. */
  #greediest(): Holder {
    const groups = new Map<Group, number>()
    for (const { group, heldBytes } of this.#holders) groups.set(group, (groups.get(group) ?? 0) + heldBytes)
    const [group] = [...groups].reduce((most, other) => (other[1] > most[1] ? other : most))
    return [...this.#holders]
      .filter(holder => holder.group === group)
      .reduce((most, other) => (other.heldBytes > most.heldBytes ? other : most))
  }
}
