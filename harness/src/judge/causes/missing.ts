/** Who lacks whom in the end, and why: whom the evidence points at, and what shows it. */
import type { NodeName } from '../../contract.ts'
import { heldBook, isAwaited, isBetweenRuns, liveRuns } from '../../history/network.ts'
import type { Network, NodeRun, PeerId } from '../../history/observed.ts'
import { oncePerEvent } from '../../history/once.ts'
import { printable } from '../../printable.ts'
import type { Cause, CauseCode } from '../judgement.ts'
import { lateStarts } from '../rules/processes.ts'
import { shown } from '../ruling.ts'
import { amountText, count, seconds } from '../wording.ts'
import { saidNothing, whyGone } from './vital-signs.ts'

/** `observer` is a live node that does not list `subject`, which should be there. */
export interface MissingCell {
  readonly observer: NodeName
  readonly subject: NodeName
  /** One of the two: whom the evidence points at. */
  readonly blamed: NodeName
  readonly cause: Cause
  /** What was seen, printable. */
  readonly detail?: string
}

/** In the order of the nodes. */
export const missingCells = oncePerEvent((network: Network): readonly MissingCell[] => {
  const late = new Set(lateStarts(network))
  const subjects = [...network.nodes]
    .map(([node, runs]) => ({ node, run: runToList(network, node, runs) }))
    .filter(({ node, run }) => isAwaited(network, node, run) || (run !== undefined && network.live.has(run)))
    .filter(({ run }) => !wasKeptOut(network, late, run))
  const live = liveRuns(network)
  const listers = new Map(subjects.map(({ node, run }) => [node, live.filter(each => isListed(each, run)).length]))
  const why = createWhy(network)
  return live.flatMap(observer =>
    subjects
      .filter(({ node, run }) => node !== observer.node && !isListed(observer, run))
      .map(({ node, run }) => {
        // The observer is the odd one out where most of the others list the subject.
        const others = live.length - (run !== undefined && network.live.has(run) ? 2 : 1)
        const isOdd = others > 0 && 2 * listers.get(node)! >= others
        return { observer: observer.node, subject: node, ...why(observer, { node, run }, isOdd) }
      })
  )
})

/** The run was stopped before the node had its time to be ready: that is the harness's doing. */
function wasKeptOut({ ended }: Network, late: ReadonlySet<NodeRun>, run: NodeRun | undefined): boolean {
  if (ended?.reason !== 'decided' && ended?.reason !== 'interrupted') return false
  if (run === undefined) return true
  return run.ready === undefined && run.spawnFailure === undefined && !late.has(run)
}

/** Of a node that its step has ended and not started again yet, that is the next process: of the former one nothing is owed. */
function runToList(network: Network, node: NodeName, runs: readonly NodeRun[]): NodeRun | undefined {
  return isBetweenRuns(network, node, runs.at(-1)) ? undefined : runs.at(-1)
}

function isListed(observer: NodeRun, subject: NodeRun | undefined): boolean {
  return subject?.ready !== undefined && heldBook(observer).has(subject.ready.peerId)
}

interface Subject {
  readonly node: NodeName
  readonly run: NodeRun | undefined
}

type Why = Pick<MissingCell, 'blamed' | 'cause' | 'detail'>

function createWhy(network: Network) {
  const ofSubject = new Map<NodeRun, Why>()
  const faults = [...network.faults.values()]
  return (observer: NodeRun, { node, run }: Subject, isOdd: boolean): Why => {
    if (run?.ready === undefined) return neverThere(node, run)
    const fault = faults.find(({ nodes }) => nodes.includes(observer.node) || nodes.includes(node))
    if (fault !== undefined) {
      const blamed = fault.nodes.includes(node) ? node : observer.node
      return because(blamed, 'cut-by-fault', 'shown', [fault.line], printable(fault.id, 120))
    }
    const own = ofObserver(network, observer, run, isOdd)
    if (own !== undefined) return own
    const known = ofSubject.get(run)
    if (known !== undefined) return known
    const found = whyUnheard(network, run)
    ofSubject.set(run, found)
    return found
  }
}

