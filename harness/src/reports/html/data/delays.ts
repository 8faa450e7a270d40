/** How long each pair took until one saw the other, noticed that it was gone, and listed it again. */
import { liveRuns } from '../../../history/network.ts'
import type { DueDrop, Network, NodeRun } from '../../../history/observed.ts'
import type { Delays, NodeNumber } from './report-data.ts'

type NodeNumbers = ReadonlyMap<string, NodeNumber>

export function delaysOf(network: Network, numbers: NodeNumbers): Delays[] {
  return [
    delays('visibility', numbers, visibilities(network)),
    delays('detection', numbers, detections(network)),
    delays('healing', numbers, healings(network))
  ].filter(({ tookMs }) => tookMs.length > 0)
}

interface Delay {
  readonly observer: string
  readonly subject: string
  readonly tookMs: number
}

function delays(of: Delays['of'], numbers: NodeNumbers, found: readonly Delay[]): Delays {
  return {
    of,
    observer: found.map(({ observer }) => numbers.get(observer)!),
    subject: found.map(({ subject }) => numbers.get(subject)!),
    tookMs: found.map(({ tookMs }) => tookMs)
  }
}

/** As `joinVisibilityMs` of the metrics, pair by pair. */
function visibilities(network: Network): Delay[] {
  return liveRuns(network).flatMap(observer =>
    [...observer.book]
      .filter(([, listing]) => listing.agrees)
      .map(([peerId, { sinceMs }]) => {
        const subject = network.owners.get(peerId)!
        return { observer: observer.node, subject: subject.node, tookMs: visibleAfterMs(observer, subject, sinceMs) }
      })
  )
}

function visibleAfterMs(observer: NodeRun, subject: NodeRun, sinceMs: number): number {
  const first = observer.firstListings.get(subject.ready!.peerId)
  // What was dropped behind a fault comes back, and was seen before. An earlier run of the subject is another one.
  const isOfThisRun = first !== undefined && first.atMs >= (subject.spawnedAtMs ?? 0)
  const seenMs = isOfThisRun ? first.atMs : sinceMs
  return Math.max(0, seenMs - Math.max(observer.readyAtMs!, subject.readyAtMs!))
}

/** From the fault, or the farewell, until it was dropped. */
function detections({ faultTimes, farewells }: Network): Delay[] {
  const of = (fromMs: number, due: readonly DueDrop[]) =>
    due.flatMap(({ observer, subject, droppedAtMs }) =>
      droppedAtMs === undefined ? [] : [{ observer: observer.node, subject, tookMs: Math.max(0, droppedAtMs - fromMs) }]
    )
  return [
    ...faultTimes.flatMap(({ fromMs, due }) => of(fromMs, due)),
    ...farewells.flatMap(({ atMs, due }) => of(atMs, due))
  ]
}

/** From the undo of a fault until a pair that it had parted was listed again, before the next fault. */
function healings({ faultTimes, owners, live }: Network): Delay[] {
  return faultTimes.flatMap(({ due, healedAtMs, undoProvedAtMs }, i) => {
    if (healedAtMs === undefined) return []
    const fromMs = undoProvedAtMs ?? healedAtMs
    const nextFromMs = faultTimes[i + 1]?.fromMs ?? Number.POSITIVE_INFINITY
    return due.flatMap(({ observer, subject, peerId, droppedAtMs }) => {
      const listing = observer.book.get(peerId)
      const isBack = droppedAtMs !== undefined && listing?.agrees === true && live.has(observer)
      if (!isBack || owners.get(peerId)?.node !== subject) return []
      if (listing.sinceMs < droppedAtMs || listing.sinceMs >= nextFromMs) return []
      return [{ observer: observer.node, subject, tookMs: Math.max(0, listing.sinceMs - fromMs) }]
    })
  })
}
