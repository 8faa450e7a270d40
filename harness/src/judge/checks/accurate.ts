/** Accurate: no ghosts, no strangers, and no live node is dropped while the network is whole. */
import { heldBook, liveRuns, type Network, type NodeRun } from '../../history/network.ts'
import type { Violation } from '../verdict.ts'
import { count, inOrder, nameList, peerName, seconds } from '../wording.ts'
import { type CheckResult, eventually, lagText, resultOf } from './check.ts'

/** A node that ends within this time of being dropped was ending already: others may notice before the harness does. */
const DYING_MS = 1_000

const check = 'accurate'

export function accurate(network: Network): CheckResult {
  const parts = [dropped(network), strangers(network), ghosts(network)]
  return resultOf(
    check,
    parts.flatMap(part => part.violations),
    parts.flatMap(part => part.reasons)
  )
}

interface Part {
  violations: Violation[]
  reasons: string[]
}

function dropped({ breaches, lags }: Network): Part {
  const drops = breaches.drops.filter(({ subject, atMs }) => endOf(subject) > atMs + DYING_MS)
  const violations = drops.map(({ run, subject, how, atMs }) => ({
    check,
    node: run.node,
    subject: subject.node,
    message: `${run.node} dropped ${subject.node}, which was alive, at ${seconds(atMs)} (${how})`
  })) satisfies Violation[]
  if (lags.length === 0 || violations.length === 0) return { violations, reasons: [] }
  // A node that gets no CPU cannot announce in time, and then it expires by right.
  return { violations: [], reasons: [`${count(drops.length, 'live node')} dropped, but ${lagText(lags)}`] }
}

function endOf({ exit, stopRequestedAtMs }: NodeRun): number {
  return Math.min(exit?.atMs ?? Number.POSITIVE_INFINITY, stopRequestedAtMs ?? Number.POSITIVE_INFINITY)
}

function strangers(network: Network): Part {
  const foreign = [...network.listedBy].filter(
    ([peerId, observers]) => observers.size > 0 && !network.owners.has(peerId)
  )
  const unnamed = [...network.nodes.values()].flat().filter(run => run.spawnedAtMs !== undefined && !run.ready)
  if (foreign.length === 0) return { violations: [], reasons: [] }
  if (foreign.length > unnamed.length) {
    return {
      violations: foreign.map(([peerId, observers]) => strangerIn(network, peerId, [...observers])),
      reasons: []
    }
  }
  const names = nameList(unnamed.map(run => run.node))
  const who = foreign.length === 1 ? 'a peer is' : `${foreign.length} peers are`
  return { violations: [], reasons: [`${who} listed that may be ${names}, which never said ready`] }
}

function strangerIn(network: Network, peerId: string, observers: NodeRun[]): Violation {
  const names = inOrder(observers.map(run => run.node))
  const message = `${nameList(names)} listed ${peerName(network, peerId)}, which no node of this run is`
  return { check, node: names[0]!, message }
}

function ghosts(network: Network): Part {
  const violations: Violation[] = []
  for (const observer of liveRuns(network)) {
    for (const peerId of heldBook(observer).keys()) {
      const owner = network.owners.get(peerId)
      if (owner === undefined || network.live.has(owner)) continue
      const agoMs = network.nowMs - endOf(owner)
      const message = `${observer.node} still lists ${owner.node}, which ended ${seconds(agoMs)} earlier`
      violations.push({ check, node: observer.node, subject: owner.node, message })
    }
  }
  return eventually(network, violations, `${count(violations.length, 'listing')} of nodes that ended`)
}
