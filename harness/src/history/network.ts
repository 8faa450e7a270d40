/**
 * What a history says of its network: a pure fold, cheap enough to keep up with the network while it runs. An event costs
 * a constant; one that starts or ends a node costs O(N). The network is as large as the history that was folded.
 */

import type { BookEntry, NodeLine, NodeName } from '../contract.ts'
import type { Fault, Proof } from '../faults/fault.ts'
import type { PlannedStep } from '../scenario/plan.ts'
import { isFull } from './agreement.ts'
import { type Breaches, noBreaches } from './breaches.ts'
import type { History, HistoryEvent, Observation } from './history.ts'
import { replay } from './replay.ts'
import { replayEnd } from './replay-end.ts'

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
  /** Of the history, where it is said. */
  line: number
  /** Since when this run of the peer is listed. */
  sinceMs: number
  /** The peer is a live node and said the same of itself. */
  agrees: boolean
}

/** A peer that left a book or expired in it. */
export interface Departure extends Version {
  how: 'left' | 'expired'
  atMs: number
  line: number
}

export type LineOf<Type extends NodeLine['type']> = Extract<NodeLine, { type: Type }>

export interface Exit {
  atMs: number
  line: number
  code: number | null
  signal: string | null
  stderrTail: string[]
  /** The harness asked for it, or a fault in force kills the node. */
  expected: boolean
}

/** How a process was told to end after the run, and ended. */
export interface TakingDown {
  stopRequestedAtMs?: number
  exit?: Exit
}

/** What was measured of a process. */
export interface Usage {
  readonly atMs: number
  readonly line: number
  readonly cpuMs: number
}

/** What a process said of its event loop. */
export interface LoopLag {
  readonly atMs: number
  readonly lagMs: number
}

/** One process of a node: its state, and its book replayed from its events. */
export interface NodeRun {
  readonly node: NodeName
  readonly run: number
  spawnedAtMs?: number
  spawnFailure?: string
  readyAtMs?: number
  ready?: LineOf<'ready'>
  /** What it said of itself before it said ready again. */
  readonly saidBefore: LineOf<'ready'>[]
  stopRequestedAtMs?: number
  /** It was told to leave by a step of the plan. */
  leavingAtMs?: number
  exit?: Exit
  readonly takingDown: TakingDown
  readonly book: Map<PeerId, Listing>
  readonly departed: Map<PeerId, Departure>
  /** Where the book first listed each peer. */
  readonly firstListings: Map<PeerId, { atMs: number; line: number }>
  /** Of each peer the first seq far beyond what its author had announced when this book listed it. */
  readonly claims: Map<PeerId, Version & { atMs: number; line: number }>
  /** How many listings of the book agree. */
  agreeing: number
  /** The book that was asked for; undefined again as soon as an event or another request makes it old. */
  dump?: ReadonlyMap<PeerId, BookEntry> | undefined
  /** Of the dumped book. */
  hash?: string | undefined
  dumpRequested: boolean
  dumpRequestedAtMs?: number
  /** Lines that it wrote while the run lasted, well-formed or not. */
  linesWritten: number
  lastLineAtMs?: number
  firstContactAtMs?: number
  announcements: number
  /** The most peers that one announcement was sent to. */
  maxRecipients: number
  /** The greatest that it announced. */
  maxAnnouncedSeq: number
  lastAnnouncedAtMs?: number
  /** The last stats line, with the largest rss and lag of all. */
  stats?: LineOf<'stats'>
  readonly loopLags: LoopLag[]
  readonly usages: Usage[]
  /** Lines of the history that say most about it. */
  readonly lines: Partial<
    Record<'spawned' | 'ready' | 'last' | 'announced' | 'stats' | 'dumpRequested' | 'book', number>
  >
  readonly probes: { addr: string; result: 'connected' | 'refused' | 'not-tried'; atMs: number; line: number }[]
  breaches: number
}

/** A listing that has to go, since its subject went. */
export interface DueDrop {
  readonly observer: NodeRun
  readonly subject: NodeName
  readonly peerId: PeerId
  /** How it went; `replaced` by what a later process of the subject says. */
  how?: Departure['how'] | 'replaced'
  droppedAtMs?: number
  line?: number
}

/** A node that was told to leave. */
export interface Farewell {
  readonly node: NodeName
  readonly atMs: number
  readonly line: number
  readonly due: readonly DueDrop[]
}

