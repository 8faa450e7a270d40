/** What happened between two nodes, or to one, in the order in which it was seen: each line with its time and its place in the history. */
import type { NodeName } from '../../../contract.ts'
import type { HistoryEvent } from '../../../history/history.ts'
import { heldBook } from '../../../history/network.ts'
import type { Network, PeerId } from '../../../history/observed.ts'
import { missingCells } from '../../../judge/causes/missing.ts'
import type { Finding } from '../../../judge/judgement.ts'
import { printable } from '../../../printable.ts'
import type { Judged } from '../../judged.ts'
import { causeText, ruleText } from '../findings.ts'
import { eventText, happeningNodes } from './event-words.ts'

export interface StoryLine {
  readonly atMs: number
  /** Of history.ndjson, from 1. */
  readonly line: number
  readonly text: string
}

export interface Story {
  /** In order; BOUNDED by MAX_LINES, the first and the last kept. */
  readonly lines: readonly StoryLine[]
  /** Left out between them. */
  readonly left: number
  /** How it ended: what is missing and why, or that nothing is. */
  readonly end: string
}

/** Of a story; the middle is left out beyond. */
export const MAX_LINES = 200

/** What the book of the observer says of the subject, and what happened to the two meanwhile. */
export function storyOfPair(judged: Judged, observer: NodeName, subject: NodeName): Story {
  const { network } = judged
  const peerIds = peerIdsOf(network, subject)
  const isTold = (event: HistoryEvent) => {
    if (isAboutBoth(event, [observer, subject])) return true
    return isLineOf(event, observer) && 'peerId' in event.line && peerIds.has(event.line.peerId)
  }
  const told = (event: HistoryEvent) => {
    const text = eventText(network, event)
    if (!isLineOf(event, observer) || event.line.type !== 'book') return text
    const holds = event.line.entries.some(({ peerId }) => peerIds.has(peerId))
    return `${text}, ${holds ? 'one of them' : 'none of them'} of ${printable(subject, 64)}`
  }
  return storyOf(judged, { isTold, told, end: pairEnd(network, observer, subject) })
}

/** What the node did, and what was done to it; its entries of others only so far as findings rest on them. */
export function storyOfNode(judged: Judged, node: NodeName): Story {
  const findings = findingsAbout(judged.judgement.findings, node)
  const evidence = new Set(findings.flatMap(({ cause }) => cause.evidence))
  const isTold = (event: HistoryEvent, index: number) => isAboutBoth(event, [node]) || evidence.has(index + 1)
  const told = (event: HistoryEvent) => eventText(judged.network, event)
  return storyOf(judged, { isTold, told, end: nodeEnd(findings, node) })
}

/** The lines of the history that show a finding, in words. */
export function evidenceOf({ history, network }: Judged, { cause }: Finding): StoryLine[] {
  return cause.evidence.flatMap(line => {
    const event = history[line - 1]
    return event === undefined ? [] : [{ atMs: event.atMs, line, text: eventText(network, event) }]
  })
}

/** Findings that blame the node or are about it, causes and consequences alike. */
export function findingsAbout(findings: readonly Finding[], node: NodeName): Finding[] {
  const all = findings.flatMap(finding => [finding, ...finding.consequences])
  return all.filter(finding => finding.node === node || finding.subject === node)
}

/** The steps of a process, and faults: what every story has in it. */
function isAboutBoth(event: HistoryEvent, nodes: readonly NodeName[]): boolean {
  switch (event.type) {
    case 'run-started':
    case 'run-ended':
    case 'harness-lagged':
      return true
    default:
      return happeningNodes(event).some(node => nodes.includes(node))
  }
}

function isLineOf(event: HistoryEvent, node: NodeName): event is Extract<HistoryEvent, { type: 'line' }> {
  return event.type === 'line' && event.node === node
}

function peerIdsOf({ nodes }: Network, node: NodeName): Set<PeerId> {
  const runs = nodes.get(node) ?? []
  return new Set(runs.flatMap(({ ready, saidBefore }) => [ready, ...saidBefore].flatMap(said => said?.peerId ?? [])))
}

interface Telling {
  readonly isTold: (event: HistoryEvent, index: number) => boolean
  readonly told: (event: HistoryEvent) => string
  readonly end: string
}

function storyOf({ history }: Judged, { isTold, told, end }: Telling): Story {
  const events = history.flatMap((event, index) => (isTold(event, index) ? [{ event, line: index + 1 }] : []))
  const half = MAX_LINES / 2
  const kept = events.length <= MAX_LINES ? events : [...events.slice(0, half), ...events.slice(-half)]
  const lines = kept.map(({ event, line }) => ({ atMs: event.atMs, line, text: told(event) }))
  return { lines, left: events.length - kept.length, end }
}

function pairEnd(network: Network, observer: NodeName, subject: NodeName): string {
  const [from, to] = [printable(observer, 64), printable(subject, 64)]
  const cell = missingCells(network).find(each => each.observer === observer && each.subject === subject)
  if (cell !== undefined) {
    const detail = cell.detail === undefined ? '' : ` (${cell.detail})`
    return `In the end ${from} does not list ${to}: ${cell.cause.code}${detail}`
  }
  const isThere = (node: NodeName) => network.nodes.get(node)?.some(run => network.live.has(run)) === true
  const absent = [observer, subject].filter(node => !isThere(node)).map(node => printable(node, 64))
  if (absent.length === 0) return `In the end ${from} lists ${to}`
  if (isKept(network, observer, subject)) return `In the end ${from} still lists ${to}, which is not there any more`
  const verb = absent.length === 1 ? 'is' : 'are'
  return `In the end ${absent.join(' and ')} ${verb} not there: ${from} owes nothing about ${to}`
}

/** The observer is there, and its book holds a peer that the subject was. */
function isKept(network: Network, observer: NodeName, subject: NodeName): boolean {
  const run = network.nodes.get(observer)?.findLast(each => network.live.has(each))
  return run !== undefined && [...peerIdsOf(network, subject)].some(peerId => heldBook(run).has(peerId))
}

function nodeEnd(findings: readonly Finding[], node: NodeName): string {
  const [first] = findings.filter(finding => finding.node === node)
  const [about] = findings
  if (first !== undefined) return `${ruleText(first.rule)}: ${first.message} [${causeText(first)}]`
  if (about !== undefined) return `${printable(node, 64)} is not at fault, but ${about.message}`
  return `Nothing was found about ${printable(node, 64)}`
}
