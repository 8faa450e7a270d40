/** What the plan does to the network: its steps as they are carried out, and its faults while they are in force. */
import type { NodeName } from '../../contract.ts'
import type { Fault } from '../../faults/fault.ts'
import { type Action, PLAN_LINKS } from '../../scenario/plan.ts'
import type { HistoryEvent } from '../history.ts'
import type { DueDrop, FaultTime, Network, NodeRun, PeerId } from '../observed.ts'
import { endAgreement } from './agreement.ts'

type EventOf<Type extends HistoryEvent['type']> = Extract<HistoryEvent, { type: Type }>

export function stepChanged(network: Network, event: EventOf<'step'>): void {
  const { step, state, why, atMs } = event
  const begunAtMs = network.steps.get(step)?.begunAtMs ?? atMs
  network.steps.set(step, { step, state, why, atMs, begunAtMs, line: network.line })
  const action = network.plannedSteps.get(step)?.action
  if (action === undefined) return
  if (state === 'begun') begun(network, action)
  else if (action.type === 'restart') for (const node of action.nodes) network.returning.delete(node)
}

/** From here on the nodes of the step are expected to go, or to come. */
function begun(network: Network, action: Action): void {
  if (action.type === 'join') for (const node of action.nodes) network.later.delete(node)
  if (action.type === 'restart') for (const node of action.nodes) network.returning.add(node)
  if (action.type === 'leave' || action.type === 'restart') for (const node of action.nodes) network.doomed.add(node)
  if (action.type === 'fault' && isDeadly(action.fault)) for (const node of action.fault.nodes) network.doomed.add(node)
}

/** From here on no book may list the node. */
export function leaves(network: Network, run: NodeRun): void {
  const { node } = run
  // A fault at the node may keep its farewell from everybody.
  const isHit = [...network.faults.values()].some(({ nodes }) => nodes.includes(node))
  network.farewells.push({
    node,
    atMs: network.nowMs,
    line: network.line,
    due: isHit ? [] : dueDrops(network, [node])
  })
  run.leavingAtMs ??= network.nowMs
  endAgreement(network, run)
}

/** Listings of these nodes in the books of nodes that no fault hits. */
function dueDrops(network: Network, gone: readonly NodeName[]): DueDrop[] {
  const hit = new Set([...gone, ...[...network.faults.values()].flatMap(({ nodes }) => nodes)])
  const observers = [...network.live].filter(run => !hit.has(run.node))
  return gone.flatMap(subject => {
    const peerId = network.nodes.get(subject)?.at(-1)?.ready?.peerId
    if (peerId === undefined) return []
    return observers.filter(({ book }) => book.has(peerId)).map(observer => ({ observer, subject, peerId }))
  })
}

/** Of nodes that these faults hit nothing can be heard any more. */
export const TAKES_AWAY: ReadonlySet<string> = new Set(['kill', 'power-off', 'pause', 'partition', 'one-way'])

/** The observer dropped the peer, or lists another run of it. */
export function noteDrop(network: Network, observer: NodeRun, peerId: PeerId, how: NonNullable<DueDrop['how']>): void {
  for (const { due } of [...network.faultTimes, ...network.farewells]) {
    for (const drop of due) {
      if (drop.observer !== observer || drop.peerId !== peerId || drop.droppedAtMs !== undefined) continue
      Object.assign(drop, { how, droppedAtMs: network.nowMs, line: network.line })
    }
  }
}

function isDeadly(fault: Fault): fault is Extract<Fault, { type: 'kill' | 'power-off' }> {
  return fault.type === 'kill' || fault.type === 'power-off'
}

export function faultInjected(network: Network, { fault: id, nodes, atMs, what }: EventOf<'fault-injected'>): void {
  const action = network.plannedSteps.get(id)?.action
  const fault = what ?? (action?.type === 'fault' ? action.fault : undefined)
  const due = fault !== undefined && TAKES_AWAY.has(fault.type) ? dueDrops(network, nodes) : []
  const time: FaultTime = { id, nodes, fault, fromMs: atMs, line: network.line, due, unset: [] }
  if (id === PLAN_LINKS) {
    network.linksTime = time
    return
  }
  network.faults.set(id, time)
  network.faultTimes.push(time)
  // A node that is started again at once may be seen to end only after the fault was healed.
  if (fault !== undefined && isDeadly(fault)) for (const node of nodes) network.doomed.add(node)
  network.whole = false
}

export function faultHealed(network: Network, { fault: id, atMs }: EventOf<'fault-healed'>): void {
  const time = network.faults.get(id)
  if (time !== undefined) time.healedAtMs = atMs
  network.faults.delete(id)
}

export function faultProved(network: Network, event: EventOf<'fault-proof'>): void {
  const ofPlan = event.fault === PLAN_LINKS ? network.linksTime : undefined
  const time = ofPlan ?? network.faultTimes.findLast(({ id }) => id === event.fault)
  if (time === undefined) return
  if (event.of === 'injection' || event.result !== 'confirmed') time.seen = event.seen
  if (event.of === 'injection') {
    time.proof = event.result
    if (event.result === 'mismatch' && time.fault?.type === 'clock') time.unset.push(...unsetClocks(network, time))
  } else Object.assign(time, { undoProof: event.result, undoProvedAtMs: event.atMs })
}

/** What lines show is told a little late: a clock that was not set at all is much further away. */
function unsetClocks(network: Network, { fault, nodes, line }: FaultTime): FaultTime['unset'] {
  const { offsetMs } = fault as Extract<Fault, { type: 'clock' }>
  return nodes.flatMap(node => {
    const run = network.nodes.get(node)?.at(-1)
    const { clock } = run ?? {}
    if (run === undefined || clock === undefined || clock.line < line) return []
    return Math.abs(clock.aheadMs - offsetMs) > Math.abs(offsetMs) / 2 ? [{ run, line: clock.line }] : []
  })
}
