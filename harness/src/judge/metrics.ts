/** Where the time went, how soon nodes saw each other, how steady their books were, and what it cost. */

import type { NodeName } from '../contract.ts'
import type { Steadiness } from '../history/history.ts'
import { isBookFull, liveRuns } from '../history/network.ts'
import type { Breaches, ChangeOfMind, Network, NodeRun } from '../history/observed.ts'
import { oncePerEvent } from '../history/once.ts'
import { type Percentiles, percentilesOf } from '../statistics/median.ts'
import { endOf, isHealthy } from './causes/aftermath.ts'
import { DYING_MS } from './rules/accurate.ts'

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

/** How steady the books were. Of a digest what the simulator saw. */
export function steadinessOf(network: Network): Steadiness {
  if (network.steadiness !== undefined) return network.steadiness
  const [most] = waverings(network)
  const { sizes, longestMs, settledMs } = network.settling
  const ofHealthy = network.changesOfMind.filter(({ subject, change, atMs }) => {
    return change === 'dropped' && isHealthy(network, subject, atMs)
  })
  return {
    changesOfMind: most?.changes.length ?? 0,
    ...(most !== undefined && { observer: most.observer.node, subject: most.subject.node }),
    dropsOfHealthy: ofHealthy.length,
    falseDrops: falseDropsIn(network).length,
    ...(sizes.size > 0 && {
      settled: { sizes: sizes.size, longestMs, ...(settledMs !== undefined && { atMs: settledMs }) }
    })
  }
}

/** A healthy process and one that it has dropped, or listed again, while that ran. */
export interface Wavering {
  readonly observer: NodeRun
  readonly subject: NodeRun
  /** At least one. */
  readonly changes: readonly ChangeOfMind[]
}

/** Those with most changes first. */
export function waverings(network: Network): Wavering[] {
  const changes = network.changesOfMind.filter(({ run, atMs }) => isHealthy(network, run, atMs))
  return [...Map.groupBy(changes, ({ run }) => run)]
    .flatMap(([observer, own]) => {
      return [...Map.groupBy(own, ({ subject }) => subject)].map(([subject, each]) => ({
        observer,
        subject,
        changes: each
      }))
    })
    .sort((a, b) => b.changes.length - a.changes.length)
}

/** Drops of nodes that ran by nodes that ran, whatever faults were in force at them. */
export function liveDropsIn({ breaches }: Network): Breaches['drops'] {
  return breaches.drops.filter(({ run, subject, atMs }) => {
    return [run, subject].every(each => endOf(each) > atMs + DYING_MS)
  })
}

/** Healthy nodes that healthy nodes dropped. */
export function falseDropsIn(network: Network): Breaches['drops'] {
  return liveDropsIn(network).filter(({ run, subject, atMs }) => {
    return [run, subject].every(each => isHealthy(network, each, atMs))
  })
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
