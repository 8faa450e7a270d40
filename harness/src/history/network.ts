/**
 * What a history says of its network: a pure fold, cheap enough to keep up with the network while it runs. An event costs
 * a constant; one that starts or ends a node costs O(N). The network is as large as the history that was folded.
 */

import type { NodeName } from '../contract.ts'
import { isFull } from './fold/agreement.ts'
import { noBreaches } from './fold/breaches.ts'
import { replay } from './fold/replay.ts'
import { replayEnd } from './fold/replay-end.ts'
import type { History, HistoryEvent } from './history.ts'
import type { Network, NodeRun, PeerId, Said } from './observed.ts'

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
    received: new Map(),
    changesOfMind: [],
    settling: { sizes: new Set(), longestMs: 0 },
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
    const brokenBy = event.type === 'line' ? { brokenBy: { node: event.node, line: network.line } } : {}
    Object.assign(network.fullSpans.at(-1)!, { toMs: event.atMs, ...brokenBy })
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
export function heldSinceMs({ fullSinceMs, lags, ended }: Network): number | undefined {
  // That it was late when the nodes were told to end says nothing of the time before.
  const last = lags.findLast(({ atMs }) => atMs <= (ended?.atMs ?? Number.POSITIVE_INFINITY))
  return fullSinceMs === undefined ? undefined : Math.max(fullSinceMs, last?.atMs ?? 0)
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

/** A step of the plan is starting the node again: its former process is gone, and the next one is not there. */
export function isBetweenRuns({ returning, live }: Network, node: NodeName, run: NodeRun | undefined): boolean {
  return run !== undefined && returning.has(node) && !live.has(run)
}

function countAwaited(network: Network): number {
  let awaited = 0
  for (const [node, runs] of network.nodes) if (isAwaited(network, node, runs.at(-1))) awaited += 1
  return awaited
}
