/** Where the time went, how soon nodes saw each other, and what it cost. */

import type { NodeName } from '../contract.ts'
import { isBookFull, liveRuns } from '../history/network.ts'
import type { Network, NodeRun } from '../history/observed.ts'
import { oncePerEvent } from '../history/once.ts'
import { type Percentiles, percentilesOf } from '../statistics/median.ts'

/** Moments in ms since the start of the run; undefined if it did not come to that. */
export interface Phases {
  /** The last node was ready. */
  readyMs?: number
  /** Some node listed another one. */
  firstContactMs?: number
  /** Every book was full and right for the first time. */
  firstFullMs?: number
  /** Every book was full and right, and stayed so to the end. */
  booksFullMs?: number
  /** How long it then held. */
  settleMs?: number
  endMs: number
}

export interface NodeMetrics {
  node: NodeName
  readyMs?: number
  firstContactMs?: number
  bookFullMs?: number
  /** Of all its processor time, as the node itself says. */
  cpuMs?: number
  /** The largest seen. */
  rssBytes?: number
  /** Announcements received and sent. */
  rx?: number
  tx?: number
  /** Longest delay of the node's event loop. */
  loopLagMs?: number
}

export interface Metrics {
  phases: Phases
  /**
   * For each pair of live nodes of which one lists the other: how long after both were ready it first did so, in ms.
   * Undefined if nobody lists anybody.
   */
  joinVisibilityMs?: Percentiles & { pairs: number }
  nodes: NodeMetrics[]
}

export const metricsOf = oncePerEvent((network: Network): Metrics => {
  const visibility = joinVisibilities(network)
  return {
    phases: phasesOf(network),
    ...(visibility.length > 0 && { joinVisibilityMs: { ...percentilesOf(visibility), pairs: visibility.length } }),
    nodes: [...network.nodes].map(([node, runs]) => nodeMetricsOf(network, node, runs.at(-1)))
  }
})

/** Bytes that a node received in a second, on average over all nodes and the whole run; undefined where nothing counted them. */
export function receivedPerSecond({ received, nodes, nowMs }: Network): number | undefined {
  if (received.size === 0 || nowMs === 0) return undefined
  const total = [...received.values()].reduce((sum, { bytes }) => sum + bytes, 0)
  return total / (nowMs / 1_000) / nodes.size
}

function phasesOf(network: Network): Phases {
  const endMs = network.ended?.atMs ?? network.nowMs
  const runs = liveRuns(network)
  const contacts = [...network.nodes.values()].flat().flatMap(run => run.firstContactAtMs ?? [])
  const full = network.fullSinceMs
  const firstFullMs = network.fullSpans[0]?.fromMs
  return {
    ...(runs.length > 0 && network.awaited === 0 && { readyMs: Math.max(...runs.map(run => run.readyAtMs!)) }),
    ...(contacts.length > 0 && { firstContactMs: Math.min(...contacts) }),
    ...(firstFullMs !== undefined && { firstFullMs }),
    ...(full !== undefined && { booksFullMs: full, settleMs: endMs - full }),
    endMs
  }
}

function joinVisibilities(network: Network): number[] {
  return liveRuns(network).flatMap(observer =>
    [...observer.book]
      .filter(([, listing]) => listing.agrees)
      .map(([peerId, { sinceMs }]) => {
        const subject = network.owners.get(peerId)!
        const first = observer.firstListings.get(peerId)
        // What was dropped behind a fault comes back, and was seen before. An earlier run of the subject is another one.
        const isOfThisRun = first !== undefined && first.atMs >= (subject.spawnedAtMs ?? 0)
        const seenMs = isOfThisRun ? first.atMs : sinceMs
        return Math.max(0, seenMs - Math.max(observer.readyAtMs!, subject.readyAtMs!))
      })
  )
}

function nodeMetricsOf(network: Network, node: NodeName, run: NodeRun | undefined): NodeMetrics {
  if (run === undefined) return { node }
  const { readyAtMs, firstContactAtMs, stats } = run
  const isFull = network.live.has(run) && isBookFull(network, run) && run.book.size > 0
  return {
    node,
    ...(readyAtMs !== undefined && { readyMs: readyAtMs }),
    ...(firstContactAtMs !== undefined && { firstContactMs: firstContactAtMs }),
    ...(isFull && { bookFullMs: Math.max(...[...run.book.values()].map(({ sinceMs }) => sinceMs)) }),
    ...(stats !== undefined && {
      ...(stats.cpuMs !== undefined && { cpuMs: stats.cpuMs }),
      ...(stats.rssBytes !== undefined && { rssBytes: stats.rssBytes }),
      ...(stats.rx !== undefined && { rx: stats.rx }),
      ...(stats.tx !== undefined && { tx: stats.tx }),
      ...(stats.loopLagMs !== undefined && { loopLagMs: stats.loopLagMs })
    })
  }
}
