/** The parts of the service, made and joined together. */
import type { Connection, Logger } from '@libp2p/interface'
import type { DiscoveryConfig } from '../core/config.ts'
import { Discovery } from '../core/discovery.ts'
import type { Input } from '../core/effects.ts'
import type { PeerKey } from '../core/record/announcement.ts'
import { groupOf } from './addrs/addr-group.ts'
import { Dialable } from './addrs/dialable.ts'
import { Names } from './addrs/names.ts'
import { peerIdOf } from './addrs/peer-ids.ts'
import { monotonicMs, wallClockMs } from './clock.ts'
import type { GossipDiscoveryComponents } from './components.ts'
import { Driver } from './driver.ts'
import { HandOver } from './host/hand-over.ts'
import { HostEvents } from './host/host-events.ts'
import { Registrations } from './host/registrations.ts'
import { Turns } from './host/turns.ts'
import { Receiver } from './records/receiver.ts'
import { AddressBookView } from './reports/address-book-view.ts'
import { DiscoveryMetrics } from './reports/metrics.ts'
import { type EventDetails, Reports } from './reports/reports.ts'
import { Warnings } from './reports/warnings.ts'
import { Snapshot } from './snapshot.ts'
import { SyncStreams } from './sync/sync-streams.ts'

/** The name under which the service logs, for `DEBUG`. */
export const LOG_NAME = 'libp2p:gossip-discovery'

/** What the parts are made of. */
export interface PartsInit {
  readonly components: GossipDiscoveryComponents
  readonly config: DiscoveryConfig
  readonly topic: string
  /** Whether a snapshot of the book is kept. */
  readonly snapshot: boolean
  /** Hands an event to the listeners of the service. */
  readonly emit: <Type extends keyof EventDetails>(type: Type, detail: EventDetails[Type]) => void
}

export interface Parts {
  readonly core: Discovery
  readonly addressBook: AddressBookView
  readonly driver: Driver
  readonly events: HostEvents
  readonly log: Logger
  readonly partners: SyncStreams
  readonly receiver: Receiver
  readonly registrations: Registrations
  readonly reports: Reports
  readonly snapshot: Snapshot | undefined
  readonly warnings: Warnings
}

/**
 * @throws {RangeError} when name or metadata break the bounds of an announcement
 */
export function makeParts({ components, config, topic, snapshot: isKept, emit }: PartsInit): Parts {
  const log = components.logger.forComponent(LOG_NAME)
  const connections = connectionsOf(components)
  const dialable: Dialable = new Dialable({
    announced: () => core.content.addrs,
    isConnected: peer => connections(peer).length > 0
  })
  const core: Discovery = idleCore(components, config, dialable)
  const { book } = core
  const metrics: DiscoveryMetrics = new DiscoveryMetrics(components.metrics, {
    bookEntries: () => book.size,
    partners: () => partners.size
  })
  const warnings = new Warnings(log, metrics, detail => emit('warning', detail))
  const shared = { log, metrics, turns: new Turns() }
  const receiver = new Receiver(core, {
    ...shared,
    topic,
    addrOf: peer => connections(peer)[0]?.remoteAddr.toString() ?? '',
    // A message may be under examination while the service stops.
    handle: gossip => {
      if (driver.stopping !== undefined) driver.handle(gossip)
    }
  })
  const addressBook = new AddressBookView(book, monotonicMs)
  const { datastore } = components
  const snapshot = isKept ? new Snapshot({ datastore, topic, book, groupOf, log, warnings }) : undefined
  const handle = (input: Input): void => {
    if (input.type === 'partner-opened') snapshot?.met(input.peer, input.initiator, input.addr)
    driver.handle(input)
  }
  const partners = new SyncStreams(topic, receiver, core.budgets, shared, connections, handle)
  const handOver = new HandOver(components.peerStore, log, peer => emit('peer', peer))
  const reports = new Reports({ addressBook, receiver, metrics, warnings, handOver, log, emit })
  const names = new Names(dialable, components.dns)
  const driver = new Driver(core, { components, topic, partners, names, log, metrics, warnings }, report =>
    reports.take(report)
  )
  const events = new HostEvents({ components, topic, core, driver, receiver, partners, addressBook, warnings, log })
  const { protocol } = partners
  const registrations = new Registrations(components, { topic, protocol }, events, log, warnings)
  return { core, addressBook, driver, events, log, partners, receiver, registrations, reports, snapshot, warnings }
}

/** A core that does nothing until a run begins: no call before the start of the service leads to an announcement. */
function idleCore(components: GossipDiscoveryComponents, config: DiscoveryConfig, dialable: Dialable): Discovery {
  const self = { peer: components.peerId.toString(), epoch: wallClockMs() }
  const host = { random: Math.random, groupOf, endpointOf: dialable.endpointOf }
  const core = new Discovery(config, self, host, monotonicMs())
  core.handle({ type: 'leave' }, monotonicMs())
  return core
}

function connectionsOf({ connectionManager }: GossipDiscoveryComponents): (peer: PeerKey) => Connection[] {
  return peer => connectionManager.getConnections(peerIdOf(peer))
}
