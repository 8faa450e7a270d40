/** Whom the evidence points at when the books were right too late: who was listed, listed others or dropped others last. */
import type { NodeName } from '../../contract.ts'
import { liveRuns } from '../../history/network.ts'
import type { Network, NodeRun } from '../../history/observed.ts'
import type { Cause } from '../judgement.ts'
import { shown } from '../ruling.ts'
import { inOrder, nameList, seconds } from '../wording.ts'
import { missingCells } from './missing.ts'

export interface Latecomer {
  readonly node: NodeName
  readonly cause: Cause
  /** What it did too late, in a clause. */
  readonly detail: string
}

export interface Span {
  /** What comes later is late. */
  readonly dueMs: number
  /** What comes later still is another matter; the end of the run if undefined. */
  readonly untilMs?: number | undefined
}

/** Undefined if nothing in the books came between the two moments, and nothing is wrong with them in the end. */
export function latecomer(network: Network, { dueMs, untilMs = network.nowMs }: Span): Latecomer | undefined {
  const isLate = (atMs: number) => atMs > dueMs && atMs <= untilMs
  return (
    stillKept(network) ?? lateDropper(network, isLate) ?? lateListing(network, isLate, dueMs) ?? stillMissing(network)
  )
}

type IsLate = (atMs: number) => boolean

function stillKept(network: Network): Latecomer | undefined {
  for (const observer of liveRuns(network)) {
    for (const [peerId, { line }] of observer.book) {
      const subject = network.owners.get(peerId)
      if (subject === undefined || network.live.has(subject)) continue
      return {
        node: observer.node,
        cause: { code: 'kept-after-end', confidence: 'shown', evidence: shown(line, subject.exit?.line) },
        detail: `${observer.node} still lists ${subject.node}`
      }
    }
  }
  return undefined
}

function lateDropper(network: Network, isLate: IsLate): Latecomer | undefined {
  const drops = liveRuns(network).flatMap(observer =>
    [...observer.departed].flatMap(([peerId, { atMs, line }]) => {
      const subject = network.owners.get(peerId)
      const isGone = subject === undefined || !network.live.has(subject)
      return isGone && isLate(atMs) ? [{ observer, subject: subject?.node ?? peerId, atMs, line }] : []
    })
  )
  const [own] = [...Map.groupBy(drops, ({ observer }) => observer).values()].sort((a, b) => b.length - a.length)
  if (own === undefined) return undefined
  const { observer, atMs } = own[0]!
  const lines = own.slice(0, MAX_EVIDENCE).map(({ line }) => line)
  return {
    node: observer.node,
    cause: { code: 'kept-after-end', confidence: 'shown', evidence: shown(...lines) },
    detail: `${observer.node} dropped ${nameList(inOrder(own.map(({ subject }) => subject)))} only at ${seconds(atMs)}`
  }
}

interface GridCell {
  readonly observer: NodeRun
  readonly subject: NodeRun
  readonly line: number
  readonly atMs: number
}

const MAX_EVIDENCE = 10

/** The node that most of what is late has in common: as the one that is listed, or else as the one that lists. */
function lateListing(network: Network, isLate: IsLate, dueMs: number): Latecomer | undefined {
  const cells = liveRuns(network).flatMap(observer =>
    [...observer.book].flatMap(([peerId, { sinceMs, line }]): GridCell[] => {
      const subject = network.owners.get(peerId)
      if (subject === undefined || !network.live.has(subject) || !isLate(sinceMs)) return []
      return [{ observer, subject, line: observer.firstListings.get(peerId)?.line ?? line, atMs: sinceMs }]
    })
  )
  if (cells.length === 0) return undefined
  const [bySubject, byObserver] = [largest(cells, 'subject'), largest(cells, 'observer')]
  // Where most others listed the subject in time, the one that did not is the odd one.
  const isSubject = bySubject.length >= byObserver.length && 2 * bySubject.length >= network.live.size - 1
  const own = isSubject ? bySubject : byObserver
  const blamed = own[0]![isSubject ? 'subject' : 'observer']
  const others = nameList(inOrder(own.map(each => (isSubject ? each.observer.node : each.subject.node))))
  const first = seconds(Math.min(...own.map(({ atMs }) => atMs)))
  return {
    node: blamed.node,
    cause: whyListedLate(own, dueMs),
    detail: isSubject
      ? `${others} listed ${blamed.node} only at ${first}`
      : `${blamed.node} listed ${others} only at ${first}`
  }
}

function largest(cells: readonly GridCell[], side: 'subject' | 'observer'): GridCell[] {
  const groups = [...Map.groupBy(cells, cell => cell[side]).values()]
  return groups.reduce((most, each) => (each.length > most.length ? each : most))
}

/** A node that had said nothing before was silent; the words of others did not arrive. */
function whyListedLate(own: readonly GridCell[], dueMs: number): Cause {
  const { subject } = own[0]!
  const isOneSubject = own.every(each => each.subject === subject)
  const hadSpoken = (subject.firstAnnouncedAtMs ?? Number.POSITIVE_INFINITY) <= dueMs
  const isSilent = isOneSubject && own.length > 1 && subject.announcements > 0 && !hadSpoken
  const lines = own.slice(0, MAX_EVIDENCE).flatMap(({ line, subject: { lines } }) => [line, lines.ready])
  return { code: isSilent ? 'silent' : 'not-delivered', confidence: 'likely', evidence: shown(...lines) }
}

/** The node to which most of what lacks in the end points. */
function stillMissing(network: Network): Latecomer | undefined {
  const cells = missingCells(network)
  const [own] = [...Map.groupBy(cells, ({ blamed }) => blamed).values()].sort((a, b) => b.length - a.length)
  const first = own?.[0]
  if (first === undefined) return undefined
  return { node: first.blamed, cause: first.cause, detail: `${first.observer} does not list ${first.subject}` }
}
