/** Invented peers by the hundred thousand, and the honest ones among them. */
import { test } from 'tap'
import type { AddressBook } from '../../../src/core/book/address-book.ts'
import { STANDING } from '../../../src/core/book/entry.ts'
import type { DiscoveryInit } from '../../../src/core/config.ts'
import type { PeerKey } from '../../../src/core/record/announcement.ts'
import { Meeting } from '../meeting.ts'
import { from, record } from '../records.ts'

const TTL_MS = 86_400_000
const HONEST = Array.from({ length: 1_000 }, (_, at) => record({ peer: `honest${at}`, ttlMs: TTL_MS }))
const SYBILS = Array.from({ length: 100_000 }, (_, at) => record({ peer: `sybil${at}`, ttlMs: TTL_MS }))
const ATTACKERS = Array.from({ length: 100 }, (_, at) => `attacker${at}`)
const FLOOD_MS = 100_000
const TURN_MS = 1_000
const HANDSHAKE_MS = 20

/** Of a book that has room for all honest peers and few others, and of one of the default size. */
const SIZES = [2_048, 16_384]

/** A victim with one chosen partner and an inbound one, who know all honest peers, and attackers, who connect to it. */
class Flood {
  readonly victim: AddressBook
  sent = 0
  readonly #meeting = new Meeting()
  readonly #books = new Map<PeerKey, AddressBook>()
  readonly #groups: number
  readonly #init: DiscoveryInit
  readonly #flooded: PeerKey[] = ['victim']

  constructor(groups: number, maxEntries: number) {
    this.#groups = groups
    this.#init = { maxEntries, syncIntervalMs: 30_000, targetConnections: 64 }
    for (const peer of ['victim', 'friend', 'inbound']) this.#books.set(peer, this.#meeting.add(peer, this.#init).book)
    for (const peer of ['friend', 'inbound']) {
      for (const honest of HONEST) this.bookOf(peer).apply(honest, 0, 0, from('others', STANDING.confirmed))
    }
    this.#meeting.connect('friend', 'inbound')
    this.victim = this.bookOf('victim')
    for (const attacker of ATTACKERS) this.#attack(attacker, 'victim')
  }

  bookOf(peer: PeerKey): AddressBook {
    return this.#books.get(peer)!
  }

  /** The victim joins the honest network. */
  join(): void {
    this.#meeting.connect('inbound', 'victim')
    this.#meeting.run(TURN_MS)
    this.#meeting.connect('victim', 'friend')
    this.#meeting.run(TURN_MS)
  }

  /** Joins by the chosen partner of the victim, and is attacked as soon as others can know of it. */
  newcomer(peer: PeerKey): void {
    const core = this.#meeting.add(peer, { ...this.#init, listenOnly: false, epoch: 2 })
    this.#books.set(peer, core.book)
    this.#meeting.connect(peer, 'friend')
    this.#meeting.run(HANDSHAKE_MS)
    for (const attacker of ATTACKERS) this.#attack(attacker, peer)
    this.#flooded.push(peer)
  }

  /** One attacker hands on what it has heard of honest peers. */
  relayHonest(): void {
    this.#meeting.say('attacker0', 'victim', { type: 'records', records: HONEST.map(record => ({ record, ageMs: 0 })) })
  }

  run(durationMs: number): void {
    const perTurn = Math.ceil((SYBILS.length / ATTACKERS.length / FLOOD_MS) * TURN_MS)
    for (let passedMs = 0; passedMs < durationMs; passedMs += TURN_MS) {
      for (const attacker of ATTACKERS) {
        const records = SYBILS.slice(this.sent, this.sent + perTurn).map(record => ({ record, ageMs: 0 }))
        this.sent += records.length
        for (const to of this.#flooded) this.#meeting.say(attacker, to, { type: 'push', records })
      }
      this.#meeting.run(TURN_MS)
    }
  }

  #attack(attacker: PeerKey, to: PeerKey): void {
    this.#meeting.stranger(attacker, to, `group ${ATTACKERS.indexOf(attacker) % this.#groups}`)
  }
}

for (const maxEntries of SIZES) {
  for (const groups of [1, 100]) {
    for (const first of ['honest', 'flood'] as const) {
      test(`a flood from ${groups} groups into a book of ${maxEntries}, the ${first} first: the honest stay, a newcomer gets in`, async t => {
        const flood = new Flood(groups, maxEntries)
        if (first === 'honest') flood.join()
        flood.run(FLOOD_MS / 2)
        if (first === 'flood') flood.join()
        flood.run(5 * TURN_MS)
        const listed = listedIn(flood.victim)
        t.ok(listed.length >= 990, `${listed.length} of 1,000 are listed`)
        flood.newcomer('newcomer')
        flood.run(5 * TURN_MS)
        t.ok(flood.victim.has('newcomer'), 'the newcomer is listed by whom it does not know')
        const known = listedIn(flood.bookOf('newcomer'))
        t.ok(known.length >= 990, `the newcomer lists ${known.length} of 1,000`)
        flood.run(FLOOD_MS / 2)
        const evicted = listed.filter(peer => !flood.victim.has(peer))
        t.ok(evicted.length <= (groups === 1 ? 0 : 10), `${evicted.length} honest peers evicted`)
        t.ok(flood.victim.size <= maxEntries)
        t.equal(flood.sent, SYBILS.length)
      })
    }
  }
}

test('what a flood brings to one node reaches the next as a trickle', async t => {
  const flood = new Flood(1, 16_384)
  flood.join()
  flood.run(FLOOD_MS)
  const invented = flood.bookOf('friend').size - HONEST.length
  t.ok(invented > 0 && invented < 12_500, `${invented} of ${SYBILS.length}`)
})

test('an honest peer whose record an attacker brought first is not given up with what else that one brought', async t => {
  const flood = new Flood(1, 2_048)
  flood.relayHonest()
  flood.join()
  flood.run(FLOOD_MS)
  t.equal(listedIn(flood.victim).length, HONEST.length)
})

function listedIn(book: AddressBook): PeerKey[] {
  return HONEST.map(({ announcement }) => announcement.peer).filter(peer => book.has(peer))
}
