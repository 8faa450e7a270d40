import type {
  AddressBookEntry,
  Discovery,
  DiscoveryConfig,
  Host,
  Output,
  PeerKey,
  Random
} from '@gossip-discovery/libp2p/core'
import type { NodeName } from '../../contract.ts'
import type { SharedRecords } from '../books/shared-records.ts'
import type { Network } from '../net/network.ts'
import type { Traffic } from '../net/traffic.ts'
import type { EventQueue } from './event-queue.ts'
import type { Machine } from './machine.ts'
import type { NodeProcess } from './node-process.ts'

/** The core as its host sees it. */
export type Core = Pick<Discovery, 'handle' | 'dueMs' | 'interestIn' | 'book'>

export type CreateCore = (
  config: DiscoveryConfig,
  self: { peer: PeerKey; epoch: number },
  host: Host,
  nowMs: number
) => Core

/** What all nodes of one simulation share. */
export interface World {
  readonly seed: number
  /** For dials that fail for no reason. */
  readonly dialChance: Random
  readonly queue: EventQueue
  readonly network: Network
  readonly traffic: Traffic
  readonly machines: readonly Machine[]
  /** Of all books. */
  readonly records: SharedRecords
  /** By node: where it runs now, under its present key. */
  readonly hosts: ReadonlyMap<NodeName, Machine>
  /** By peer key and by address. */
  readonly directory: ReadonlyMap<string, Machine>
  readonly config: DiscoveryConfig
  /** Nodes keep snapshots of their books: some node is started again under its key. */
  readonly keepsSnapshots: boolean
  readonly createCore: CreateCore
  readonly witness: Witness
}

export type BookChange = Extract<Output, { entry: AddressBookEntry }>['type']

/** Sees everything, changes nothing. */
export interface Witness {
  started(process: NodeProcess): void
  announced(process: NodeProcess, seq: number, recipients: number): void
  changed(process: NodeProcess, change: BookChange, entry: AddressBookEntry): void
  /** Its book is at rest. */
  settled(process: NodeProcess): void
  /** The core has handled an input, and all that it decided is carried out. */
  handled(process: NodeProcess): void
  noted(process: NodeProcess, note: 'suspected' | 'refuted' | 'ignored', reason: string): void
}
