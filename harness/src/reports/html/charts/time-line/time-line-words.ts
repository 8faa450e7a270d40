/** What the time line says of one node at one moment, and in all. */
import { count, seconds } from '../../../../judge/wording.ts'
import type { NodeNumber, ReportData } from '../../data/report-data.ts'
import { faultsAt } from '../time/fault-bands.ts'
import type { MarkKind, NodeMark } from './marks.ts'
import { stateAt } from './rows.ts'

/** More marks than that are only counted. */
const MAX_TOLD = 5

export const STATE_WORDS = {
  starting: 'starting',
  ready: 'ready, its book not right',
  right: 'its book is right',
  leaving: 'leaving',
  ended: 'ended',
  died: 'died',
  absent: 'not started'
} as const satisfies Record<ReturnType<typeof stateAt>, string>

export const MARK_WORDS: Readonly<Record<MarkKind, string>> = {
  dropped: 'dropped a peer',
  ended: 'ended as planned',
  found: 'a finding',
  died: 'died'
}

/** Lines of text; marks within `nearMs` are told one by one. */
export function nodeTold(
  data: ReportData,
  marks: readonly NodeMark[],
  node: NodeNumber,
  atMs: number,
  nearMs: number
): string[] {
  const near = marks.filter(mark => mark.node === node && Math.abs(mark.atMs - atMs) <= nearMs)
  const faults = faultsAt(data.faults, atMs).filter(({ nodes }) => nodes.includes(node))
  return [
    `${data.nodes[node]!.name} at ${seconds(atMs)}: ${STATE_WORDS[stateAt(data, node, atMs)]}`,
    ...faults.map(({ title }) => `Fault in force: ${title}`).slice(0, MAX_TOLD),
    ...near.slice(0, MAX_TOLD).map(mark => `${seconds(mark.atMs)}: ${markTold(data, mark)}`),
    ...(near.length > MAX_TOLD
      ? [`and ${count(near.length - MAX_TOLD, 'more event')} here: zoom in to tell them apart`]
      : [])
  ]
}

/** What the drawing as a whole shows, for those who do not see it. */
export function timeLineSummary({ nodes, faults, endMs }: ReportData, marks: readonly NodeMark[]): string {
  const of = (kind: MarkKind) => marks.filter(mark => mark.kind === kind).length
  return [
    `Time line of ${count(nodes.length, 'node')} over ${seconds(endMs)}`,
    `${count(of('died'), 'death')}`,
    `${count(of('found'), 'finding')}`,
    `${count(of('dropped'), 'dropped listing')}`,
    `${count(faults.length, 'fault')}${faults.length === 0 ? '' : `: ${faultsText(faults)}`}`
  ].join(', ')
}

function faultsText(faults: ReportData['faults']): string {
  const shown = faults.slice(0, MAX_TOLD).map(({ title, fromMs, toMs, isHealed }) => {
    return `${title} from ${seconds(fromMs)} ${isHealed ? `to ${seconds(toMs)}` : 'to the end'}`
  })
  return [...shown, ...(faults.length > MAX_TOLD ? [`and ${faults.length - MAX_TOLD} more`] : [])].join('; ')
}

function markTold({ nodes, findings }: ReportData, { kind, about }: NodeMark): string {
  if (kind === 'dropped') return `dropped ${nodes[about ?? -1]?.name ?? 'a peer'}`
  if (kind === 'found') return findings[about ?? -1]?.message ?? MARK_WORDS.found
  return MARK_WORDS[kind]
}
