/** Which links the host was told to be this node's own choice. */
import type { Output } from '../effects.ts'
import type { PeerKey } from '../record/announcement.ts'

export class ToldLinks {
  /** BOUNDED by the links. */
  readonly #chosen = new Set<PeerKey>()
  #version = 0

  /** Whether nothing has changed since the last call of {@link changes}. */
  isUpToDate(version: number): boolean {
    return version === this.#version
  }

  /**
   * Which links have ceased to be chosen ones since the last call, and which have become so.
   *
   * @param version - of the links: nothing is looked at while it is the same
   */
  changes(version: number, partners: ReadonlySet<PeerKey>, isChosen: (peer: PeerKey) => boolean): Output[] {
    if (this.isUpToDate(version)) return []
    this.#version = version
    const out: Output[] = []
    for (const peer of this.#chosen) {
      if (isChosen(peer)) continue
      this.#chosen.delete(peer)
      out.push({ type: 'link', peer, isChosen: false })
    }
    for (const peer of partners) {
      if (!isChosen(peer) || this.#chosen.has(peer)) continue
      this.#chosen.add(peer)
      out.push({ type: 'link', peer, isChosen: true })
    }
    return out
  }
}
