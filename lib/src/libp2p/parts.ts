/** The parts of the service, made and joined together. */
import type { Connection, Logger } from '@libp2p/interface'
import type { DiscoveryConfig } from '../core/config.ts'
import { Discovery } from '../core/discovery.ts'
import type { Input } from '../core/effects.ts'
import type { PeerKey } from '../core/record/announcement.ts'
import { groupOf, isCircuit } from './addrs/addr-group.ts'
import { Dialable } from './addrs/dialable.ts'
import { Names } from './addrs/names.ts'
import { peerIdOf } from './addrs/peer-ids.ts'
import { monotonicMs, wallClockMs } from './clock.ts'
import type { GossipDiscoveryComponents } from './components.ts'
import { Driver } from './driver.ts'
import { ConnectionUse } from './host/connection-use.ts'
import { HandOver } from './host/hand-over.ts'
import { HostEvents } from './host/host-events.ts'
import { linkTagOf, PartnerTags } from './host/partner-tags.ts'
import { Registrations } from './host/registrations.ts'
import { Turns } from './host/turns.ts'
import { Hints } from './interop/hints.ts'
import { PubsubPeers, type PubsubPeersHost } from './interop/pubsub-peers.ts'
import { DEFAULT_TOPIC } from './options.ts'
import { Receiver } from './records/receiver.ts'
import { AddressBookView } from './reports/book/address-book-view.ts'
import { LOG_NAME, serviceLog } from './reports/log.ts'
import { DiscoveryMetrics } from './reports/metrics.ts'
import { type EventDetails, Reports } from './reports/reports.ts'
import { Warnings } from './reports/warnings.ts'
import { Snapshot } from './snapshot.ts'
import type { CircuitHost } from './sync/circuits/renewals.ts'
import { SyncStreams, syncProtocolOf } from './sync/sync-streams.ts'

/** What the parts are made of. */
export interface PartsInit {
  readonly components: GossipDiscoveryComponents
  readonly config: DiscoveryConfig
  readonly topic: string
  /** Whether a snapshot of the book is kept. */
  readonly snapshot: boolean
  /** Topics of `@libp2p/pubsub-peer-discovery` that this node takes part in. */
  readonly foreignTopics?: readonly string[]
  /** Hands an event to the listeners of the service. */
  readonly emit: <Type extends keyof EventDetails>(type: Type, detail: EventDetails[Type]) => void
}

export interface Parts {
  readonly core: Discovery
  readonly addressBook: AddressBookView
  readonly driver: Driver
  readonly events: HostEvents
  readonly log: Logger
  readonly pubsubPeers: PubsubPeers | undefined
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
export function makeParts(init: PartsInit): Parts {
  const { components, config, topic, snapshot: isKept, emit } = init
  const logger = components.logger.forComponent(topic === DEFAULT_TOPIC ? LOG_NAME : `${LOG_NAME}:${topic}`)
  const log = serviceLog(logger, components.peerId, peer => addressBook.label(peer))
  const connections = connectionsOf(components)
  const dialable = dialableOf(components, () => core.content.addrs)
  const core: Discovery = idleCore(components, config, dialable)
  const { book } = core
  const metrics = new DiscoveryMetrics(components.metrics, topic)
  const warnings = new Warnings(log, metrics, detail => emit('warning', detail))
  const turns = new Turns(peer => core.overlay.isChosen(peer))
  const shared = { log, metrics, turns }
  const addrOf = (peer: PeerKey): string => connections(peer)[0]?.remoteAddr.toString() ?? ''
  const receiver = new Receiver(core, {
    ...shared,
    topic,
    addrOf,
    // A message may be under examination while the service stops.
    handle: gossip => {
      if (driver.stopping !== undefined) driver.handle(gossip)
    }
  })
  const addressBook = new AddressBookView(book, monotonicMs, peer => core.overlay.has(peer))
  const kept = { datastore: components.datastore, topic, book, groupOf, log, warnings }
  const snapshot = isKept ? new Snapshot(kept) : undefined
  const handle = (input: Input): void => {
    if (input.type === 'partner-opened') snapshot?.met(input.peer, input.initiator, input.addr)
    driver.handle(input)
    if (input.type === 'message') return
    metrics.partners(partners.size)
    addressBook.touch()
  }
  const own = { topic, protocol: syncProtocolOf(topic), tag: linkTagOf(topic) }
  const connectionUse = new ConnectionUse(components, own)
  const links = { connections, use: connectionUse, circuits: circuitsOf(components, connectionUse) }
  const partners = new SyncStreams(topic, receiver, core.budgets, shared, links, handle)
  const handOver = new HandOver(components.peerStore, log, peer => emit('peer', peer))
  const reports = new Reports({ addressBook, receiver, metrics, warnings, handOver, log, emit })
  const tags = new PartnerTags(components.peerStore, own.tag, core.overlay, warnings)
  const names = new Names(dialable, components.dns)
  const driven = { components, topic, partners, connectionUse, tags, names, log, metrics, warnings }
  const driver: Driver = new Driver(core, driven, report => reports.take(report))
  const hints = new Hints()
  const heard = { components, topic, core, driver, receiver, partners, addressBook, warnings, log, hints }
  const events = new HostEvents(heard)
  const pubsubPeers = pubsubPeersOf(init, { core, driver, partners, dialable, log, addrOf, hints, events })
  const registrations = new Registrations(components, own, events, log, warnings)
  const told = { addressBook, reports, snapshot, warnings }
  return { core, driver, events, log, partners, pubsubPeers, receiver, registrations, ...told }
}

/** Undefined where this node takes part in no topic of theirs. */
function pubsubPeersOf(
  { components, config, foreignTopics = [], emit }: PartsInit,
  {
    events,
    ...joined
  }: Omit<PubsubPeersHost, 'components' | 'targetConnections' | 'announcedAddrs' | 'emit'> & {
    events: HostEvents
  }
): PubsubPeers | undefined {
  if (foreignTopics.length === 0) return undefined
  return new PubsubPeers(foreignTopics, {
    ...joined,
    components,
    targetConnections: config.targetConnections,
    announcedAddrs: () => events.announcedAddrs,
    emit: peer => emit('peer', peer)
  })
}

/** A core that does nothing until a run begins: no call before the start of the service leads to an announcement. */
function idleCore(components: GossipDiscoveryComponents, config: DiscoveryConfig, dialable: Dialable): Discovery {
  const self = { peer: components.peerId.toString(), epoch: wallClockMs() }
  const host = { random: Math.random, groupOf, endpointOf: dialable.endpointOf, isCircuit }
  const core = new Discovery(config, self, host, monotonicMs())
  core.handle({ type: 'leave' }, monotonicMs())
  return core
}

function dialableOf(components: GossipDiscoveryComponents, announced: () => readonly string[]): Dialable {
  const connections = connectionsOf(components)
  const isConnected = (peer: PeerKey) => connections(peer).length > 0
  return new Dialable({ self: components.peerId.toString(), announced, isConnected })
}

function connectionsOf({ connectionManager }: GossipDiscoveryComponents): (peer: PeerKey) => Connection[] {
  return peer => connectionManager.getConnections(peerIdOf(peer))
}

function circuitsOf({ peerId }: GossipDiscoveryComponents, use: ConnectionUse): CircuitHost {
  return { self: peerId.toString(), dial: async (addr, signal) => await use.dialAnother(addr, { signal }) }
}
