/** The processes of the nodes of a run. */
import type { NodeName } from '../../contract.ts'
import type { Network, NodeRun } from '../observed.ts'

/** All that bore this name, in order. */
export function runsOf(network: Network, node: NodeName): NodeRun[] {
  const known = network.nodes.get(node)
  if (known !== undefined) return known
  const runs: NodeRun[] = []
  network.nodes.set(node, runs)
  return runs
}

export function runOf(network: Network, node: NodeName, run: number): NodeRun {
  const runs = runsOf(network, node)
  const known = runs.find(each => each.run === run)
  if (known !== undefined) return known
  const added: NodeRun = {
    node,
    run,
    saidBefore: [],
    takingDown: {},
    book: new Map(),
    departed: new Map(),
    firstListings: new Map(),
    claims: new Map(),
    agreeing: 0,
    dumpRequested: false,
    linesWritten: 0,
    announcements: 0,
    maxRecipients: 0,
    maxAnnouncedSeq: 0,
    loopLags: [],
    usages: [],
    lines: {},
    probes: [],
    breaches: 0,
    dropsUnderFaults: 0,
    changesOfMind: 0,
    isSettled: false
  }
  runs.push(added)
  return added
}
