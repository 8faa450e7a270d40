/** Accurate: no ghosts, no strangers, no live node is dropped, and a farewell is heard. */

import { heldBook, liveRuns } from '../../history/network.ts'
import type { DueDrop, Farewell, Network, NodeRun, PeerId } from '../../history/observed.ts'
import { endOf, hasJustRecovered } from '../causes/aftermath.ts'
import { type BlamedDrops, blameDrops, type Drop } from '../causes/drops.ts'
import { atTheEnd, eventually, listings } from '../owed.ts'
import { type Found, type Ruling, shown, whose } from '../ruling.ts'
import { inOrder, nameList, peerName, seconds } from '../wording.ts'

/** A node that ends within this time of being dropped was ending already: others may notice before the harness does. */
export const DYING_MS = 1_000

export function noDrops(network: Network): Ruling {
  const drops = network.breaches.drops.filter(drop => {
    return drop.whole && endOf(drop.subject) > drop.atMs + DYING_MS && !isAftermath(network, drop)
  })
  return { found: blameDrops(network, drops).map(foundIn), unknown: [] }
}

/** Silence behind a fault may end an entry just after it; a farewell that nobody said never comes of it. */
function isAftermath(network: Network, { run, subject, how, atMs }: Drop): boolean {
  return how !== 'left' && [run, subject].some(each => hasJustRecovered(network, each, atMs))
}

function foundIn({ blamed, cause, drops }: BlamedDrops): Found {
  const parts = drops.map(drop => partOf(drop, blamed, cause))
  const [first] = parts
  if (parts.length === 1) return first!
  const observers = inOrder([...new Set(drops.map(({ run }) => run.node))])
  const subjects = inOrder([...new Set(drops.map(({ subject }) => subject.node))])
  const verb = subjects.length === 1 ? 'was' : 'were'
  const what = `${nameList(observers)} dropped ${nameList(subjects)}, which ${verb} alive`
  return { ...first!, message: `${what}, at ${seconds(first!.atMs)} (${drops[0]!.how})`, cause, parts }
}

function partOf({ run, subject, how, atMs }: Drop, blamed: NodeRun, cause: Found['cause']): Found {
  return {
    rule: 'no-drops',
    ...whose(blamed),
    subject: blamed === run ? subject.node : run.node,
    atMs,
    message: `${run.node} dropped ${subject.node}, which was alive, at ${seconds(atMs)} (${how})`,
    cause,
    // A farewell comes from a node that is there, however late: no slowness explains it.
    ...(how === 'expired' && { excusable: { fromMs: atMs, toMs: atMs, nodes: [run.node, subject.node] } })
  }
}

export function strangers(network: Network): Ruling {
  const foreign = [...network.listedBy].filter(([peerId, seenBy]) => seenBy.size > 0 && !network.owners.has(peerId))
  const unnamed = [...network.nodes.values()].flat().filter(run => run.spawnedAtMs !== undefined && !run.ready)
  if (foreign.length === 0) return { found: [], unknown: [] }
  if (foreign.length > unnamed.length) {
    const origins = foreign.map(([peerId, seenBy]) => ({
      peerId,
      seenBy: [...seenBy],
      first: firstToList(peerId, seenBy)
    }))
    const groups = Map.groupBy(origins, ({ first }) => first.run)
    return { found: [...groups.values()].map(same => strangersOf(network, same)), unknown: [] }
  }
  const names = nameList(unnamed.map(run => run.node))
  const who = foreign.length === 1 ? 'a peer is' : `${foreign.length} peers are`
  return { found: [], unknown: [`${who} listed that may be ${names}, which never said ready: its log may say why`] }
}

interface Origin {
  readonly peerId: PeerId
  readonly seenBy: readonly NodeRun[]
  readonly first: { readonly run: NodeRun; readonly line: number; readonly atMs: number }
}

function firstToList(peerId: PeerId, seenBy: ReadonlySet<NodeRun>): Origin['first'] {
  // A set is in the order of first listing.
  const [run] = seenBy
  const first = run!.firstListings.get(peerId)!
  return { run: run!, ...first }
}

function strangersOf(network: Network, origins: readonly Origin[]): Found {
  const { first } = origins[0]!
  const observers = inOrder([...new Set(origins.flatMap(({ seenBy }) => seenBy.map(({ node }) => node)))])
  const peers = origins.slice(0, 3).map(({ peerId }) => peerName(network, peerId))
  const more = origins.length > 3 ? ` and ${origins.length - 3} more` : ''
  const noun = origins.length === 1 ? 'no node of this run is' : 'no nodes of this run are'
  const others = observers.length > 1 ? `; ${first.run.node} was the first` : ''
  return {
    rule: 'strangers',
    ...whose(first.run),
    atMs: first.atMs,
    message: `${nameList(observers)} listed ${peers.join(', ')}${more}, which ${noun}${others}`,
    cause: {
      code: 'stranger-introduced',
      confidence: observers.length > 1 ? 'likely' : 'shown',
      evidence: shown(...origins.slice(0, 10).map(origin => origin.first.line))
    }
  }
}

export function ghosts(network: Network): Ruling {
  const kept = liveRuns(network).flatMap(observer =>
    [...heldBook(observer).keys()].flatMap(peerId => {
      const owner = ghostOf(network, peerId)
      return owner === undefined ? [] : [{ observer, owner, isOverdue: isOverdue(network, observer, peerId) }]
    })
  )
  const [overdue, others] = [kept.filter(each => each.isOverdue), kept.filter(each => !each.isOverdue)]
  const owed = eventually(network, ghostsIn(network, others), listings(others.length, 'of nodes that ended'))
  const isOwed = owed.unknown.length === 0
  return { found: ghostsIn(network, isOwed ? kept : overdue), unknown: owed.unknown }
}