function because(
  blamed: NodeName,
  code: CauseCode,
  confidence: Cause['confidence'],
  evidence: readonly (number | undefined)[],
  detail?: string
): Why {
  return { blamed, cause: { code, confidence, evidence: shown(...evidence) }, ...(detail !== undefined && { detail }) }
}

function neverThere(node: NodeName, run: NodeRun | undefined): Why {
  if (run === undefined || run.spawnFailure !== undefined) {
    return because(node, 'never-started', 'shown', [run?.lines.spawned])
  }
  return because(node, 'never-ready', 'shown', [run.lines.spawned])
}

/** What the observer itself shows; undefined if it shows nothing, and most of the others lack the subject, too. */
function ofObserver(network: Network, observer: NodeRun, subject: NodeRun, isOdd: boolean): Why | undefined {
  const { peerId } = subject.ready!
  const lost = whyLost(network, observer, subject, peerId)
  // Where most others lost it as well, the subject is asked first.
  if (lost !== undefined && (isOdd || whyGone(network, subject, network.nowMs) === undefined)) return lost
  if (!isOdd) return undefined
  const stopped = whyStopped(network, observer)
  if (stopped !== undefined) return { blamed: observer.node, cause: stopped }
  const refused = refusals(observer)
  if (refused !== '') return because(observer.node, 'rejected', 'likely', [observer.lines.stats], refused)
  const { rx = 0 } = observer.stats ?? {}
  const { lines } = observer
  if (observer.firstContactAtMs === undefined && rx > 0) {
    return because(
      observer.node,
      'observer-lost-it',
      'likely',
      [lines.stats],
      `it received ${count(rx, 'announcement')}`
    )
  }
  if (saidNothing(network, observer)) return because(observer.node, 'silent', 'likely', [lines.ready, lines.book])
  const sent = sendings(subject)
  if (sent === undefined) return noEvidence(observer.node)
  const unlinked = unlinkedText(network, observer)
  const text = unlinked === undefined ? sent.text : `${sent.text}; of ${observer.node}, ${unlinked}`
  return because(observer.node, 'not-delivered', 'likely', [...sent.evidence, observer.links?.line], text)
}

/** A node that does not answer for its book has not heard of the subject because it does nothing any more. */
function whyStopped(network: Network, observer: NodeRun): Cause | undefined {
  if (!observer.dumpRequested || observer.dump !== undefined) return undefined
  const gone = whyGone(network, observer, network.nowMs)
  return gone?.code === 'hung' ? gone : undefined
}

function whyLost(network: Network, observer: NodeRun, subject: NodeRun, peerId: PeerId): Why | undefined {
  const listing = observer.book.get(peerId)
  if (listing !== undefined) {
    const text = 'not in the book although an event said so'
    return because(observer.node, 'observer-lost-it', 'shown', [listing.line, observer.lines.book], text)
  }
  const departure = observer.departed.get(peerId)
  if (departure !== undefined) {
    const wasWhole = network.breaches.drops.some(
      drop => drop.whole && drop.run === observer && drop.subject === subject && drop.line === departure.line
    )
    const code = wasWhole ? 'dropped-alive' : 'observer-lost-it'
    return because(observer.node, code, 'shown', [departure.line], `${departure.how} at ${seconds(departure.atMs)}`)
  }
  const refused = network.breaches.findings.filter(({ run }) => run === observer)
  const naming = refused.find(({ finding }) => finding.text.includes(peerId))
  if (naming !== undefined) return because(observer.node, 'line-refused', 'shown', [naming.line])
  return refused.length > 0 ? because(observer.node, 'line-refused', 'likely', [refused[0]!.line]) : undefined
}

