/** Who lacks whom in the end, and why: the cause is what the history can show, strongest evidence first. */
import type { NodeName } from '../history/history.ts'
import { heldBook, isAwaited, type LineOf, liveRuns, type Network, type NodeRun } from '../history/network.ts'
import { printable } from '../printable.ts'
import type { MissingCause } from './verdict.ts'
import { amountText, count, seconds } from './wording.ts'

/** `observer` is a live node that does not list `subject`, which should be there. */
export interface MissingCell {
  observer: NodeName
  subject: NodeName
  cause: MissingCause
  /** The evidence, printable. */
  detail?: string
}

/** In the order of the nodes. */
export function missingCells(network: Network): MissingCell[] {
  const subjects = [...network.nodes]
    .map(([node, runs]) => ({ node, run: runs.at(-1) }))
    .filter(({ run }) => isAwaited(run) || network.live.has(run!))
  return liveRuns(network).flatMap(observer =>
    subjects
      .filter(({ node, run }) => node !== observer.node && !isListed(observer, run))
      .map(({ node, run }) => ({ observer: observer.node, subject: node, ...whyMissing(network, observer, node, run) }))
  )
}

function isListed(observer: NodeRun, subject: NodeRun | undefined): boolean {
  return subject?.ready !== undefined && heldBook(observer).has(subject.ready.peerId)
}

type Why = { cause: MissingCause; detail?: string }

function whyMissing(network: Network, observer: NodeRun, node: NodeName, subject: NodeRun | undefined): Why {
  if (subject === undefined || subject.spawnFailure !== undefined) return { cause: 'never started' }
  if (subject.ready === undefined) return { cause: 'never ready' }
  const { peerId } = subject.ready
  const everListed = network.listedBy.get(peerId)
  if (!everListed?.size && reachedNobody(network, subject)) return neverAnnounced(subject)
  const fault = [...network.faults].find(([, nodes]) => nodes.includes(observer.node) || nodes.includes(node))?.[0]
  if (fault !== undefined) return { cause: 'cut off by a fault', detail: printable(fault, 120) }
  const refused = everListed?.has(observer) ? '' : refusals(observer.stats)
  if (refused !== '') return { cause: 'rejected', detail: refused }
  const departure = observer.departed.get(peerId)
  if (departure !== undefined) {
    return { cause: departure.how === 'left' ? 'left' : 'expired early', detail: `at ${seconds(departure.atMs)}` }
  }
  if (observer.book.has(peerId)) return { cause: 'not in the book although an event said so' }
  return { cause: 'sent, not delivered', ...(subject.announcements > 0 && { detail: announcedText(subject) }) }
}

function reachedNobody({ announces }: Network, { announcements, maxRecipients }: NodeRun): boolean {
  return announcements > 0 ? maxRecipients === 0 : announces
}

function neverAnnounced(subject: NodeRun): Why {
  const cause = 'never announced'
  return subject.announcements === 0 ? { cause } : { cause, detail: announcedText(subject) }
}

function announcedText({ announcements, maxRecipients }: NodeRun): string {
  const times = count(announcements, 'announcement')
  return maxRecipients === 0 ? `${times}, to nobody` : `${times}, to up to ${count(maxRecipients, 'peer')}`
}

/** Every copy of an announcement but the first is refused for these reasons: they explain nothing. */
const ordinary = new Set(['stale', 'own', 'duplicate'])

function refusals(stats: LineOf<'stats'> | undefined): string {
  const refused = Object.entries(stats?.rejected ?? {}).filter(([reason, times]) => times > 0 && !ordinary.has(reason))
  return refused
    .sort(([, a], [, b]) => b - a)
    .slice(0, 3)
    .map(([reason, times]) => `${printable(reason, 40)} ${amountText(times)}x`)
    .join(', ')
}
