/** Nodes grouped by the book that they hold: a split network shows at a glance. */
import type { NodeName } from '../../contract.ts'
import { heldBook, liveRuns } from '../../history/network.ts'
import type { Network, NodeRun, PeerId } from '../../history/observed.ts'
import { inOrder, nameList, peerName } from '../../judge/wording.ts'

/** Live nodes that know the same set of peers, themselves included. */
export interface BookGroup {
  nodes: NodeName[]
  /** Whom they know, themselves included. */
  knows: PeerId[]
}

/** The largest group first. */
export function groupsOf(network: Network): BookGroup[] {
  const groups = Map.groupBy(liveRuns(network), run => JSON.stringify(knownTo(run)))
  return [...groups.values()]
    .map(runs => ({ nodes: runs.map(run => run.node), knows: knownTo(runs[0]!) }))
    .sort((a, b) => b.nodes.length - a.nodes.length)
}

function knownTo(run: NodeRun): PeerId[] {
  return [...new Set([run.ready!.peerId, ...heldBook(run).keys()])].sort()
}

/** The groups in words; nodes that know nobody are drawn together. */
export function groupTexts(network: Network): { nodes: NodeName[]; lists: string }[] {
  const groups = groupsOf(network)
  const alone = groups.filter(({ knows }) => knows.length === 1).flatMap(({ nodes }) => nodes)
  const texts = groups
    .filter(({ knows }) => knows.length > 1)
    .map(({ nodes, knows }) => {
      const names = nameList(inOrder(knows.map(peerId => peerName(network, peerId))))
      return { nodes, lists: names === nameList(nodes) ? 'only each other' : names }
    })
  return alone.length === 0 ? texts : [...texts, { nodes: alone, lists: 'nobody else' }]
}
