/** In which phase a run is while it goes on, in words. */
import type { FaultTime, Network } from '../../history/observed.ts'
import { count, nameList } from '../../judge/wording.ts'
import { printable } from '../../printable.ts'
import { describeAction, describeFault, inWords } from '../../scenario/describe.ts'

export interface LivePhase {
  readonly name: 'start' | 'meet' | 'noticing' | 'broken' | 'healing' | 'right' | 'over'
  /** One line, printable. */
  readonly text: string
  /** Since when, and within what it has to be over, if that is known. */
  readonly fromMs?: number | undefined
  readonly boundMs?: number | undefined
}

/** O(faults): it is asked for many times a second. */
export function livePhase(network: Network): LivePhase {
  const { started, ended, counts } = network
  if (started === undefined) return { name: 'start', text: 'about to start' }
  if (ended !== undefined) return { name: 'over', text: 'over: the nodes end, and the verdict comes' }
  const bounds = started.plan?.bounds ?? {}
  const inForce = [...network.faults.values()]
  const unnoticed = network.faultTimes.findLast(time => network.faults.has(time.id) && isUnnoticed(time))
  if (unnoticed !== undefined) return noticing(unnoticed, bounds.detectWithinMs)
  if (inForce.length > 0 && !isRight(network)) return broken(network, inForce)
  if (network.awaited > 0 && counts === undefined) return starting(network)
  if (isRight(network)) return right(network)
  const healed = network.faultTimes.findLast(({ healedAtMs }) => healedAtMs !== undefined)
  if (healed === undefined) {
    return { name: 'meet', text: 'the nodes find each other', fromMs: 0, boundMs: bounds.convergeWithinMs }
  }
  return {
    name: 'healing',
    text: 'the network heals: not all books are right yet',
    fromMs: healed.undoProvedAtMs ?? healed.healedAtMs,
    boundMs: bounds.reconvergeWithinMs
  }
}

/** All books are right, or all that can be right while something is broken. */
function isRight({ fullSinceMs, counts }: Network): boolean {
  if (counts === undefined) return fullSinceMs !== undefined
  return counts.live > 1 && counts.right === counts.live * (counts.live - 1) && counts.ghosts === 0
}

function isUnnoticed({ due }: FaultTime): boolean {
  return due.some(({ droppedAtMs }) => droppedAtMs === undefined)
}

function noticing({ nodes, due, fromMs }: FaultTime, boundMs: number | undefined): LivePhase {
  const dropped = due.filter(({ droppedAtMs }) => droppedAtMs !== undefined).length
  const gone = `${nameList(nodes)} ${nodes.length === 1 ? 'is' : 'are'} gone`
  return {
    name: 'noticing',
    text: `${gone}: ${dropped} of ${count(due.length, 'book entry', 'book entries')} dropped`,
    fromMs,
    boundMs
  }
}

function broken(network: Network, inForce: readonly FaultTime[]): LivePhase {
  const last = inForce.at(-1)!
  const more = inForce.length > 1 ? `, and ${count(inForce.length - 1, 'more fault')}` : ''
  return { name: 'broken', text: `${faultText(network, last)}${more}`, fromMs: last.fromMs }
}

/** As the scenario has it, if it comes from one. */
function faultText(network: Network, { id, nodes, fault }: FaultTime): string {
  const action = network.plannedSteps.get(id)?.action
  if (action?.type === 'fault') return printable(describeAction(action), 200)
  return printable(fault === undefined ? `fault ${id} at ${nameList(nodes)}` : describeFault(fault), 200)
}

function starting(network: Network): LivePhase {
  const { nodes, live, later, returning } = network
  const back = [...returning]
  if (back.length > 0) return { name: 'start', text: `${nameList(back)} ${back.length === 1 ? 'comes' : 'come'} back` }
  return { name: 'start', text: `the nodes start: ${live.size} of ${nodes.size - later.size} are ready` }
}

function right(network: Network): LivePhase {
  const settleMs = network.started?.settleMs ?? 0
  const next = [...network.plannedSteps.values()].find(({ id }) => !network.steps.has(id))
  const what = next === undefined ? undefined : printable(describeAction(next.action), 200)
  const text =
    what === undefined
      ? `all books are right, and have to stay right for ${inWords(settleMs)}`
      : `all books are right; next: ${what}`
  return { name: 'right', text, fromMs: network.fullSinceMs }
}
