/** The overlay at one moment: which nodes there are, who is connected to whom, and what faults do to them. */
import { count, seconds } from '../../../../judge/wording.ts'
import type { FaultBand, NodeNumber, ReportData } from '../../data/report-data.ts'
import { faultsAt } from '../time/fault-bands.ts'
import { stateAt } from '../time-line/rows.ts'
import { type LinkSpan, linksAt } from './link-spans.ts'

export interface OverlayMoment {
  readonly atMs: number
  /** By node. */
  readonly states: readonly ReturnType<typeof stateAt>[]
  readonly hit: ReadonlySet<NodeNumber>
  readonly faults: readonly FaultBand[]
  /** Every node once; one side where no partition is in force. */
  readonly sides: readonly (readonly NodeNumber[])[]
  readonly links: readonly (LinkSpan & { readonly isCut: boolean })[]
}

/** @param spans - of `linkSpansOf` */
export function overlayAt(data: ReportData, spans: readonly LinkSpan[], atMs: number): OverlayMoment {
  const faults = faultsAt(data.faults, atMs)
  const sides = sidesAt(data.nodes.length, faults)
  const sideOf = new Map(sides.flatMap((side, i) => side.map(node => [node, i] as const)))
  return {
    atMs,
    states: data.nodes.map((_, node) => stateAt(data, node, atMs)),
    hit: new Set(faults.flatMap(({ nodes }) => nodes)),
    faults,
    sides,
    links: linksAt(spans, atMs).map(link => ({ ...link, isCut: sideOf.get(link.a) !== sideOf.get(link.b) }))
  }
}

/** Several partitions at once part whatever one of them parts. */
function sidesAt(nodes: number, faults: readonly FaultBand[]): NodeNumber[][] {
  const partitions = faults.flatMap(({ groups }) => (groups === undefined ? [] : [groups]))
  const sides = new Map<string, NodeNumber[]>()
  for (let node = 0; node < nodes; node++) {
    const key = partitions.map(groups => groups.findIndex(group => group.includes(node))).join()
    sides.set(key, [...(sides.get(key) ?? []), node])
  }
  return [...sides.values()]
}

/** Moments at which something changes, ascending and each once; where one can step to. */
export function overlayMoments({ nodes, faults, endMs }: ReportData, spans: readonly LinkSpan[]): number[] {
  const moments = [
    0,
    endMs,
    ...spans.flatMap(({ fromMs, toMs }) => [fromMs, toMs]),
    ...faults.flatMap(({ fromMs, toMs }) => [fromMs, toMs]),
    ...nodes.flatMap(({ runs }) => runs.flatMap(({ spawnedMs, readyMs, exitMs }) => [spawnedMs, readyMs, exitMs]))
  ].filter(ms => ms !== undefined && ms >= 0 && ms <= endMs)
  return [...new Set(moments as number[])].sort((a, b) => a - b)
}

/** A sentence; it says so where nobody told of links. */
export function overlayTold({ atMs, states, links, faults, sides }: OverlayMoment, tellsLinks: boolean): string {
  const live = states.filter(state => state === 'ready' || state === 'right').length
  const cut = links.filter(({ isCut }) => isCut).length
  const between = sides.length === 1 ? '' : `, ${amountOf(cut)} between the ${sides.length} sides of the split`
  const connected = tellsLinks ? `${count(links.length, 'link')}${between}` : 'no node tells its links'
  const broken =
    faults.length === 0
      ? 'no fault in force'
      : `in force: ${faults
          .slice(0, 3)
          .map(({ title }) => title)
          .join(', ')}`
  return `${seconds(atMs)}: ${live} of ${count(states.length, 'node')} ready, ${connected}; ${broken}`
}

function amountOf(links: number): string {
  return links === 0 ? 'none' : String(links)
}
