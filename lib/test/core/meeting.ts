/** A few real cores, whose books have met different histories, on links under virtual time; every message is kept. */
import { type DiscoveryInit, resolveConfig } from '../../src/core/config.ts'
import { Discovery } from '../../src/core/discovery.ts'
import type { Input, Output } from '../../src/core/effects.ts'
import type { SyncMessage } from '../../src/core/gossip/sync.ts'
import type { AgedRecord } from '../../src/core/record/aged-record.ts'
import type { Announcement, PeerKey, SignedAnnouncement } from '../../src/core/record/announcement.ts'
import { testHost } from './network.ts'
import { record } from './records.ts'

const LATENCY_MS = 1

export interface Sent {
  readonly from: PeerKey
  readonly to: PeerKey
  readonly message: SyncMessage
  readonly atMs: number
}

interface Member {
  readonly core: Discovery
  /** Knows no protocol of any address: it keeps the bytes, and reads no address out of them. */
  readonly readsNoAddrs: boolean
  /** By its bytes: what the member reads out of an envelope. */
  readonly opened: Map<Uint8Array, SignedAnnouncement>
  dueMs: number
}

export class Meeting {
  nowMs = 0
  readonly sent: Sent[] = []
  readonly #members = new Map<PeerKey, Member>()
  readonly #links = new Set<string>()
  readonly #queue: { atMs: number; run: () => void }[] = []

