/** How far the books list everybody: one function for the end of a run and one for its course, which agree in the end. */
import type { NodeLine, NodeName } from '../../contract.ts'
import type { History, HistoryEvent } from '../../history/history.ts'
import { createNetwork, isAwaited, observe } from '../../history/network.ts'
import type { Network, NodeRun, PeerId } from '../../history/observed.ts'
import { missingCells } from '../../judge/causes/missing.ts'

/** Of the listings that should be there: (observer, subject) of nodes that are there, or will be. */
export interface Completeness {
  readonly listed: number
  readonly expected: number
  /** 1 exactly if nothing is missing; 0 if nothing could be listed. */
  readonly share: number
}

export interface CompletenessPoint extends Completeness {
  readonly atMs: number
}

/** In the end, by the books that the nodes gave. A node that was never ready is not missed: rule `complete` says the same. */
export function completenessOf(network: Network): Completeness {
  const { counts } = network
  if (counts !== undefined) return completeness(counts.right, counts.live * (counts.live - 1))
  const expected = network.live.size * (network.live.size - 1)
  return completeness(expected - presentlyMissing(network), expected)
}

function presentlyMissing(network: Network): number {
  return missingCells(network).filter(({ cause: { code } }) => code !== 'never-started' && code !== 'never-ready')
    .length
}

function completeness(listed: number, expected: number): Completeness {
  return { listed, expected, share: expected === 0 ? 0 : listed / expected }
}

const curves = new WeakMap<History, readonly CompletenessPoint[]>()

/**
 * Each change of completeness from the first event to the end of the run, in order; the last point is `completenessOf` there.
 * A node counts from the start on if it is ready at some later time. Folds the history once: later calls cost nothing.
 */
export function completenessCurve(history: History): readonly CompletenessPoint[] {
  const known = curves.get(history)
  if (known !== undefined) return known
  const curve = foldCurve(history)
  curves.set(history, curve)
  return curve
}

/** The first moment from `fromMs` on at which that share was reached, in ms since the start of the run. */
export function completenessReached(
  curve: readonly CompletenessPoint[],
  share: number,
  fromMs = 0
): number | undefined {
  const before = curve.findLast(point => point.atMs <= fromMs)
  if (before !== undefined && before.share >= share) return fromMs
  return curve.find(point => point.atMs > fromMs && point.share >= share)?.atMs
}

function foldCurve(history: History): CompletenessPoint[] {
  const network = createNetwork()
  const lastReady = lastReadyOf(history)
  const curve: CompletenessPoint[] = []
  let [listed, expected] = [0, 0]
  for (const [index, event] of history.entries()) {
    if (network.ended !== undefined) break
    const before = pairsAbout(network, event)
    observe(network, event)
    if (event.type === 'counts') [listed, expected] = [event.right, event.live * (event.live - 1)]
    else if (network.started?.digest !== undefined) continue
    else listed += pairsAbout(network, event) - before
    if (changesWhoIsThere(event)) expected = countExpected(network, node => (lastReady.get(node) ?? -1) > index)
    addPoint(curve, event.atMs, completeness(listed, expected))
  }
  addPoint(curve, network.nowMs, completenessOf(network))
  return curve
}

function addPoint(curve: CompletenessPoint[], atMs: number, now: Completeness): void {
  const last = curve.at(-1)
  if (last === undefined || last.listed !== now.listed || last.expected !== now.expected) curve.push({ atMs, ...now })
}

/** By node, where in the history it says ready for the last time. */
function lastReadyOf(history: History): Map<NodeName, number> {
  const last = new Map<NodeName, number>()
  for (const [index, event] of history.entries()) {
    if (event.type === 'line' && event.line.type === 'ready') last.set(event.node, index)
  }
  return last
}

/** Rare events: each costs O(N). */
const COMINGS_AND_GOINGS: ReadonlySet<HistoryEvent['type']> = new Set([
  'run-started',
  'step',
  'spawned',
  'spawn-failed',
  'exited',
  'stop-requested',
  'leave-requested',
  'runner-failed'
])

function changesWhoIsThere(event: HistoryEvent): boolean {
  return COMINGS_AND_GOINGS.has(event.type) || (event.type === 'line' && event.line.type === 'ready')
}

/** Of nodes that are there, the pairs of which one lists the other, as far as the event can change them. */
function pairsAbout(network: Network, event: HistoryEvent): number {
  if (!('node' in event)) return 0
  if (changesWhoIsThere(event)) return pairsWith(network, event.node, event.type === 'line' ? event.line : undefined)
  if (event.type !== 'line' || !('peerId' in event.line)) return 0
  const observer = network.nodes.get(event.node)?.find(each => each.run === event.run)
  return observer !== undefined && isPair(network, observer, event.line.peerId) ? 1 : 0
}

/** Those in which the node is one of the two. */
function pairsWith(network: Network, node: NodeName, line: NodeLine | undefined): number {
  const runs = network.nodes.get(node) ?? []
  const peerIds = new Set(runs.flatMap(({ ready }) => ready?.peerId ?? []))
  if (line?.type === 'ready') peerIds.add(line.peerId)
  let pairs = 0
  for (const run of runs) for (const peerId of run.book.keys()) pairs += Number(isPair(network, run, peerId))
  for (const peerId of peerIds) {
    for (const observer of network.listedBy.get(peerId) ?? [])
      pairs += Number(observer.node !== node && isPair(network, observer, peerId))
  }
  return pairs
}

function isPair(network: Network, observer: NodeRun, peerId: PeerId): boolean {
  if (!network.live.has(observer)) return false
  const subject = network.owners.get(peerId)
  if (subject === undefined || subject.node === observer.node) return false
  return network.live.has(subject) && observer.book.has(peerId)
}

function countExpected(network: Network, willBeReady: (node: NodeName) => boolean): number {
  let there = network.live.size
  for (const [node, runs] of network.nodes) {
    const run = runs.at(-1)
    if (isAwaited(network, node, run) && !(run && network.live.has(run)) && willBeReady(node)) there += 1
  }
  return there * (there - 1)
}
