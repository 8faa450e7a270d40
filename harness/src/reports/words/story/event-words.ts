/** One event of a history in plain words. */
import type { NodeLine } from '../../../contract.ts'
import type { HistoryEvent } from '../../../history/history.ts'
import type { Network } from '../../../history/observed.ts'
import { howItEnded } from '../../../judge/rules/processes.ts'
import { count, duration, mebibytes, nameList, peerName } from '../../../judge/wording.ts'
import { printable } from '../../../printable.ts'
import { describeAction } from '../../../scenario/describe.ts'
import { sharingClause } from '../sharing.ts'
import { entryText } from './entry-words.ts'

/** What a node wrote is cut off beyond this. */
const MAX_WORDS = 200

/** A clause without its time; printable. Peers are named by the nodes that they are of. */
export function eventText(network: Network, event: HistoryEvent): string {
  switch (event.type) {
    case 'run-started':
      return `the run started with ${count(event.nodes.length, 'node')}${sharingClause({ started: event })}, scenario ${words(event.scenario)}`
    case 'run-ended':
      return END_WORDS[event.reason]
    case 'run-closed':
      return event.leftovers.length === 0
        ? 'the last process ended'
        : `the last node ended, and ${count(event.leftovers.length, 'process', 'processes')} that nodes had started went on`
    case 'step':
      return stepText(network, event)
    case 'fault-injected':
      return `fault ${words(event.fault)} began: ${faultText(network, event)}`
    case 'fault-healed':
      return `fault ${words(event.fault)} was healed`
    case 'fault-proof':
      return `fault ${words(event.fault)} ${PROOF_WORDS[event.of][event.result]}${event.seen === '' ? '' : `: ${words(event.seen)}`}`
    case 'harness-lagged':
      return `the harness itself was ${duration(event.lagMs)} late`
    case 'host-pressed':
      return `the host had had too little processor time for ${duration(event.forMs)}`
    case 'counts':
      return `${count(event.live, 'node')} ran, with ${count(event.right, 'right entry', 'right entries')} and ${count(event.ghosts, 'wrong one')}`
    case 'steadiness':
      return `healthy nodes had dropped healthy ones ${count(event.falseDrops, 'time')}, and changed their minds ${count(event.changesOfMind, 'time')} at most`
    default:
      return nodeText(network, event)
  }
}

/** Why a run ended, as a sentence says it. */
export const END_WORDS = {
  settled: 'the run ended: everything had held for the settle time',
  deadline: 'the run ended at its deadline',
  decided: 'the run was stopped early, since it could not pass any more',
  interrupted: 'the run was interrupted'
} as const

const PROOF_WORDS = {
  injection: {
    confirmed: 'had its effect',
    mismatch: 'had no effect',
    inconclusive: 'cannot be told to have had its effect'
  },
  undo: { confirmed: 'is gone', mismatch: 'was still there after its end', inconclusive: 'cannot be told to be gone' }
} as const

type EventOf<Type extends HistoryEvent['type']> = Extract<HistoryEvent, { type: Type }>
type NodeEvent = Extract<HistoryEvent, { node: string }>

function nodeText(network: Network, event: NodeEvent): string {
  const name = nodeName(event)
  switch (event.type) {
    case 'spawned':
      return `${name} was started${event.run > 1 ? ' again' : ''}${placeText(event.place)}`
    case 'spawn-failed':
      return `${name} could not be started: ${words(event.reason)}`
    case 'line':
      return lineText(network, name, event.line)
    case 'finding':
      return `${name} wrote line ${event.finding.lineNumber}, which breaks the contract: ${words(event.finding.fault)}`
    case 'probe':
      return probeText(name, event)
    case 'usage':
      return `${name} had used ${duration(event.cpuMs)} of processor time and ${mebibytes(event.rssBytes)} of memory`
    case 'received':
      return `${name} had received ${count(event.bytes, 'byte')}`
    case 'dump-requested':
      return `${name} was asked for its book`
    case 'leave-requested':
      return `${name} was told to leave`
    case 'stop-requested':
      return `${name} was told to end`
    case 'exited':
      return `${name} ${howItEnded(event)}${processText(event)}${tailText(event.stderrTail)}`
    case 'runner-failed':
      return `the runner lost ${name}: ${words(event.why)}`
    case 'violation':
      return `the simulator saw in ${name}: ${words(event.message)}`
  }
}

function processText({ node, process }: EventOf<'exited'>): string {
  if (process === undefined) return ''
  if (process.culprit === node) return ', and its process with it'
  const why = process.culprit === undefined ? '' : `, in which code of ${words(process.culprit)} threw`
  return ` with the process that it shared${why}`
}

