/** All links of a node, and what it lacks beside them. */
import type { Group } from '../bounds/group.ts'
import type { PeerKey } from '../record/announcement.ts'
import { isKept, type Link, type Missing } from './links.ts'

/** What a node wants. */
interface Wanted {
  readonly self: PeerKey
  readonly chosen: number
  readonly any: number
  /** Whether one link to an earlier peer is wanted, unless there is no such peer. */
  readonly earlier: boolean
}

export class LinkTable {
  /** BOUNDED by the host's connections. The oldest first. */
  readonly #links = new Map<PeerKey, Link>()
  readonly #wanted: Wanted
  #version = 0
  /** Then this node is the root of the tree. */
  #isFirst = false
  /** As it was when last asked for; undefined once a link has changed. It is asked for many times at every input. */
  #missing: (Missing & { readonly ending: number }) | undefined

  constructor(wanted: Wanted) {
    this.#wanted = wanted
  }

  /** Grows with every change of a link. */
  get version(): number {
    return this.#version
  }

  /** A link was changed, or what it is to this node. */
  changed(): void {
    this.#version++
    this.#missing = undefined
  }

  /** @param isFirst - no listed peer comes before this node, as far as anybody has looked */
  noteFirst(isFirst: boolean): void {
    if (isFirst === this.#isFirst) return
    this.#isFirst = isFirst
    this.changed()
  }

  get(peer: PeerKey): Link | undefined {
    return this.#links.get(peer)
  }

  has(peer: PeerKey): boolean {
    return this.#links.has(peer)
  }

  add(link: Link): void {
    this.#links.set(link.peer, link)
    this.changed()
  }

  delete(peer: PeerKey): void {
    this.#links.delete(peer)
    this.changed()
  }

  values(): MapIterator<Link> {
    return this.#links.values()
  }

  /** Those that are meant to stay. */
  kept(isMeant: (link: Link) => boolean = () => true): Link[] {
    return [...this.#links.values()].filter(link => isKept(link) && isMeant(link))
  }

  /** Groups of everybody who is connected, let go or not. */
  groups(): Set<Group> {
    return new Set([...this.#links.values()].map(({ group }) => group))
  }

  /** Those that are not meant to stay. */
  ending(): readonly Link[] {
    return this.missing().ending === 0 ? [] : [...this.#links.values()].filter(link => !isKept(link))
  }

  /** What is missing beside the links that are meant to stay. */
  missing(): Missing & { readonly ending: number } {
    this.#missing ??= this.#countMissing()
    return this.#missing
  }

  #countMissing(): Missing & { readonly ending: number } {
    const { self } = this.#wanted
    let { chosen, any } = this.#wanted
    let [direct, limited, ending] = [chosen, 0, 0]
    let isEarlierMissing = this.#wanted.earlier && !this.#isFirst
    for (const link of this.#links.values()) {
      if (!isKept(link)) {
        ending++
        continue
      }
      any--
      if (link.isChosen) chosen--
      if (link.isLimited) limited++
      else direct--
      if (link.peer < self) isEarlierMissing = false
    }
    return { chosen, any, direct, isDirectMissing: direct > 0 && limited > 0, isEarlierMissing, ending }
  }
}
