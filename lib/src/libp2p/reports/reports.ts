/** Tells of what happened: to the application by events, to the operator by metrics and the log. */
import type { Logger, PeerDiscoveryEvents } from '@libp2p/interface'
import { monotonicMs } from '../clock.ts'
import type { Report } from '../driver.ts'
import type { HandOver } from '../host/hand-over.ts'
import type { Receiver, ReceiverCounts } from '../records/receiver.ts'
import type { AddressBookView } from './book/address-book-view.ts'
import { peerLabel } from './book/discovered-peer.ts'
import type { DiscoveryMetrics } from './metrics.ts'
import { RestlessPeers } from './restless-peers.ts'
import type { GossipDiscoveryWarning, WarningCounts, Warnings } from './warnings.ts'

/** What the service tells of; `peer` is for libp2p itself. */
export interface GossipDiscoveryEvents extends PeerDiscoveryEvents {
  /** This node announced itself; pubsub handed it to so many peers. */
  announced: CustomEvent<{ seq: number; recipients: number }>
  /** Something that the node cannot mend by itself. It is in the log and in the metrics as well. */
  warning: CustomEvent<GossipDiscoveryWarning>
}

/** What has gone through the service since it was made. */
export interface GossipDiscoveryStats extends ReceiverCounts {
  /** Announcements that this node published. */
  published: number
  /** Peers with an open sync stream. */
  partners: number
  /** Warnings to the operator, by code. */
  warnings: WarningCounts
}

/** The details of {@link GossipDiscoveryEvents}. */
export type EventDetails = {
  [Type in keyof GossipDiscoveryEvents]: GossipDiscoveryEvents[Type] extends CustomEvent<infer Detail> ? Detail : never
}

/** Where reports go. */
interface Readers {
  readonly addressBook: AddressBookView
  readonly receiver: Receiver
  readonly metrics: DiscoveryMetrics
  readonly warnings: Warnings
  readonly handOver: HandOver
  readonly log: Logger
  readonly emit: <Type extends keyof EventDetails>(type: Type, detail: EventDetails[Type]) => void
}

export class Reports {
  readonly #readers: Readers
  readonly #restless = new RestlessPeers()
  #published = 0

  constructor(readers: Readers) {
    this.#readers = readers
  }

  get published(): number {
    return this.#published
  }

  take(report: Report): void {
    const { addressBook, receiver, metrics, warnings, log, emit, handOver } = this.#readers
    switch (report.type) {
      case 'ignored':
        receiver.count(report.reason)
        break
      case 'suspected':
      case 'refuted':
        metrics.suspicion(report.type)
        log('%s %p', report.type, report.peer)
        addressBook.suspect(report.peer, report.type === 'suspected')
        break
      case 'published':
        this.#published++
        metrics.published(report.recipients)
        handOver.renew()
        emit('announced', { seq: report.seq, recipients: report.recipients })
        break
      case 'settled':
        log('settled with %d peers', addressBook.size)
        addressBook.settle()
        break
      case 'warned':
        warnings.tell(report.warning)
        break
      default:
        this.#tellChange(report)
    }
  }

  #tellChange({ type, entry }: Extract<Report, { entry: unknown }>): void {
    const { addressBook, metrics, log, handOver } = this.#readers
    if (type === 'joined' || type === 'updated') handOver.listed(entry)
    else handOver.unlisted(entry)
    const { peerId, name, epoch } = addressBook.emit(type, entry)
    metrics.announcement(type)
    metrics.bookEntries(addressBook.size)
    const peer = peerLabel(peerId.toString(), name)
    log('%s %s', type, peer)
    if (this.#restless.isOneTooMany(peerId.toString(), epoch, monotonicMs()))
      log.error('%s began anew again and again within a minute: it crashes, or two nodes use its key', peer)
  }
}