function placeText(place: EventOf<'spawned'>['place']): string {
  if (place === undefined) return ''
  const { machine, clockAheadMs } = place
  const difference = `${duration(Math.abs(clockAheadMs))} ${clockAheadMs < 0 ? 'behind' : 'ahead of'}`
  return ` on ${words(machine)}, whose clock is ${difference} the harness's`
}

function lineText(network: Network, name: string, line: NodeLine): string {
  switch (line.type) {
    case 'ready':
      return `${name} said ready, as peer ${printable(line.peerId, 60)}`
    case 'announced':
      return `${name} announced itself${line.recipients === undefined ? '' : `, to ${count(line.recipients, 'peer')}`}`
    case 'joined':
    case 'updated':
    case 'left':
    case 'expired':
      return entryText(line.type, name, peerName(network, line.peerId), 'epoch' in line ? line : {})
    case 'book':
      return `${name} gave its book: ${count(line.entries.length, 'entry', 'entries')}`
    case 'links':
      return `${name} was connected to ${nameList(line.peerIds.map(peerId => peerName(network, peerId))) || 'nobody'}`
    case 'settled':
      return `${name} said that its book was at rest`
    case 'clock':
      return `${name} told what its clock shows`
    case 'stats':
      return `${name} told its figures${statsText(line)}`
  }
}

function statsText({ rx, tx, loopLagMs, rejected = {} }: Extract<NodeLine, { type: 'stats' }>): string {
  const refused = Object.values(rejected).reduce((sum, times) => sum + times, 0)
  const parts = [
    ...(rx === undefined ? [] : [`${count(rx, 'announcement')} received`]),
    ...(tx === undefined ? [] : [`${count(tx, 'announcement')} sent`]),
    ...(refused === 0 ? [] : [`${count(refused, 'announcement')} refused`]),
    ...(loopLagMs === undefined || loopLagMs < 100 ? [] : [`its event loop ${duration(loopLagMs)} late`])
  ]
  return parts.length === 0 ? '' : `: ${parts.join(', ')}`
}

function probeText(name: string, { addr, result, why }: EventOf<'probe'>): string {
  const reason = why === undefined ? '' : `: ${words(why)}`
  if (result === 'connected') return `${name} could be dialled at ${words(addr)}`
  return result === 'refused'
    ? `${name} could not be dialled at ${words(addr)}${reason}`
    : `nobody tried to dial ${name}${reason}`
}

function tailText(stderrTail: readonly string[]): string {
  const last = stderrTail.findLast(line => line.trim() !== '')
  return last === undefined ? '' : `; its last line on stderr: ${words(last)}`
}

function stepText({ plannedSteps }: Network, { step, state, why }: EventOf<'step'>): string {
  const action = plannedSteps.get(step)?.action
  const what = action === undefined ? '' : ` (${words(describeAction(action))})`
  const reason = why === undefined ? '' : `: ${words(why)}`
  return `step ${words(step)}${what} ${STEP_WORDS[state]}${reason}`
}

const STEP_WORDS = { begun: 'began', done: 'was done', missed: 'took too long', failed: 'could not be done' } as const

function faultText({ plannedSteps }: Network, { fault: id, nodes, what }: EventOf<'fault-injected'>): string {
  const action = plannedSteps.get(id)?.action
  const fault = what ?? (action?.type === 'fault' ? action.fault : undefined)
  return fault === undefined ? `it hits ${nameList(nodes)}` : words(describeAction({ type: 'fault', fault }))
}

/** `n3`, and `n3 (process 2)` of one that was started again. */
function nodeName({ node, run }: { node: string; run?: number }): string {
  return run === undefined || run < 2 ? printable(node, 64) : `${printable(node, 64)} (process ${run})`
}

function words(text: string): string {
  return printable(text, MAX_WORDS)
}

/** To whom it happens: the steps of a process, and faults, which every story has in it. Empty for any other event. */
export function happeningNodes(event: HistoryEvent): readonly string[] {
  switch (event.type) {
    case 'spawned':
    case 'spawn-failed':
    case 'dump-requested':
    case 'stop-requested':
    case 'leave-requested':
    case 'exited':
    case 'runner-failed':
    case 'finding':
    case 'violation':
      return [event.node]
    case 'probe':
      return event.result === 'refused' ? [event.node] : []
    case 'fault-injected':
    case 'fault-healed':
      return event.nodes
    case 'line':
      return event.line.type === 'ready' || event.line.type === 'book' ? [event.node] : []
    default:
      return []
  }
}
