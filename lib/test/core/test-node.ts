/** A node of a test: a real core, whose adapter is a network under virtual time. */
import type { Discovery } from '../../src/core/discovery.ts'
import type { Input, Output } from '../../src/core/effects.ts'
import type { SyncMessage } from '../../src/core/gossip/sync.ts'
import type { AgedRecord } from '../../src/core/record/aged-record.ts'
import {
  type Announcement,
  type PeerKey,
  type SignedAnnouncement,
  signedAnnouncement
} from '../../src/core/record/announcement.ts'
import { contentHashOf } from './records.ts'

/** Somebody whom the network delivers to, honest or not. */
export interface Member {
  readonly peer: PeerKey
  take(input: Input): void
  hear(from: PeerKey, message: SyncMessage): void
  hearGossip(from: PeerKey, record: SignedAnnouncement): void
}

/** What a network does for its nodes. */
export interface Links {
  readonly nowMs: number
  after(delayMs: number, run: () => void): void
  runs(node: TestNode): boolean
  send(from: PeerKey, to: PeerKey, message: SyncMessage): void
  publish(from: PeerKey, record: SignedAnnouncement): void
  dial(from: TestNode, id: string, timeoutMs: number): void
  hangUp(one: PeerKey, other: PeerKey): void
}

export class TestNode implements Member {
  readonly peer: PeerKey
  readonly discovery: Discovery
  /** What became of the book and what was ignored, such as `joined b` and `ignored b stale`. */
  readonly events: string[] = []
  /** Every announcement that this node asked to be signed. */
  readonly announced: Announcement[] = []
  /** Says which of the records that matter the adapter hands to the core; another may be put in its place. */
  admits: (record: SignedAnnouncement) => boolean = () => true
  readonly #network: Links
  /** When the one timer goes off, or infinity. */
  #timerMs = Number.POSITIVE_INFINITY

  constructor(network: Links, peer: PeerKey, discovery: Discovery) {
    this.#network = network
    this.peer = peer
    this.discovery = discovery
  }

  get book(): Discovery['book'] {
    return this.discovery.book
  }

  take(input: Input): void {
    for (const output of this.discovery.handle(input, this.#network.nowMs)) this.#perform(output)
    this.#armTimer()
  }

  /** As an adapter hands a partner's message on: without records that are no news. */
  hear(from: PeerKey, message: SyncMessage): void {
    if (!this.discovery.overlay.isConnected(from)) return
    const news = 'records' in message ? { ...message, records: this.#mattering(message.records) } : message
    this.take({ type: 'message', from, message: news })
  }

  hearGossip(from: PeerKey, record: SignedAnnouncement): void {
    if (this.#matters({ record, ageMs: 0 })) this.take({ type: 'gossip', from, record })
  }

  /** Most inputs put the deadline off: a timer that goes off too soon is armed again. */
  #armTimer(): void {
    const deadlineMs = this.discovery.nextDeadlineMs(this.#network.nowMs)
    if (deadlineMs >= this.#timerMs) return
    this.#timerMs = deadlineMs
    this.#network.after(Math.max(0, deadlineMs - this.#network.nowMs), () => {
      if (this.#timerMs !== deadlineMs) return
      this.#timerMs = Number.POSITIVE_INFINITY
      if (!this.#network.runs(this)) return
      if (this.discovery.nextDeadlineMs(this.#network.nowMs) <= this.#network.nowMs) this.take({ type: 'tick' })
      else this.#armTimer()
    })
  }

  #mattering(records: readonly AgedRecord[]): AgedRecord[] {
    return records.filter(aged => this.#matters(aged))
  }

  #matters({ record, ageMs }: AgedRecord): boolean {
    const interest = this.discovery.interestIn(record.announcement, ageMs)
    return interest !== 'known' && interest !== 'outlived' && this.admits(record)
  }

  #perform(output: Output): void {
    switch (output.type) {
      case 'announce':
        this.announced.push(output.announcement)
        this.#network.after(0, () => this.take({ type: 'signed', record: signed(output.announcement) }))
        break
      case 'publish':
        this.#network.publish(this.peer, output.record)
        break
      case 'send':
        this.#network.send(this.peer, output.to, output.message)
        break
      case 'dial':
        this.#network.dial(this, output.target.addrs[0]!.slice(1), output.timeoutMs)
        break
      case 'hang-up':
        this.#network.hangUp(this.peer, output.peer)
        break
      case 'suspected':
      case 'refuted':
        this.events.push(`${output.type} ${output.peer}`)
        break
      case 'warned':
        this.events.push(`warned ${output.warning.code}`)
        break
      case 'ignored':
        this.events.push(`ignored ${output.peer} ${output.reason}`)
        break
      case 'renew':
        break
      default:
        if ('entry' in output) this.events.push(`${output.type} ${output.entry.record.announcement.peer}`)
    }
  }
}

export function signed(announcement: Announcement): SignedAnnouncement {
  const text = JSON.stringify({ ...announcement, metadata: [...announcement.metadata] })
  return signedAnnouncement(announcement, new TextEncoder().encode(text), contentHashOf(announcement))
}