/** Of a node that most others do not list: what it shows itself. */
function whyUnheard(network: Network, subject: NodeRun): Why {
  const { node, announcements, maxRecipients, stats, lines } = subject
  const heard = (network.listedBy.get(subject.ready!.peerId)?.size ?? 0) > 0
  if (!heard && announcements > 0 && maxRecipients === 0) {
    return because(
      node,
      'never-announced',
      'shown',
      [lines.announced],
      `${count(announcements, 'announcement')}, to nobody`
    )
  }
  const refusedDial = subject.probes.find(({ result }) => result === 'refused')
  if (refusedDial !== undefined) return because(node, 'not-dialable', 'shown', [refusedDial.line])
  const gone = whyGone(network, subject, network.nowMs)
  if (gone?.code === 'hung') return { blamed: node, cause: gone }
  if (!heard && stats?.tx === 0 && announcements === 0) {
    return because(node, 'never-announced', 'shown', [lines.stats], 'it says that it sent no announcement')
  }
  if (!heard && announcements === 0 && network.announces) {
    return because(node, 'never-announced', 'likely', [lines.ready], 'it wrote no `announced` line, and others did')
  }
  if (gone !== undefined) return { blamed: node, cause: gone }
  const refused = refusedByOthers(network, subject)
  if (refused !== undefined) return refused
  const sent = sendings(subject)
  if (sent === undefined) return noEvidence(node)
  const unlinked = unlinkedText(network, subject)
  const text = unlinked === undefined ? sent.text : `${sent.text}, and ${unlinked}`
  return because(node, 'not-delivered', 'likely', [...sent.evidence, subject.links?.line], text)
}

/** What the node says of its connections, if it says that none of the live nodes is at their other end. */
function unlinkedText({ live, owners }: Network, { links }: NodeRun): string | undefined {
  if (links === undefined) return undefined
  const isConnected = [...links.peerIds].some(peerId => live.has(owners.get(peerId)!))
  return isConnected ? undefined : 'it says that it was connected to no live node'
}

/** All that never listed it refused something. */
function refusedByOthers(network: Network, subject: NodeRun): Why | undefined {
  const everListed = network.listedBy.get(subject.ready!.peerId)
  const others = liveRuns(network).filter(run => run !== subject && !everListed?.has(run))
  const refusing = others.filter(run => refusals(run) !== '')
  if (refusing.length === 0 || refusing.length < others.length) return undefined
  const evidence = refusing.slice(0, MAX_EVIDENCE).map(({ lines }) => lines.stats)
  return because(subject.node, 'rejected', 'likely', evidence, refusals(refusing[0]!))
}

const MAX_EVIDENCE = 10

function noEvidence(node: NodeName): Why {
  const text = 'nothing shows where it was lost: a program that writes `announced` and `stats` lines shows more'
  return because(node, 'no-evidence', 'cannot-tell', [], text)
}

/** What shows that it sent something. */
function sendings({ announcements, maxRecipients, stats, lines }: NodeRun) {
  if (announcements > 0 && maxRecipients > 0) {
    const text = `${count(announcements, 'announcement')}, to up to ${count(maxRecipients, 'peer')}`
    return { evidence: [lines.announced], text }
  }
  const { tx = 0 } = stats ?? {}
  return tx > 0 ? { evidence: [lines.stats], text: `it says that it sent ${count(tx, 'announcement')}` } : undefined
}

/** Every copy of an announcement but the first is refused for these reasons: they explain nothing. */
const ORDINARY = new Set(['stale', 'own', 'duplicate'])

function refusals({ stats }: NodeRun): string {
  const refused = Object.entries(stats?.rejected ?? {}).filter(([reason, times]) => times > 0 && !ORDINARY.has(reason))
  return refused
    .sort(([, a], [, b]) => b - a)
    .slice(0, 3)
    .map(([reason, times]) => `${printable(reason, 40)} ${amountText(times)}x`)
    .join(', ')
}