interface Kept {
  readonly observer: NodeRun
  readonly owner: NodeRun
}

function ghostsIn(network: Network, kept: readonly Kept[]): Found[] {
  return [...Map.groupBy(kept, ({ observer }) => observer)].map(([observer, own]) => {
    return ghostsOf(
      network,
      observer,
      own.map(({ owner }) => owner)
    )
  })
}

/** The scenario gave a time for it, and as long again has passed: it is owed however the run ended. */
function isOverdue(network: Network, observer: NodeRun, peerId: PeerId): boolean {
  const boundMs = network.started?.plan?.bounds.detectWithinMs
  if (boundMs === undefined || network.ended?.reason === 'interrupted') return false
  return network.faultTimes.some(({ fromMs, due, healedAtMs = Number.POSITIVE_INFINITY }) => {
    const isDue = due.some(drop => {
      return drop.observer === observer && drop.peerId === peerId && drop.droppedAtMs === undefined
    })
    return isDue && healedAtMs >= network.nowMs && network.nowMs >= fromMs + 2 * boundMs
  })
}

function ghostOf(network: Network, peerId: PeerId): NodeRun | undefined {
  const owner = network.owners.get(peerId)
  return owner === undefined || network.live.has(owner) ? undefined : owner
}

function ghostsOf(network: Network, observer: NodeRun, kept: readonly NodeRun[]): Found {
  const parts = kept.map((owner): Found => {
    const agoMs = network.nowMs - endOf(owner)
    const listed = observer.book.get(owner.ready!.peerId)?.line
    return {
      rule: 'ghosts',
      ...whose(observer),
      subject: owner.node,
      atMs: network.nowMs,
      message: `${observer.node} still lists ${owner.node}, which ended ${seconds(agoMs)} earlier`,
      cause: {
        code: 'kept-after-end',
        confidence: 'shown',
        evidence: shown(listed, owner.exit?.line, observer.lines.book)
      },
      excusable: atTheEnd(network, observer.node)
    }
  })
  if (parts.length === 1) return parts[0]!
  const names = nameList(inOrder(kept.map(({ node }) => node)))
  return { ...parts[0]!, message: `${observer.node} still lists ${names}, which ended`, parts }
}

/** A farewell goes at once: this is plenty. */
export const FAREWELL_WITHIN_MS = 2_000

export function farewell(network: Network): Ruling {
  if (network.farewells.length === 0) return { found: [], unknown: [], notTried: 'no node was told to leave' }
  const rulings = network.farewells.map(each => farewellOf(network, each))
  return { found: rulings.flatMap(({ found }) => found), unknown: rulings.flatMap(({ unknown }) => unknown) }
}

function farewellOf(network: Network, said: Farewell): Ruling {
  const { node, atMs } = said
  const owed = owedFarewell(network, said).filter(({ observer }) => network.live.has(observer))
  const dueMs = atMs + FAREWELL_WITHIN_MS
  const missed = owed.filter(({ how, droppedAtMs = network.nowMs }) => how !== 'left' || droppedAtMs > dueMs)
  // What was dropped for another reason was not dropped as left, however soon.
  const isTold = network.nowMs >= dueMs || missed.some(({ how }) => how !== undefined)
  if (missed.length === 0) return { found: [], unknown: [] }
  if (isTold) return { found: [missedFarewell(network, said, missed, owed.length)], unknown: [] }
  return {
    found: [],
    unknown: [
      `${node} was told to leave only ${seconds(network.nowMs - atMs)} before the run ended: give it a later deadline`
    ]
  }
}

/** Just after a fault, a node may not have met the others again; and a fault that begins just then may be faster than the farewell. */
function owedFarewell(network: Network, { node, atMs, due }: Farewell): readonly DueDrop[] {
  const isHit = (run: NodeRun) =>
    hasJustRecovered(network, run, atMs) ||
    network.faultTimes.some(({ nodes, fromMs }) => {
      return nodes.includes(run.node) && fromMs >= atMs && fromMs <= atMs + FAREWELL_WITHIN_MS
    })
  const leaver = network.nodes.get(node)?.find(({ leavingAtMs }) => leavingAtMs === atMs)
  return leaver !== undefined && isHit(leaver) ? [] : due.filter(({ observer }) => !isHit(observer))
}

/** What nobody heard was not said; what one alone did not hear is its own affair. */
function missedFarewell(
  network: Network,
  { node, atMs, line }: Farewell,
  missed: readonly DueDrop[],
  owed: number
): Found {
  const isUnsaid = missed.length === owed && owed > 1
  const observers = missed.map(({ observer }) => observer)
  const blamed = isUnsaid ? network.nodes.get(node)!.at(-1)! : observers[0]!
  const isKept = missed.some(({ how }) => how === undefined)
  return {
    rule: 'farewell',
    ...whose(blamed),
    subject: isUnsaid ? observers[0]!.node : node,
    atMs: Math.min(network.nowMs, atMs + FAREWELL_WITHIN_MS),
    message: `${nameList(inOrder(observers.map(run => run.node)))} did not drop ${node} as left within ${seconds(FAREWELL_WITHIN_MS)} of its farewell`,
    cause: {
      code: isUnsaid ? 'silent' : isKept ? 'kept-after-end' : 'not-delivered',
      confidence: isUnsaid || !isKept ? 'likely' : 'shown',
      evidence: shown(line, ...missed.slice(0, 10).map(drop => drop.line))
    },
    excusable: {
      fromMs: atMs,
      toMs: atMs + FAREWELL_WITHIN_MS,
      nodes: [node, ...observers.map(run => run.node)]
    }
  }
}
