/** A network whose nodes change, leave and start again, and what each of them has said last. */
import type { PeerKey } from '../../src/core/record/announcement.ts'
import { Network, type TestNode } from './network.ts'

const LINK_MS = 50

/** The others meet by them; they run all the time. */
const WELL_KNOWN = ['a', 'b']
export const PEERS = [...WELL_KNOWN, 'c', 'd', 'e', 'f', 'g', 'h', 'i', 'j']

export const ACTS = ['update', 'restart', 'leave', 'stop', 'fall silent', 'speak'] as const
export type Act = (typeof ACTS)[number]

export interface Step {
  readonly peer: PeerKey
  readonly act: Act
  /** Until the next step. */
  readonly waitMs: number
}

/** A network at rest, and what each of its nodes has said last. */
export class Sayings {
  readonly network: Network
  /** What a node is listed with; undefined while it is not. */
  readonly #last = new Map<PeerKey, string | undefined>()
  readonly #nodes = new Map<PeerKey, TestNode>()
  #count = 0

  constructor(seed: number) {
    this.network = new Network(seed, addr => addr, LINK_MS)
    for (const peer of PEERS) this.#start(peer)
    this.network.until(() => this.network.allList(...PEERS), 20_000)
    this.network.run(15_000)
  }

  /** A stranger, linked to all, that says of everybody that it does not answer. */
  beginToLie(): void {
    const liar = this.network.stranger('liar')
    liar.connect(...PEERS)
    const lie = () => {
      for (const to of PEERS) {
        const suspicions = PEERS.filter(peer => peer !== to).map(peer => {
          const known = this.#nodes.get(to)?.book.lastOf(peer)?.announcement
          return { peer, epoch: known?.epoch ?? 1, seq: known?.seq ?? 1, refused: true, leftMs: 300 }
        })
        liar.say(to, { type: 'suspicions', suspicions })
      }
      this.network.after(200, lie)
    }
    lie()
  }

  take({ peer, act, waitMs }: Step): void {
    const node = this.#nodes.get(peer)
    if (act === 'restart') this.#restart(peer)
    else if (node !== undefined) this.#say(node, act)
    this.network.run(waitMs)
  }

  /** What the books of those that have not said farewell list wrongly, such as `c lists h 14 in place of 17`. */
  faults(): string[] {
    const observers = [...this.#nodes.values()].filter(node => !node.discovery.hasLeft)
    return observers.flatMap(({ peer: observer, book }) =>
      [...this.#last].flatMap(([peer, name]) => {
        const listed = book.get(peer)?.record.announcement.name
        return peer === observer || listed === name ? [] : [`${observer} lists ${peer} ${listed} in place of ${name}`]
      })
    )
  }

  /** Whether those that have not said farewell are connected by each other: a node that ends may take others' only link with it. */
  get isWhole(): boolean {
    const speakers = [...this.#nodes.values()].filter(node => !node.discovery.hasLeft)
    return this.network.isWhole(speakers.map(({ peer }) => peer))
  }

  #start(peer: PeerKey): void {
    const name = `${++this.#count}`
    const bootstrap = WELL_KNOWN.filter(other => other !== peer)
    this.#nodes.set(peer, this.network.start(peer, { name, bootstrap }))
    this.#last.set(peer, name)
  }

  /** A well-known node starts again at once, another process in its place; the others say farewell before, if they like. */
  #restart(peer: PeerKey): void {
    this.network.crash(peer)
    this.#start(peer)
  }

  #say(node: TestNode, act: Act): void {
    const { peer } = node
    const isWellKnown = WELL_KNOWN.includes(peer)
    const isSilent = this.#last.get(peer) === undefined
    if (act === 'update') {
      const name = `${++this.#count}`
      node.take({ type: 'content-changed', content: { name } })
      if (!isSilent) this.#last.set(peer, name)
    } else if (act === 'fall silent') {
      node.take({ type: 'pace-changed', announceIntervalMs: undefined })
      this.#last.set(peer, undefined)
    } else if (act === 'speak' && !node.discovery.hasLeft) {
      node.take({ type: 'pace-changed', announceIntervalMs: 10_000 })
      this.#last.set(peer, node.discovery.content.name)
    } else if (act === 'leave' && !isWellKnown) {
      node.take({ type: 'leave' })
      this.#last.set(peer, undefined)
    } else if (act === 'stop' && !isWellKnown) {
      this.network.stop(peer)
      this.#nodes.delete(peer)
      this.#last.set(peer, undefined)
    }
  }
}
