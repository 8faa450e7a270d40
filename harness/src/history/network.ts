/**
 * What a history says of its network: a pure fold, cheap enough to keep up with the network while it runs. An event costs
 * a constant; one that starts or ends a node costs O(N). The network is as large as the history that was folded.
 */

import type { BookEntry, NodeLine } from '../contract.ts'
import { isFull } from './agreement.ts'
import type { ContractFinding, History, HistoryEvent, NodeName, Observation } from './history.ts'
import { replay } from './replay.ts'

export type PeerId = string

/** The order among the sayings of one peer: epoch first, then seq. */
export interface Version {
  epoch: number
  seq: number
}

/** What a book says of a peer. */
export interface Said extends Version {
  readonly name: string
  readonly addrs: readonly string[]
}

/** A peer in a book, as the events of the book's node tell it. */
export interface Listing extends Said {
  /** Since when this run of the peer is listed. */
  sinceMs: number
  /** The peer is a live node and said the same of itself. */
  agrees: boolean
}

/** A peer that left a book or expired in it. */
export interface Departure extends Version {
  how: 'left' | 'expired'
  atMs: number
}

export type LineOf<Type extends NodeLine['type']> = Extract<NodeLine, { type: Type }>

export interface Exit {
  atMs: number
  code: number | null
  signal: string | null
  stderrTail: string[]
  /** The harness asked for it, or a fault in force hit the node. */
  expected: boolean
}

/** One process of a node: its state, and its book replayed from its events. */
export interface NodeRun {
  readonly node: NodeName
  readonly run: number
  spawnedAtMs?: number
  spawnFailure?: string
  readyAtMs?: number
  ready?: LineOf<'ready'>
  stopRequestedAtMs?: number
  exit?: Exit
  readonly book: Map<PeerId, Listing>
  readonly departed: Map<PeerId, Departure>
  /** How many listings of the book agree. */
  agreeing: number
  /** The book that was asked for; undefined again as soon as an event or another request makes it old. */
  dump?: ReadonlyMap<PeerId, BookEntry> | undefined
  dumpRequested: boolean
  firstContactAtMs?: number
  announcements: number
  /** The most peers that one announcement was sent to. */
  maxRecipients: number
  /** The last stats line, with the largest rss and lag of all. */
  stats?: LineOf<'stats'>
  breaches: number
}

/** What breaks a check for good, whatever follows. */
export interface Breaches {
  findings: { run: NodeRun; finding: ContractFinding }[]
  /** Lines that are well-formed and still break the contract. */
  contradictions: { run: NodeRun; text: string; peerId: PeerId }[]
  deaths: NodeRun[]
  /** A live node that vanished from a book while the network was whole. */
  drops: { run: NodeRun; subject: NodeRun; how: Departure['how']; atMs: number }[]
  /** Versions that went back; `gone`: the peer came back without news. */
  regressions: { run: NodeRun; peerId: PeerId; from: Version; to: Version; gone?: Departure['how']; atMs: number }[]
  /** A dumped book that is not what the events say. */
  discrepancies: { run: NodeRun; peerId: PeerId; what: string; atMs: number }[]
}

export interface Network {
  nowMs: number
  started?: Extract<Observation, { type: 'run-started' }>
  ended?: { atMs: number; reason: Extract<Observation, { type: 'run-ended' }>['reason'] }
  /** Every node of the run with its processes, in order; the last one counts. */
  readonly nodes: Map<NodeName, NodeRun[]>
  /** Nodes that can be dialled and that nobody has told to end. */
  readonly live: Set<NodeRun>
  /** Nodes that are not ready, and that nobody has told to end. */
  awaited: number
  /** Whose peer id it is or was. */
  readonly owners: Map<PeerId, NodeRun>
  /** Who ever listed a peer. */
  readonly listedBy: Map<PeerId, Set<NodeRun>>
  /** Of all live nodes: how much is listed, and how much of it agrees. */
  listings: number
  agreeing: number
  /** Since when each live node lists each other one, as it says of itself, and nothing else. */
  fullSinceMs?: number | undefined
  readonly faults: Map<string, readonly NodeName[]>
  /** Nothing was broken on purpose, or the network has healed since. */
  whole: boolean
  /** Some node writes `announced` lines, so that their absence says something. */
  announces: boolean
  readonly lags: { atMs: number; lagMs: number }[]
  readonly breaches: Breaches
  breachCount: number
}

export function createNetwork(): Network {
  return {
    nowMs: 0,
    nodes: new Map(),
    live: new Set(),
    awaited: 0,
    owners: new Map(),
    listedBy: new Map(),
    listings: 0,
    agreeing: 0,
    faults: new Map(),
    whole: true,
    announces: false,
    lags: [],
    breaches: { findings: [], contradictions: [], deaths: [], drops: [], regressions: [], discrepancies: [] },
    breachCount: 0
  }
}

export function networkOf(history: History): Network {
  const network = createNetwork()
  for (const event of history) observe(network, event)
  return network
}

/** Folds one event. What follows `run-ended` is the taking down, and changes nothing. */
export function observe(network: Network, event: HistoryEvent): void {
  if (network.ended !== undefined) return
  network.nowMs = event.atMs
  replay(network, event)
  if (event.type !== 'line' || event.line.type === 'ready')
    network.awaited = currentRuns(network).filter(isAwaited).length
  if (!isFull(network)) network.fullSinceMs = undefined
  else {
    network.fullSinceMs ??= event.atMs
    network.whole ||= network.faults.size === 0
  }
}

/** All checks that need no dumped book hold at this moment. */
export function holds(network: Network): boolean {
  return network.fullSinceMs !== undefined && network.breachCount === 0
}

/** Since when they have held before the eyes of a harness that was not late; undefined if they do not hold. */
export function heldSinceMs(network: Network): number | undefined {
  if (network.fullSinceMs === undefined || !holds(network)) return undefined
  return Math.max(network.fullSinceMs, network.lags.at(-1)?.atMs ?? 0)
}

export interface Progress {
  nodes: number
  ready: number
  /** Nodes that ended, or could not be started. */
  down: number
  booksFull: number
  /** Live nodes whose final book is in: asked for, answered, and not outdated by an event. */
  dumps: number
  violations: number
}

/** O(N). */
export function progress(network: Network): Progress {
  const live = liveRuns(network)
  const down = currentRuns(network).filter(run => run?.exit !== undefined || run?.spawnFailure !== undefined)
  return {
    nodes: network.nodes.size,
    ready: live.length,
    down: down.length,
    booksFull: live.filter(run => isBookFull(network, run)).length,
    dumps: live.filter(run => run.dump !== undefined).length,
    violations: network.breachCount
  }
}

/** The node lists every node that should be there, and nothing else. */
export function isBookFull(network: Network, run: NodeRun): boolean {
  const others = network.live.size + network.awaited - 1
  return run.agreeing === others && run.book.size === others
}

/** In the order of the nodes; `live` itself is in the order of becoming ready. */
export function liveRuns({ nodes, live }: Network): NodeRun[] {
  return [...nodes.values()].flat().filter(run => live.has(run))
}

/** The last process of each node; undefined for a node that was never started. */
export function currentRuns(network: Network): (NodeRun | undefined)[] {
  return [...network.nodes.values()].map(runs => runs.at(-1))
}

/** What the node holds: its dumped book, or else what its events say. */
export function heldBook(run: NodeRun): ReadonlyMap<PeerId, Said> {
  return run.dump ?? run.book
}

export function isAwaited(run: NodeRun | undefined): boolean {
  return run?.ready === undefined && run?.exit === undefined && run?.stopRequestedAtMs === undefined
}
