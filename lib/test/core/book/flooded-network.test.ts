/** Invented peers by the hundred thousand, other ones for each node of a network. */
import { test } from 'tap'
import type { AddressBook } from '../../../src/core/book/address-book.ts'
import { STANDING } from '../../../src/core/book/entry.ts'
import type { PeerKey } from '../../../src/core/record/announcement.ts'
import { Meeting } from '../meeting.ts'
import { from, record } from '../records.ts'

const TTL_MS = 86_400_000
const NODES = 10
const SECOND_MS = 1_000
const ATTACKERS = Array.from({ length: 100 }, (_, at) => `attacker${at}`)
const HONEST = Array.from({ length: 1_000 - NODES }, (_, at) => record({ peer: `honest${at}`, ttlMs: TTL_MS }))
const SYBILS_PER_NODE = 100_000 / NODES
const FLOOD_S = 100
const SYBILS_PER_TURN = SYBILS_PER_NODE / ATTACKERS.length / FLOOD_S

/** Honest nodes in a ring, each of which chose the next, and attackers that connect to every one. */
class FloodedNetwork {
  readonly meeting = new Meeting()
  readonly books = new Map<PeerKey, AddressBook>()
  readonly #maxEntries: number
  readonly #nodes = Array.from({ length: NODES }, (_, at) => `node${at}`)
  #sent = 0

  constructor(maxEntries: number) {
    this.#maxEntries = maxEntries
    for (const node of this.#nodes) this.#add(node)
  }

  /** Each node knows its part of all. */
  share(): void {
    for (const [at, honest] of HONEST.entries())
      this.books.get(this.#nodes[at % NODES]!)!.apply(honest, 0, 0, from('others', STANDING.confirmed))
  }

  /** @param seconds - until the flood; in a minute all have heard who vouches for whom */
  connect(seconds: number): void {
    for (const [at, node] of this.#nodes.entries()) {
      this.meeting.connect(node, this.#nodes[(at + 1) % NODES]!)
      this.meeting.connect(node, this.#nodes[(at + 3) % NODES]!)
    }
    this.meeting.run(seconds * SECOND_MS)
  }

  /** @param groups - of addresses, over which the attackers are spread */
  attack(node: PeerKey, groups: number): void {
    for (const [at, attacker] of ATTACKERS.entries()) this.meeting.stranger(attacker, node, `group ${at % groups}`)
  }

  join(newcomer: PeerKey): void {
    this.#add(newcomer)
    this.meeting.connect(newcomer, 'node0')
    this.meeting.run(20)
  }

  /** Each attacker hands to each node what it hands to nobody else. */
  flood(seconds: number): void {
    for (let second = 0; second < seconds; second++) {
      for (const node of this.books.keys()) {
        for (const attacker of ATTACKERS) this.meeting.say(attacker, node, { type: 'push', records: this.#invent() })
      }
      this.meeting.run(SECOND_MS)
    }
  }

  #invent(): { record: ReturnType<typeof record>; ageMs: number }[] {
    return Array.from({ length: SYBILS_PER_TURN }, () => ({
      record: record({ peer: `sybil${this.#sent++}`, ttlMs: TTL_MS }),
      ageMs: 0
    }))
  }

  #add(node: PeerKey): AddressBook {
    const init = { maxEntries: this.#maxEntries, syncIntervalMs: 30_000, targetConnections: 64, listenOnly: false }
    const { book } = this.meeting.add(node, { ...init, epoch: 2 })
    this.books.set(node, book)
    return book
  }
}

for (const maxEntries of [2_048, 16_384]) {
  for (const groups of [1, 100]) {
    for (const first of ['honest', 'flood'] as const) {
      test(`a flood of others into each book of ${maxEntries} from ${groups} groups, the ${first} first: the honest stay, a newcomer gets in everywhere`, async t => {
        const network = new FloodedNetwork(maxEntries)
        network.share()
        if (first === 'honest') network.connect(60)
        for (const node of network.books.keys()) network.attack(node, groups)
        network.flood(FLOOD_S / 2)
        if (first === 'flood') network.connect(5)
        network.join('newcomer')
        network.attack('newcomer', groups)
        network.flood(5)
        const listing = [...network.books.values()].filter(book => book.has('newcomer')).length
        t.ok(listing >= NODES * 0.95, `${listing} of ${NODES} list the newcomer`)
        t.ok(missingIn(network.books.get('newcomer')!) <= 10, 'which knows nearly everybody')
        network.flood(FLOOD_S / 2 - 5)
        t.equal(Math.max(...[...network.books.values()].map(missingIn)), 0, 'nobody honest is missing in any book')
      })
    }
  }
}

function missingIn(book: AddressBook): number {
  return HONEST.filter(({ announcement }) => !book.has(announcement.peer)).length
}