/** A fault of the plan, as it was carried out. */
export interface FaultTime {
  readonly id: string
  readonly nodes: readonly NodeName[]
  /** Undefined in a run without a plan. */
  readonly fault?: Fault | undefined
  readonly fromMs: number
  readonly line: number
  /** Listings of those whom the fault takes away, in books of nodes that no fault hits. */
  readonly due: readonly DueDrop[]
  healedAtMs?: number
  proof?: Proof['result']
  provedAtMs?: number
  undoProof?: Proof['result']
  undoProvedAtMs?: number
}

export interface StepTime {
  readonly step: string
  state: Extract<Observation, { type: 'step' }>['state']
  why?: string | undefined
  atMs: number
  line: number
}

/** The host had less processor time than its processes wanted. */
export interface Pressure {
  readonly fromMs: number
  readonly toMs: number
  readonly waitingRatio: number
  readonly stolenRatio: number
}

export interface Network {
  nowMs: number
  /** Events so far: the number of the last line of the history. */
  line: number
  started?: Extract<Observation, { type: 'run-started' }>
  ended?: { atMs: number; reason: Extract<Observation, { type: 'run-ended' }>['reason'] }
  /** The last process has ended, and left these processes behind. */
  closed?: { atMs: number; line: number; leftovers: { node: NodeName; pid: number }[] }
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
  /** Those in force. */
  readonly faults: Map<string, FaultTime>
  readonly faultTimes: FaultTime[]
  readonly farewells: Farewell[]
  readonly plannedSteps: Map<string, PlannedStep>
  readonly steps: Map<string, StepTime>
  /** Nodes that a step of the plan is starting again. */
  readonly returning: Set<NodeName>
  /** Nodes that a step of the plan has begun to end. */
  readonly doomed: Set<NodeName>
  /** Nodes that a step of the plan starts later. */
  readonly later: Set<NodeName>
  /** While all books were right; the last one may go on. */
  readonly fullSpans: { readonly fromMs: number; toMs?: number }[]
  /** Nothing was broken on purpose, or the network has healed since. */
  whole: boolean
  /** Some node writes `announced` lines, so that their absence says something. */
  announces: boolean
  readonly lags: LoopLag[]
  readonly pressures: Pressure[]
  readonly breaches: Breaches
  breachCount: number
}

export function createNetwork(): Network {
  return {
    nowMs: 0,
    line: 0,
    nodes: new Map(),
    live: new Set(),
    awaited: 0,
    owners: new Map(),
    listedBy: new Map(),
    listings: 0,
    agreeing: 0,
    faults: new Map(),
    faultTimes: [],
    farewells: [],
    fullSpans: [],
    plannedSteps: new Map(),
    steps: new Map(),
    returning: new Set(),
    doomed: new Set(),
    later: new Set(),
    whole: true,
    announces: false,
    lags: [],
    pressures: [],
    breaches: noBreaches(),
    breachCount: 0
  }
}

export function networkOf(history: History): Network {
  const network = createNetwork()
  for (const event of history) observe(network, event)
  return network
}

/** Folds one event. After `run-ended` the books stay as they are: only how the processes end is still told. */
export function observe(network: Network, event: HistoryEvent): void {
  network.line += 1
  if (network.ended !== undefined) {
    replayEnd(network, event)
    return
  }
  network.nowMs = event.atMs
  replay(network, event)
  if (event.type !== 'line' || event.line.type === 'ready') network.awaited = countAwaited(network)
  if (isFull(network)) beFull(network, event.atMs)
  else if (network.fullSinceMs !== undefined) {
    network.fullSinceMs = undefined
    network.fullSpans.at(-1)!.toMs = event.atMs
  }
}

function beFull(network: Network, atMs: number): void {
  if (network.fullSinceMs === undefined) network.fullSpans.push({ fromMs: atMs })
  network.fullSinceMs ??= atMs
  network.whole ||= network.faults.size === 0
}

/** All checks that need no dumped book hold at this moment. */
export function holds(network: Network): boolean {
  return network.fullSinceMs !== undefined && network.breachCount === 0
}

/** Since when all books are right before the eyes of a harness that was not late; undefined if they are not. */
export function heldSinceMs({ fullSinceMs, lags }: Network): number | undefined {
  return fullSinceMs === undefined ? undefined : Math.max(fullSinceMs, lags.at(-1)?.atMs ?? 0)
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

/** The node should be there, and has not said ready yet. */
export function isAwaited(network: Network, node: NodeName, run: NodeRun | undefined): boolean {
  if (network.returning.has(node)) return true
  if (run === undefined) return !network.later.has(node)
  return run.ready === undefined && run.exit === undefined && run.stopRequestedAtMs === undefined
}

function countAwaited(network: Network): number {
  let awaited = 0
  for (const [node, runs] of network.nodes) if (isAwaited(network, node, runs.at(-1))) awaited += 1
  return awaited
}