  /** Listens only, unless `init` says otherwise. */
  add(peer: PeerKey, init: DiscoveryInit & { epoch?: number; readsNoAddrs?: boolean } = {}): Discovery {
    const { epoch = 1, readsNoAddrs = false, ...options } = init
    const config = resolveConfig({ listenOnly: true, syncIntervalMs: 1_000, ...options })
    const core = new Discovery(config, { peer, epoch }, testHost(this.#members.size + 1), this.nowMs)
    const member = { core, readsNoAddrs, opened: new Map(), dueMs: Number.POSITIVE_INFINITY }
    this.#members.set(peer, member)
    this.#take(peer, { type: 'tick' })
    return core
  }

  /** Gossip of a past that the others know nothing of. */
  hear(peer: PeerKey, signed: SignedAnnouncement): void {
    this.#take(peer, { type: 'gossip', from: 'past', record: this.#opened(peer, signed) })
  }

  /** The first chooses the second: its application names it, and it dials as soon as it leaves that to nobody else. */
  connect(one: PeerKey, other: PeerKey): void {
    if (one === other || this.#isLinked(one, other)) return
    const target = { id: other, addrs: [`/${other}`] }
    this.#take(one, { type: 'peer-found', target, source: 'named' })
  }

  #open(one: PeerKey, other: PeerKey): void {
    if (this.#isLinked(one, other)) return
    this.#links.add([one, other].sort().join())
    this.#take(one, { type: 'partner-opened', peer: other, initiator: true, addr: `/${other}` })
    this.#take(other, { type: 'partner-opened', peer: one, initiator: false, addr: `/${one}` })
  }

  /** Somebody without a core, from an address of this group, connects. */
  stranger(peer: PeerKey, to: PeerKey, group: string): void {
    this.#links.add([peer, to].sort().join())
    this.#take(to, { type: 'partner-opened', peer, initiator: false, addr: group })
  }

  /** A stranger speaks. */
  say(from: PeerKey, to: PeerKey, message: SyncMessage): void {
    this.#hearMessage(to, from, message)
  }

  run(durationMs: number): void {
    const endMs = this.nowMs + durationMs
    for (;;) {
      const message = this.#queue[0]?.atMs ?? Number.POSITIVE_INFINITY
      const [peer, dueMs] = this.#nextDue()
      const atMs = Math.min(message, dueMs)
      if (atMs > endMs) break
      this.nowMs = Math.max(this.nowMs, atMs)
      if (message <= dueMs) this.#queue.shift()!.run()
      else this.#take(peer, { type: 'tick' })
    }
    this.nowMs = endMs
  }

  #nextDue(): [PeerKey, number] {
    let [next, dueMs] = ['', Number.POSITIVE_INFINITY]
    for (const [peer, member] of this.#members) if (member.dueMs < dueMs) [next, dueMs] = [peer, member.dueMs]
    return [next, dueMs]
  }

  #take(peer: PeerKey, input: Input): void {
    const member = this.#members.get(peer)!
    for (const output of member.core.handle(input, this.nowMs)) this.#perform(peer, output)
    member.dueMs = Math.max(this.nowMs + 0.1, member.core.dueMs)
  }

  #perform(peer: PeerKey, output: Output): void {
    switch (output.type) {
      case 'announce':
        this.#take(peer, { type: 'signed', record: signed(output.announcement) })
        break
      case 'publish':
        for (const other of this.#members.keys())
          if (this.#isLinked(other, peer)) this.#later(() => this.#hearGossip(other, peer, output.record))
        break
      case 'send':
        this.sent.push({ from: peer, to: output.to, message: output.message, atMs: this.nowMs })
        if (this.#members.has(output.to)) this.#later(() => this.#hearMessage(output.to, peer, output.message))
        break
      case 'dial':
        this.#later(() => {
          const isThere = this.#members.has(output.target.id)
          if (isThere) this.#open(peer, output.target.id)
          this.#take(peer, { type: 'dialled', id: output.target.id, outcome: isThere ? 'reached' : 'refused' })
        })
        break
      case 'hang-up':
        this.#later(() => this.#disconnect(peer, output.peer))
        break
    }
  }

  /** What is taken travels on, to all other members that are linked. */
  #hearGossip(peer: PeerKey, from: PeerKey, signed: SignedAnnouncement): void {
    const record = this.#opened(peer, signed)
    if (!this.#matters(peer, from, { record, ageMs: 0, isHearsay: true })) return
    const { core } = this.#members.get(peer)!
    const travelsOn = core.interestIn(record.announcement, 0, from) === 'news' && core.admits(record.announcement, from)
    this.#take(peer, { type: 'gossip', from, record })
    if (!travelsOn) return
    for (const other of this.#members.keys())
      if (other !== from && this.#isLinked(other, peer)) this.#later(() => this.#hearGossip(other, peer, signed))
  }

  #hearMessage(to: PeerKey, from: PeerKey, message: SyncMessage): void {
    if (!this.#isLinked(from, to)) return
    if (!('records' in message)) {
      this.#take(to, { type: 'message', from, message })
      return
    }
    const opened = message.records.map(aged => ({ ...aged, record: this.#opened(to, aged.record) }))
    const records = opened.filter(aged => this.#matters(to, from, aged))
    this.#take(to, { type: 'message', from, message: { ...message, records } })
  }

  /** As an adapter asks before it verifies a signature. */
  #matters(peer: PeerKey, from: PeerKey, { record, ageMs, isHearsay = false }: AgedRecord): boolean {
    const interest = this.#members.get(peer)!.core.interestIn(record.announcement, ageMs, from, isHearsay)
    return interest !== 'known' && interest !== 'outlived' && interest !== 'over-budget'
  }

  #opened(peer: PeerKey, original: SignedAnnouncement): SignedAnnouncement {
    const { opened, readsNoAddrs } = this.#members.get(peer)!
    const known = opened.get(original.envelope)
    if (known !== undefined) return known
    const full = signed(announcementIn(original.envelope))
    const announcement = readsNoAddrs ? { ...full.announcement, addrs: [] } : full.announcement
    const record = { ...full, envelope: original.envelope, announcement }
    opened.set(original.envelope, record)
    return record
  }

  #disconnect(one: PeerKey, other: PeerKey): void {
    if (!this.#links.delete([one, other].sort().join())) return
    if (this.#members.has(one)) this.#take(one, { type: 'partner-closed', peer: other })
    if (this.#members.has(other)) this.#take(other, { type: 'partner-closed', peer: one })
  }

  #isLinked(one: PeerKey, other: PeerKey): boolean {
    return this.#links.has([one, other].sort().join())
  }

  #later(run: () => void): void {
    this.#queue.push({ atMs: this.nowMs + LATENCY_MS, run })
  }
}

/** {@link record}, whose envelope can be read again. */
export function signed(announcement: Announcement): SignedAnnouncement {
  return record(announcement)
}

function announcementIn(envelope: Uint8Array): Announcement {
  const value = JSON.parse(new TextDecoder().decode(envelope))
  return { ...value, metadata: new Map(value.metadata) }
}
