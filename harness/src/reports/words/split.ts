/** A split that was healed, and whose sides still do not list each other: that is what happened, whichever listings show it. */
import type { NodeName } from '../../contract.ts'
import { liveRuns } from '../../history/network.ts'
import type { FaultTime, Network } from '../../history/observed.ts'
import { type MissingCell, missingCells } from '../../judge/causes/missing.ts'
import { nameList, seconds } from '../../judge/wording.ts'
import { printable } from '../../printable.ts'
import type { Judged } from '../judged.ts'

/** So much of what could be listed across a split must be missing: less is told node by node. */
const MIN_MISSING_RATIO = 0.9

/** In one sentence; undefined if every split that was healed has come together, or something else was found first. */
export function unhealedSplit({ network, judgement }: Judged): string | undefined {
  const isAboutListings = judgement.findings[0]?.rule === 'complete' || judgement.findings[0]?.rule === 'reconverges'
  if (!isAboutListings || network.started?.digest !== undefined) return undefined
  const cells = missingCells(network)
  if (cells.length === 0) return undefined
  const time = network.faultTimes.findLast(each => isUnhealed(network, each, cells))
  if (time === undefined) return undefined
  const sides = sidesOf(network, time).map(nodes => nameList(nodes))
  const who = `${sides.slice(0, -1).join(', ')} and ${sides.at(-1)}`
  return `${who} still do not list each other, although the split ${printable(time.id, 120)} was healed at ${seconds(time.healedAtMs!)}`
}

function isUnhealed(network: Network, time: FaultTime, cells: readonly MissingCell[]): boolean {
  if (time.fault?.type !== 'partition' || time.healedAtMs === undefined) return false
  const sides = sidesOf(network, time)
  if (sides.length < 2) return false
  const sideOf = new Map(sides.flatMap((nodes, side) => nodes.map(node => [node, side] as const)))
  const isAcross = ({ observer, subject }: MissingCell) => sideOf.get(observer) !== sideOf.get(subject)
  const size = sideOf.size
  const across = size ** 2 - sides.reduce((sum, { length }) => sum + length ** 2, 0)
  const missing = cells.filter(isAcross).length
  return missing >= MIN_MISSING_RATIO * across && missing >= MIN_MISSING_RATIO * cells.length
}

/** Live nodes that the fault cut from each other; those that no group names are one more side. */
function sidesOf(network: Network, { fault }: FaultTime): NodeName[][] {
  if (fault?.type !== 'partition') return []
  const live = liveRuns(network).map(({ node }) => node)
  const named = new Set(fault.groups.flat())
  const others = live.filter(node => !named.has(node))
  const groups = fault.groups.map(group => live.filter(node => group.includes(node)))
  return [...groups, others].filter(nodes => nodes.length > 0)
}
