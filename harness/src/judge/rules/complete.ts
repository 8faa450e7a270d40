/** Complete: every live node lists every live node. */

import { currentRuns, isBetweenRuns, liveRuns } from '../../history/network.ts'
import type { Network, NodeRun } from '../../history/observed.ts'
import { printable } from '../../printable.ts'
import { type MissingCell, missingCells } from '../causes/missing.ts'
import { atTheEnd, eventually, listings } from '../owed.ts'
import { type Found, type Ruling, shown } from '../ruling.ts'
import { inOrder, nameList, seconds } from '../wording.ts'
import { lateStarts } from './processes.ts'

export function complete(network: Network): Ruling {
  const all = missingCells(network)
  // A node that was never there is not missed: what it would have done cannot be told.
  const present = all.filter(({ cause }) => cause.code !== 'never-started' && cause.code !== 'never-ready')
  const [cut, cells] = [present.filter(isCut), present.filter(cell => !isCut(cell))]
  const groups = Map.groupBy(cells, ({ blamed, cause }) => `${blamed} ${cause.code}`)
  const found = [...groups.values()].map(same => foundIn(network, same)).sort(byEvidence)
  const lacking = eventually(network, found, listings(cells.length, 'missing'))
  const unknown = [...absences(network), ...cutText(cut), ...lacking.unknown]
  return { found: lacking.found, unknown }
}

function isCut({ cause }: MissingCell): boolean {
  return cause.code === 'cut-by-fault'
}

function cutText(cut: readonly MissingCell[]): string[] {
  return cut.length === 0
    ? []
    : [`${listings(cut.length, 'missing')} that a fault takes away to the end of the run: let it end before`]
}

/** What is shown stands before what cannot be told, and more before less. */
function byEvidence(a: Found, b: Found): number {
  const order = ['shown', 'likely', 'cannot-tell']
  const byConfidence = order.indexOf(a.cause.confidence) - order.indexOf(b.cause.confidence)
  return byConfidence === 0 ? (b.parts?.length ?? 0) - (a.parts?.length ?? 0) : byConfidence
}

const MAX_EVIDENCE = 10

function foundIn(network: Network, cells: readonly MissingCell[]): Found {
  const first = cells[0]!
  if (cells.length === 1) return foundAt(network, first)
  const observers = inOrder([...new Set(cells.map(({ observer }) => observer))])
  const subjects = inOrder([...new Set(cells.map(({ subject }) => subject))])
  return {
    ...foundAt(network, first),
    message: `${whoText(cells)}: ${whyText(first)}`,
    cause: { ...first.cause, evidence: shown(...cells.slice(0, MAX_EVIDENCE).flatMap(({ cause }) => cause.evidence)) },
    excusable: atTheEnd(network, ...observers, ...subjects),
    parts: cells.map(cell => foundAt(network, cell))
  }
}

/** All cells of one group blame the same node: as the one that lists others not, or is not listed, or both. */
function whoText(cells: readonly MissingCell[]): string {
  const { blamed } = cells[0]!
  const [own, others] = [
    cells.filter(({ observer }) => observer === blamed),
    cells.filter(({ subject }) => subject === blamed)
  ]
  const lacked = nameList(inOrder(own.map(({ subject }) => subject)))
  const lacking = nameList(inOrder(others.map(({ observer }) => observer)))
  if (others.length === 0) return `${blamed} does not list ${lacked}`
  const text = `${lacking} ${others.length === 1 ? 'does' : 'do'} not list ${blamed}`
  return own.length === 0 ? text : `${text}, which does not list ${lacked}`
}

function foundAt(network: Network, cell: MissingCell): Found {
  const { observer, subject, blamed, cause } = cell
  return {
    rule: 'complete',
    node: blamed,
    run: network.nodes.get(blamed)?.at(-1)?.run ?? 0,
    subject: blamed === observer ? subject : observer,
    atMs: network.nowMs,
    message: `${observer} does not list ${subject}: ${whyText(cell)}`,
    cause,
    excusable: atTheEnd(network, observer, subject)
  }
}

function whyText({ cause, detail }: MissingCell): string {
  return detail === undefined ? cause.code : `${cause.code} (${detail})`
}

function absences(network: Network): string[] {
  const texts: string[] = []
  const failed = currentRuns(network).filter(run => run?.spawnFailure !== undefined)
  for (const [failure, runs] of Map.groupBy(failed, run => run!.spawnFailure!)) {
    texts.push(`${nameList(runs.map(run => run!.node))} could not be started: ${printable(failure, 2_000)}`)
  }
  const notStarted = namesWhere(network, (run, node) => run === undefined && !network.later.has(node))
  if (notStarted.length > 0) texts.push(notStartedText(network, notStarted))
  const between = namesWhere(network, (run, node) => isBetweenRuns(network, node, run))
  if (between.length > 0) {
    texts.push(
      `${nameList(between)} had not started again when the run ended after ${seconds(network.nowMs)}: give it a later deadline`
    )
  }
  const late = new Set(lateStarts(network))
  const unready = namesWhere(network, run => run !== undefined && !late.has(run) && isUnready(run))
  if (unready.length > 0) texts.push(unreadyText(network, unready))
  if (network.live.size >= 2) return texts
  const [only] = liveRuns(network)
  texts.push(
    only === undefined
      ? 'no node was ready in the end'
      : `only ${only.node} was ready in the end: it has nobody to list`
  )
  return texts
}

/** The harness itself kept these nodes from being there: that accuses nobody. */
export const STOPPED_EARLY = 'when the run was stopped early'

function notStartedText({ ended, nowMs }: Network, nodes: readonly string[]): string {
  return ended?.reason === 'decided'
    ? `${nameList(nodes)} had not been started ${STOPPED_EARLY}`
    : `${nameList(nodes)} never started before the run ended after ${seconds(nowMs)}: give it a later deadline`
}

function unreadyText({ ended, nowMs }: Network, nodes: readonly string[]): string {
  const names = nameList(nodes)
  if (ended?.reason === 'decided')
    return `${names} ${nodes.length === 1 ? 'was' : 'were'} still starting ${STOPPED_EARLY}`
  return `${names} never said ready within ${seconds(nowMs)}: ${nodes.length === 1 ? 'its log' : 'their logs'} may say why`
}

function isUnready({ spawnFailure, ready, exit }: NodeRun): boolean {
  return spawnFailure === undefined && ready === undefined && exit === undefined
}

function namesWhere(network: Network, holds: (run: NodeRun | undefined, node: string) => boolean): string[] {
  return [...network.nodes].filter(([node, runs]) => holds(runs.at(-1), node)).map(([node]) => node)
}
